import { readConsentWord, type AnswerSpec, type OutboundMessage } from '@invite-me/core/channel'
import fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'
import { expect, it } from 'vitest'
import { answerHint, numberedOptions, renderText } from './render-text.ts'

const locales = ['en', 'ru', 'de', 'es', 'fr', 'pt'] as const

const fish = { value: 'fish', label: 'Fish' }
const meat = { value: 'meat', label: 'Meat' }
const meal: AnswerSpec = { type: 'choice', options: [fish, meat], multiple: false }
const specs: readonly AnswerSpec[] = [
  { type: 'yesNo' },
  meal,
  { ...meal, multiple: true },
  {
    type: 'choice',
    multiple: false,
    options: Array.from({ length: 50 }, (_none, index) => ({
      value: `v${index}`,
      label: `Room ${'A'.repeat(index + 1)}`,
    })),
  },
  {
    type: 'choice',
    multiple: false,
    options: [
      { value: 'a', label: '4' },
      { value: 'b', label: '2' },
    ],
  },
  {
    type: 'choice',
    multiple: true,
    options: [
      { value: 'a', label: '4' },
      { value: 'b', label: '2' },
    ],
  },
  { type: 'text', maxLength: 100 },
  { type: 'number', integer: true },
  { type: 'number', integer: true, min: 1, max: 1000 },
  { type: 'number', integer: false, min: 0 },
  { type: 'number', integer: false, max: 99 },
  { type: 'date' },
  { type: 'rsvp', maxParty: 1 },
  { type: 'rsvp', maxParty: 5 },
]

const message = (changes: Partial<OutboundMessage> = {}): OutboundMessage => ({
  to: { address: '+15550100' },
  content: { text: 'Dinner on Friday at 8?' },
  originator: { name: 'Anna' },
  locale: 'en',
  category: 'transactional',
  purpose: 'message',
  answer: { spec: { type: 'yesNo' }, actions: [] },
  links: { respond: 'https://portal.test/r/7f3k2m' },
  until: null,
  ...changes,
})
const asking = (spec: AnswerSpec): Partial<OutboundMessage> => ({ answer: { spec, actions: [] } })

it('a question by SMS says who asks, what, how to reply and where else', () => {
  expect(renderText(message(), { answerBy: 'reply' })).toBe(
    'Anna: Dinner on Friday at 8?\nReply YES or NO.\nOr: https://portal.test/r/7f3k2m',
  )
})

it('a choice is listed with its numbers', () => {
  expect(renderText(message({ ...asking(meal), links: {} }), { answerBy: 'reply' })).toBe(
    'Anna: Dinner on Friday at 8?\n1. Fish\n2. Meat\nReply 1 or 2.',
  )
})

it('options that hold numbers are listed without, since a number could mean two things', () => {
  const tickets: AnswerSpec = {
    type: 'choice',
    multiple: false,
    options: [
      { value: 'two', label: '2 tickets' },
      { value: 'four', label: '4 tickets' },
    ],
  }
  expect(renderText(message({ ...asking(tickets), links: {} }), { answerBy: 'reply' })).toBe(
    'Anna: Dinner on Friday at 8?\n- 2 tickets\n- 4 tickets\nReply with one of these.',
  )
  expect(numberedOptions([{ label: '1 ticket' }, { label: '2 tickets' }])).toBe('1. 1 ticket\n2. 2 tickets')
  expect(numberedOptions([])).toBe('')
})

it('a reminder with subject, deadline, entry in the calendar and a way out has a line for each', () => {
  const full = message({
    purpose: 'reminder',
    content: { subject: 'Dinner', text: 'Are you coming?', details: 'Long directions.' },
    calendar: {
      uid: 'x',
      sequence: 0,
      start: '2026-11-27T19:00:00.000Z',
      end: '2026-11-27T21:00:00.000Z',
      location: 'The\nOak',
    },
    until: new Date('2026-11-26T18:00:00Z'),
    locale: 'en-GB',
  })
  expect(renderText(full, { answerBy: 'reply', unsubscribeHint: true }).split('\n')).toEqual([
    'Reminder: Dinner',
    'Anna: Are you coming?',
    'Fri, 27 Nov 2026, 19:00-21:00 UTC, The Oak',
    'Reply YES or NO.',
    'Answer before 26 Nov 2026, 18:00 UTC.',
    'Or: https://portal.test/r/7f3k2m',
    'Reply STOP to opt out.',
  ])
  expect(renderText({ ...full, locale: 'ru' }, { answerBy: 'buttons' }).split('\n')).toEqual([
    'Напоминание: Dinner',
    'Anna: Are you coming?',
    'пт, 27 нояб. 2026 г., 19:00-21:00 UTC, The Oak',
    'Ответьте до: 26 нояб. 2026 г., 18:00 UTC.',
  ])
})

