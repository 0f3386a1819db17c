import type { AnswerSpec, OutboundMessage } from '@invite-me/core/channel'
import { describe, expect, test } from 'vitest'
import { outboundMessage } from '../../../../tests/peers/outbound-message.ts'
import { answerWay, renderForTelegram, renderOver } from './render.ts'

const botToken = '123456789:AAEhBP0av28-test-token-of-nobody'
const ann = { id: 100_200_300 }
const group = { id: -1_001_234_567_890 }
const annInGroup = { ...group, user: ann.id }

type Options = readonly { readonly value: string; readonly label: string }[]

const named = (...labels: readonly string[]): Options =>
  labels.map((label) => ({ value: label.toLowerCase(), label }))
const choiceOf = (options: Options, multiple = false): AnswerSpec => ({
  type: 'choice',
  options: [...options],
  multiple,
})
const asking = (spec: AnswerSpec, change: Partial<OutboundMessage> = {}) =>
  outboundMessage({
    answer: { spec, actions: spec.type === 'choice' && !spec.multiple ? spec.options : [] },
    ...change,
  })
const payloadOf = (message: OutboundMessage, chat = ann): Readonly<Record<string, unknown>> => ({
  ...renderForTelegram(message, chat, botToken)?.payload,
})

describe('how a question is answered', () => {
  const menu = named('Fish', 'Soup')
  const long = Array.from({ length: 13 }, (_one, index) => ({
    value: `v${index}`,
    label: `Day ${'x'.repeat(index + 1)}`,
  }))
  test.each([
    ['yes or no', { type: 'yesNo' } as AnswerSpec, 'buttons', 'buttons'],
    ['who comes', { type: 'rsvp', maxParty: 4 } as AnswerSpec, 'buttons', 'buttons'],
    ['one of a few', choiceOf(menu), 'poll', 'buttons'],
    ['several of a few', choiceOf(menu, true), 'poll', 'reply'],
    ['twelve options', choiceOf(long.slice(1)), 'poll', 'buttons'],
    ['thirteen options', choiceOf(long), 'buttons', 'buttons'],
    ['several of thirteen', choiceOf(long, true), 'reply', 'reply'],
    ['options that are numbers', choiceOf(named('2', '4')), 'buttons', 'buttons'],
    [
      'values that are numbers',
      choiceOf([
        { value: '2', label: 'Fish' },
        { value: '1', label: 'Soup' },
      ]),
      'buttons',
      'buttons',
    ],
    ['times', choiceOf(named('18:00', '19:00')), 'poll', 'buttons'],
    ['a text', { type: 'text', maxLength: 200 } as AnswerSpec, 'reply', 'reply'],
    ['a number', { type: 'number', integer: true } as AnswerSpec, 'reply', 'reply'],
    ['a date', { type: 'date' } as AnswerSpec, 'reply', 'reply'],
    ['a form', { type: 'form', schema: {} } as AnswerSpec, 'link', 'link'],
  ])('%s', (_what, spec, alone, together) => {
    expect(answerWay(spec, 'Dinner on Friday?', ann)).toBe(alone)
    expect(answerWay(spec, 'Dinner on Friday?', annInGroup)).toBe(together)
    expect(answerWay(spec, 'Dinner on Friday?', group)).toBe(together)
  })

  test('a question too long for a poll goes on buttons, and several choices into words', () => {
    expect(answerWay(choiceOf(menu), 'x'.repeat(301), ann)).toBe('buttons')
    expect(answerWay(choiceOf(menu, true), 'x'.repeat(301), ann)).toBe('reply')
  })
})

