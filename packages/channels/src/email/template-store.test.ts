import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { OutboundMessage } from '@invite-me/core/channel'
import { outboundMessage } from '../../../../tests/peers/outbound-message.ts'
import { TemplateStore } from './template-store.ts'

const content = { text: 'Dinner on Friday at 8?' }
const toAnn = outboundMessage({ content })
const toBob = outboundMessage({
  content,
  to: { address: 'bob@guests.test', name: 'Bob' },
  replyToken: 'another-token',
  answer: {
    spec: { type: 'yesNo' },
    actions: [
      { value: 'yes', label: 'Yes', url: 'https://portal.test/r/bob?choose=yes' },
      { value: 'no', label: 'No', url: 'https://portal.test/r/bob?choose=no' },
    ],
  },
  links: { respond: 'https://portal.test/r/bob', unsubscribe: 'https://portal.test/u/bob' },
})

test('one message to many people is rendered once', () => {
  const store = new TemplateStore()
  expect(store.templateFor(toBob, { canReply: true })).toBe(store.templateFor(toAnn, { canReply: true }))
})

test.each<readonly [string, Partial<OutboundMessage>]>([
  ['another text', { content: { text: 'Lunch?' } }],
  ['another language', { locale: 'ru' }],
  ['another zone', { zone: 'Europe/Berlin' }],
  ['a reminder', { purpose: 'reminder' }],
  ['somebody else asking', { originator: { name: 'Eve' } }],
  ['a deadline', { until: new Date(0) }],
  ['no button', { answer: { spec: { type: 'yesNo' }, actions: [] } }],
  ['no unsubscribing', { links: { respond: 'https://portal.test/r/ann' } }],
])('%s is rendered for itself', (_name, change) => {
  const store = new TemplateStore()
  const first = store.templateFor(toAnn, { canReply: true })
  const links = (message: OutboundMessage) => store.templateFor(message, { canReply: true })
  expect(links(outboundMessage({ content, ...change }))).not.toBe(first)
})

test('each person gets their own links and nobody else’s', () => {
  const store = new TemplateStore()
  const template = store.templateFor(toAnn, { canReply: true })
  const { body } = template.write({ links: ['LINK-1', 'LINK-2', 'LINK-3', 'LINK-4'], calendar: undefined })
  expect(body.match(/LINK-\d/g)).toEqual(['LINK-1', 'LINK-2', 'LINK-4', 'LINK-1', 'LINK-2', 'LINK-4'])
  expect(body + template.head + inspect(template, { depth: 9 })).not.toMatch(
    /Ann Lee|ann@|tokentoken|stopstop|k7Qm/,
  )
})

test('what has changed for one person is not kept', () => {
  const store = new TemplateStore()
  const options = { canReply: true, change: { kind: 'answered', notice: 'Answered: Yes' } } as const
  expect(store.templateFor(toAnn, options)).not.toBe(store.templateFor(toAnn, options))
})