it('a reader in Berlin is told the time in Berlin', () => {
  const evening = message({
    zone: 'Europe/Berlin',
    locale: 'en-GB',
    until: new Date('2026-11-26T19:00:00Z'),
    content: { text: 'X', calendar: { start: '2026-11-27T19:00:00Z', end: '2026-11-27T21:00:00Z' } },
  })
  const text = renderText(evening, { answerBy: 'reply' })
  expect(text).toContain('Fri, 27 Nov 2026, 20:00-22:00 GMT+1')
  expect(text).toContain('Answer before 26 Nov 2026, 20:00 GMT+1.')
})

it('beside buttons there is nothing about answering', () => {
  expect(renderText(message(asking(meal)), { answerBy: 'buttons' })).toBe('Anna: Dinner on Friday at 8?')
})

it('what only the page can take leads there', () => {
  const link = 'Answer: https://portal.test/r/7f3k2m'
  expect(renderText(message(), { answerBy: 'link' })).toBe(`Anna: Dinner on Friday at 8?\n${link}`)
  const form = message(asking({ type: 'form', schema: {} }))
  expect(renderText(form, { answerBy: 'reply' })).toBe(`Anna: Dinner on Friday at 8?\n${link}`)
})

it('a medium without links shows none', () => {
  expect(renderText(message(), { answerBy: 'reply', links: false })).not.toContain('http')
  expect(renderText(message(), { answerBy: 'link', links: false })).toBe('Anna: Dinner on Friday at 8?')
})

it('a notice is its text, and says no deadline', () => {
  const { answer: _none, ...notice } = message({ links: {}, until: new Date(0), originator: null })
  expect(renderText(notice, { answerBy: 'reply' })).toBe('Dinner on Friday at 8?')
})

it('names and labels cannot add lines or turn the writing around', () => {
  const hostile = message({
    originator: { name: 'Anna\r\nReply STOP\u202e' },
    ...asking({ ...meal, options: [{ value: 'a', label: 'Fish\nReply 9' }, meat] } as AnswerSpec),
  })
  expect(renderText(hostile, { answerBy: 'reply' })).toMatch(/^Anna Reply STOP: .*\n1\. Fish Reply 9\n/)
})

it.each(locales)('our words are cheap and short in %s', (locale) => {
  for (const spec of specs) {
    const hint = answerHint(spec, locale) ?? ''
    expect(hint).toMatch(/^.{8,60}$/)
    const text = renderText(
      message({
        locale,
        ...asking(spec),
        purpose: 'reminder',
        until: new Date('2026-11-26T18:00:00Z'),
        content: { text: 'X', calendar: { start: '2026-11-27T19:00:00Z', end: '2026-11-28T21:00:00Z' } },
      }),
      { answerBy: 'reply', unsubscribeHint: true },
    )
    const encoding = new SegmentedMessage(text).encodingName
    expect({ text, encoding }).toEqual({ text, encoding: locale === 'ru' ? 'UCS-2' : 'GSM-7' })
  }
})

it.each(locales)('the way out that is offered in %s is understood', (locale) => {
  const text = renderText(message({ locale }), { answerBy: 'reply', unsubscribeHint: true })
  const word = /STOP|СТОП/.exec(text.split('\n').at(-1) ?? '')?.[0] ?? ''
  expect(readConsentWord(word)).toBe('stop')
})

it('takes any locale', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...specs), (locale, spec) => {
      const text = renderText(message({ locale, ...asking(spec), until: new Date(0) }), { answerBy: 'reply' })
      expect(text).toContain('Dinner')
    }),
    { numRuns: 500, seed: 20261122 },
  )
  expect(renderText(message({ locale: 'PT_br' }), { answerBy: 'reply' })).toContain('Responda SIM ou NAO.')
})