describe('a message', () => {
  test('has its buttons in one line when they are short, else one below the other', () => {
    const rows = (message: OutboundMessage) =>
      (payloadOf(message, group)['reply_markup'] as { inline_keyboard: unknown[][] }).inline_keyboard.map(
        (row) => row.length,
      )
    expect(rows(outboundMessage())).toEqual([2])
    expect(rows(asking(choiceOf(named('A long walk by the river', 'The cinema'))))).toEqual([1, 1])
  })

  test('that is a poll tells who asks, is not anonymous, and takes several votes only when asked', () => {
    expect(renderForTelegram(asking(choiceOf(named('Fish', 'Soup'), true)), ann, botToken)).toEqual({
      method: 'sendPoll',
      payload: {
        question: 'Anna: Dinner on Friday at 8?',
        options: [{ text: 'Fish' }, { text: 'Soup' }],
        is_anonymous: false,
        allows_multiple_answers: true,
      },
    })
    const nearlyFull = 'x'.repeat(299)
    expect(
      payloadOf(asking(choiceOf(named('Fish', 'Soup')), { content: { text: nearlyFull } }))['question'],
    ).toBe(nearlyFull)
  })

  test('that wants words asks for a reply and says where else', () => {
    const payload = payloadOf(asking({ type: 'number', min: 1, max: 8, integer: true }))
    expect(payload['reply_markup']).toEqual({ force_reply: true })
    expect(payload['text']).toBe(
      'Anna: Dinner on Friday at 8?\nReply with a number (1-8).\nOr: https://portal.test/r/tokentokentoken',
    )
  })

  test('that wants a form leads to its page', () => {
    const payload = payloadOf(asking({ type: 'form', schema: {} }))
    expect(payload['text']).toBe(
      'Anna: Dinner on Friday at 8?\nAnswer: https://portal.test/r/tokentokentoken',
    )
    expect(payload['reply_markup']).toBeUndefined()
  })

  test('says how to tell how many come, where more than one may', () => {
    const rsvp = (maxParty: number) =>
      payloadOf(
        outboundMessage({
          answer: { spec: { type: 'rsvp', maxParty }, actions: named('Yes', 'Maybe', 'No') },
        }),
      )['text']
    expect(rsvp(4)).toContain('how many come')
    expect(rsvp(1)).toBe('Anna: Dinner on Friday at 8?')
  })

  test('to one person in a group names them, and only they are made to reply', () => {
    const payload = payloadOf(asking({ type: 'text', maxLength: 200 }), annInGroup)
    expect(payload['text']).toMatch(/^Ann Lee\nAnna: Dinner/)
    expect(payload['entities']).toEqual([
      { type: 'text_mention', offset: 0, length: 7, user: { id: ann.id } },
    ])
    expect(payload['reply_markup']).toEqual({ force_reply: true, selective: true })
  })

  test('to a whole group makes nobody reply', () => {
    const payload = payloadOf(asking({ type: 'text', maxLength: 200 }), group)
    expect(payload['reply_markup']).toBeUndefined()
    expect(payload['entities']).toBeUndefined()
  })

  test('never shows a preview of the page it leads to', () => {
    expect(payloadOf(outboundMessage())['link_preview_options']).toEqual({ is_disabled: true })
  })

  test('without a token for its buttons is answered in words', () => {
    const { replyToken: _none, ...message } = outboundMessage()
    expect(payloadOf(message)['text']).toContain('Reply YES or NO.')
  })

  test('whose buttons are too large lists its options instead, and is refused when these do not fit either', () => {
    const options = (count: number) =>
      Array.from({ length: count }, (_one, index) => {
        const letter = String.fromCodePoint(0x430 + index)
        return { value: `dish-${letter}`, label: `${'ж'.repeat(90)} ${letter}` }
      })
    expect(renderForTelegram(asking(choiceOf(options(35))), ann, botToken)?.payload).toMatchObject({
      text: expect.stringContaining('35. ж'),
      reply_markup: { force_reply: true },
    })
    expect(renderForTelegram(asking(choiceOf(options(50))), ann, botToken)).toBeUndefined()
  })
})

test('a label of which nothing can be seen is no empty button and no empty option', () => {
  const hidden = [
    { value: 'one', label: '\u202e' },
    { value: 'two', label: 'Two' },
  ]
  expect(payloadOf(asking(choiceOf(hidden)))['options']).toEqual([{ text: '…' }, { text: 'Two' }])
  expect(payloadOf(asking(choiceOf(hidden)), group)['reply_markup']).toMatchObject({
    inline_keyboard: [[{ text: '…' }, { text: 'Two' }]],
  })
})

test('a long name is cut between its characters', () => {
  const to = { address: '-1001234567890:100200300', name: `${'x'.repeat(99)}👍👍` }
  const payload = payloadOf(outboundMessage({ to }), annInGroup)
  expect(String(payload['text']).isWellFormed()).toBe(true)
  const [entity] = payload['entities'] as readonly { readonly length: number }[]
  expect(entity?.length).toBe(String(payload['text']).indexOf('\n'))
})

test('a question that fills its message says its end all the same: its text gives way', () => {
  const text = '👍'.repeat(2_048)
  for (const chat of [ann, annInGroup]) {
    const over = renderOver(outboundMessage({ links: {}, content: { text } }), chat, 'Answered: Yes')
    expect(over.text).toHaveLength(4_096)
    expect(over.text.isWellFormed()).toBe(true)
    expect(over.text.endsWith('…\n\nAnswered: Yes')).toBe(true)
  }
})

test('a question that is over stands there with its end, without deadline and buttons', () => {
  const until = new Date(Date.UTC(2026, 10, 27))
  const over = renderOver({ ...outboundMessage({ links: {} }), until }, ann, 'Answered:\nYes')
  expect(over).toEqual({
    text: 'Anna: Dinner on Friday at 8?\n\nAnswered: Yes',
    link_preview_options: { is_disabled: true },
  })
})
