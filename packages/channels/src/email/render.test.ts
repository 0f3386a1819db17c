import type { AnswerSpec } from '@invite-me/core/channel'
import { describe, expect, test } from 'vitest'
import { outboundMessage } from '../../../../tests/peers/outbound-message.ts'
import { htmlToText } from './html-to-text.ts'
import { renderEmail } from './render.ts'

const canReply = { canReply: true }
const links = { respond: 'https://portal.test/r/t' }

describe('the subject', () => {
  test.each([
    ['is the one given', { subject: 'Dinner', text: 'Come?' }, 'Dinner'],
    ['is else the first line of the text', { text: '\n\n  Come to dinner?\nAt 8.' }, 'Come to dinner?'],
    [
      'is one line',
      { subject: 'Dinner\r\nBcc: bob@guests.test\u2028x', text: 'x' },
      'Dinner Bcc: bob@guests.test x',
    ],
    ['is cut at 78', { text: 'a'.repeat(200) }, `${'a'.repeat(77)}…`],
    ['is cut between characters', { text: `${'a'.repeat(70)}👩‍🍳👩‍🍳👩‍🍳` }, `${'a'.repeat(70)}👩‍🍳…`],
  ])('%s', (_name, content, subject) => {
    expect(renderEmail(outboundMessage({ content }), canReply).subject).toBe(subject)
  })

  test('of a reminder says so', () => {
    expect(renderEmail(outboundMessage({ purpose: 'reminder' }), canReply).subject).toBe(
      'Reminder: Dinner on Friday at 8?',
    )
  })
})

describe('the text', () => {
  test('of a question says who asks, what, how to answer and how to stop', () => {
    expect(renderEmail(outboundMessage({ until: new Date('2026-11-27T18:00Z') }), canReply).text)
      .toBe(`Anna asks:

Dinner on Friday at 8?

Yes: https://portal.test/r/tokentokentoken?choose=yes
No: https://portal.test/r/tokentokentoken?choose=no

Or reply to this e-mail with YES or NO.

Please answer before November 27, 2026 at 6:00 PM UTC.

-- 
No more messages like this: https://portal.test/u/stopstopstop
`)
  })

  test('speaks Russian to Russians', () => {
    const message = outboundMessage({
      locale: 'ru-RU',
      purpose: 'reminder',
      until: new Date('2026-11-27T18:00Z'),
    })
    const { subject, text, html } = renderEmail(message, canReply)
    expect(subject).toBe('Напоминание: Dinner on Friday at 8?')
    expect(text).toContain('Anna спрашивает:')
    expect(text).toContain('Или ответьте на это письмо: ДА или НЕТ.')
    expect(text).toContain('27 ноября 2026')
    expect(html).toContain('<html lang="ru">')
  })

  test.each([
    [
      'Europe/Berlin',
      'November 27, 2026 at 8:00 PM GMT+1',
      'Saturday, November 28, 2026, 12:30 – 1:30 AM GMT+1',
    ],
    [
      'Asia/Kolkata',
      'November 28, 2026 at 12:30 AM GMT+5:30',
      'Saturday, November 28, 2026, 5:00 – 6:00 AM GMT+5:30',
    ],
    [
      'Mars/Olympus',
      'November 27, 2026 at 7:00 PM UTC',
      'Friday, November 27, 2026 at 11:30 PM – Saturday, November 28, 2026 at 12:30 AM UTC',
    ],
  ])('tells a reader in %s their own time', (zone, deadline, when) => {
    const message = outboundMessage({
      zone,
      until: new Date('2026-11-27T19:00Z'),
      calendar: {
        uid: 'x',
        sequence: 0,
        start: '2026-11-27T23:30:00.000Z',
        end: '2026-11-28T00:30:00.000Z',
      },
    })
    const { html, text } = renderEmail(message, canReply)
    const plain = (told: string) => told.replace(/\s/g, ' ')
    expect(plain(text)).toContain(`Please answer before ${deadline}.`)
    expect(plain(text)).toContain(`When: ${when}`)
    expect(plain(html)).toContain(`Please answer before ${deadline}.`)
  })

  test.each([
    ['de-CH', 'Anna fragt:', 'Oder antworten Sie auf diese E-Mail mit JA oder NEIN.'],
    ['es', 'Anna pregunta:', 'O responda a este correo con SÍ o NO.'],
    ['fr-CA', 'Anna demande :', 'Ou répondez à cet e-mail avec OUI ou NON.'],
    ['pt-BR', 'Anna pergunta:', 'Ou responda a este e-mail com SIM ou NÃO.'],
  ])('speaks %s', (locale, intro, hint) => {
    const { html, text } = renderEmail(
      outboundMessage({ locale, until: new Date('2026-11-27T18:00Z') }),
      canReply,
    )
    expect(text).toContain(intro)
    expect(text).toContain(hint)
    expect(text).toMatch(/2026.* UTC\./)
    expect(html).toContain(`<html lang="${locale.slice(0, 2)}">`)
  })

  test.each(['xh', '', 'xx-YY', '__proto__', 'constructor'])('speaks English to %j', (locale) => {
    expect(renderEmail(outboundMessage({ locale }), canReply).text).toContain('Anna asks:')
  })

  test('of a notice asks nothing', () => {
    const { answer: _answer, ...notice } = outboundMessage({ until: new Date() })
    const { text } = renderEmail(notice, canReply)
    expect(text).toContain('Anna writes:')
    expect(text).not.toMatch(/reply|answer/i)
  })

  test('speaks of replies only where they reach us', () => {
    expect(renderEmail(outboundMessage(), { canReply: false }).text).not.toMatch(/reply/i)
  })

  test('without anybody asking begins with the question', () => {
    expect(renderEmail(outboundMessage({ originator: null }), canReply).text).toMatch(/^Dinner on Friday/)
  })
})

