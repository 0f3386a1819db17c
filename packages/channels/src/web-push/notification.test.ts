import type { OutboundMessage } from '@invite-me/core/channel'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outboundMessage } from '../../../../tests/peers/outbound-message.ts'
import { notificationText, topicOf, type PushedNotification } from './notification.ts'

const answerUrl = 'https://app.guests.test/hooks/web-push'
const topic = topicOf('0192f0c1-6d2e-7000-8000-000000000001.0.0')
const write = (change: Partial<OutboundMessage> = {}, url: string | undefined = answerUrl) =>
  notificationText(outboundMessage(change), { answerUrl: url, topic })
const read = (text: string | undefined): PushedNotification =>
  JSON.parse(text ?? 'null') as PushedNotification

test('a yes-or-no question has two buttons that answer at once', () => {
  const message = outboundMessage()
  expect(read(write())).toEqual({
    inviteMe: 1,
    title: 'Anna',
    body: 'Dinner on Friday at 8?',
    lang: 'en',
    tag: topic,
    url: message.links.respond,
    actions: [
      { value: 'yes', label: 'Yes' },
      { value: 'no', label: 'No' },
    ],
    answerUrl,
    token: message.replyToken,
  })
})

test('without a place to answer at, its buttons open the page with the answer chosen', () => {
  const text = notificationText(outboundMessage(), { answerUrl: undefined, topic })
  expect(read(text).actions).toEqual(outboundMessage().answer?.actions)
  expect(read(text)).not.toHaveProperty('token')
})

test('more answers than buttons fit are given on the page', () => {
  const actions = ['yes', 'no', 'maybe'].map((value) => ({
    value,
    label: value,
    url: `https://portal.test/r/x?a=${value}`,
  }))
  expect(read(write({ answer: { spec: { type: 'rsvp', maxParty: 4 }, actions } })).actions).toEqual([])
})

test('the subject is the title; neither has a second line', () => {
  const { title } = read(write({ content: { subject: 'Dinner\r\nX: y\u2028z', text: 'At 8?' } }))
  expect(title).toBe('Dinner X: y z')
  expect(read(write({ content: { subject: '🍝'.repeat(100), text: 'x' } })).title).toBe('🍝'.repeat(100))
  expect(read(write({ content: { subject: 'x'.repeat(200), text: 'x' } })).title).toBe(`${'x'.repeat(119)}…`)
})

test('a long text is cut where its page has the rest, and refused where there is none', () => {
  const content = { text: 'Семья 👩‍👩‍👧 '.repeat(500) }
  const text = write({ content })
  expect(Buffer.byteLength(text ?? '')).toBeLessThanOrEqual(3_000)
  expect(Buffer.byteLength(text ?? '')).toBeGreaterThan(2_950)
  const shown = read(text).body.replace(/…$/, '')
  expect(content.text.startsWith(shown)).toBe(true)
  // No family is torn apart.
  expect(shown.replaceAll('👩‍👩‍👧', '')).toMatch(/^[а-я ]+$/i)
  const { answer: _answer, ...notice } = outboundMessage({ content, links: {} })
  expect(notificationText(notice, { answerUrl, topic })).toBeUndefined()
})

test('whatever is written, it fits and can be read', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 5_000, unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      (body, subject) => {
        const text = write({ content: { text: body, subject } })
        expect(Buffer.byteLength(text ?? '')).toBeLessThanOrEqual(3_000)
        expect(read(text).inviteMe).toBe(1)
      },
    ),
    { numRuns: 20 },
  )
})

test('a reminder has the topic of its question, another question another one', () => {
  const question = topicOf('0192f0c1-6d2e-7000-8000-000000000001.0.0')
  expect(question).toMatch(/^[\w-]{32}$/)
  expect(topicOf('0192f0c1-6d2e-7000-8000-000000000001.0.1')).toBe(question)
  expect(topicOf('0192f0c1-6d2e-7000-8000-000000000002.0.0')).not.toBe(question)
})