const kinds: readonly (readonly [spec: AnswerSpec, hint: RegExp])[] = [
  [{ type: 'yesNo' }, /Or reply to this e-mail with YES or NO\./],
  [
    {
      type: 'choice',
      options: [
        { value: 'p', label: 'Pizza' },
        { value: 's', label: 'Sushi' },
      ],
      multiple: false,
    },
    /with the number of your choice\./,
  ],
  [
    {
      type: 'choice',
      options: [
        { value: 'p', label: 'Pizza' },
        { value: 's', label: 'Sushi' },
      ],
      multiple: true,
    },
    /numbers of your choice, separated by commas\./,
  ],
  [{ type: 'text', maxLength: 100 }, /with your answer\./],
  [{ type: 'number', integer: true, min: 1, max: 9 }, /with a number from 1 to 9\./],
  [{ type: 'number', integer: false, min: 1 }, /with a number of at least 1\./],
  [{ type: 'number', integer: false }, /with a number\./],
  [{ type: 'date' }, /with a date such as 2026-11-27\./],
  [{ type: 'rsvp', maxParty: 4 }, /YES, NO or MAYBE and how many of you come/],
]

describe('each answer type', () => {
  test.each(kinds)('%j has its hint and one link to the form', (spec, hint) => {
    const { html, text } = renderEmail(outboundMessage({ answer: { spec, actions: [] }, links }), canReply)
    expect(text).toMatch(hint)
    expect(text).toContain('Answer: https://portal.test/r/t')
    expect(html.match(/href="https:\/\/portal\.test\/r\/t"/g)).toHaveLength(1)
  })

  test.each(kinds)('%j has its hint without a portal too, in Russian', (spec) => {
    const { text } = renderEmail(
      outboundMessage({ answer: { spec, actions: [] }, links: {}, locale: 'ru' }),
      canReply,
    )
    expect(text).toContain('Ответьте на это письмо')
  })

  test('a choice is numbered, with buttons or without', () => {
    const spec = {
      type: 'choice',
      options: [
        { value: 'p', label: 'Pizza' },
        { value: 's', label: 'Sushi' },
      ],
      multiple: false,
    } as const
    const actions = spec.options.map((option) => ({ ...option, url: `https://portal.test/${option.value}` }))
    const withButtons = renderEmail(
      outboundMessage({ answer: { spec: { ...spec, options: [...spec.options] }, actions } }),
      canReply,
    )
    const bare = renderEmail(
      outboundMessage({ answer: { spec: { ...spec, options: [...spec.options] }, actions: [] }, links: {} }),
      canReply,
    )
    expect(withButtons.text).toContain('1. Pizza: https://portal.test/p\n2. Sushi: https://portal.test/s')
    expect(bare.text).toContain('1. Pizza\n2. Sushi')
    expect(htmlToText(bare.html)).toContain('1. Pizza')
  })

  test('options that are numbers are not numbered, since a number would mean two things', () => {
    const options = ['2', '4', '6'].map((value) => ({ value, label: value }))
    const spec = { type: 'choice', options, multiple: false } as const
    const { text } = renderEmail(outboundMessage({ answer: { spec, actions: [] }, links: {} }), canReply)
    expect(text).toContain('\n2\n4\n6\n')
    expect(text).toContain('Reply to this e-mail with your choice.')
  })

  test('who can bring nobody is not asked how many come', () => {
    const spec = { type: 'rsvp', maxParty: 1 } as const
    expect(renderEmail(outboundMessage({ answer: { spec, actions: [] } }), canReply).text).toContain(
      'with YES, NO or MAYBE.',
    )
  })

  test('a form has its link and no hint', () => {
    const { text } = renderEmail(
      outboundMessage({ answer: { spec: { type: 'form', schema: {} }, actions: [] }, links }),
      canReply,
    )
    expect(text).toContain('Answer: https://portal.test/r/t')
    expect(text).not.toMatch(/reply/i)
  })
})

describe('the HTML', () => {
  test('has a button for each answer and says what the text says', () => {
    const { html, text } = renderEmail(outboundMessage(), canReply)
    expect(html.match(/bgcolor="#1a56db"/g)).toHaveLength(2)
    for (const line of [
      'Anna asks:',
      'Dinner on Friday at 8?',
      'Yes',
      'No',
      'Or reply to this e-mail with YES or NO.',
    ]) {
      expect(htmlToText(html)).toContain(line)
      expect(text).toContain(line)
    }
  })

  test('loads nothing and runs nothing, whatever people write', () => {
    const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)> & 'x' </title></style>`
    const message = outboundMessage({
      content: { subject: evil, text: evil },
      originator: { name: evil },
      answer: {
        spec: { type: 'yesNo' },
        actions: [{ value: 'yes', label: evil, url: `https://portal.test/"onclick="x` }],
      },
      links: { respond: `https://portal.test/<b>`, unsubscribe: `https://portal.test/'"<` },
    })
    const { html } = renderEmail(message, canReply)
    expect(html).not.toMatch(/<script|<img|"onclick|<b>/)
    expect(html.match(/<title>/g)).toHaveLength(1)
    expect(html.match(/<\/style>/g)).toHaveLength(1)
    expect(html).not.toMatch(/<[^>]*\bsrc=|url\(/i)
  })

  test('keeps the lines of the text', () => {
    const { html } = renderEmail(outboundMessage({ content: { text: 'one\ntwo' } }), canReply)
    expect(html).toContain('one<br>\ntwo')
  })
})
