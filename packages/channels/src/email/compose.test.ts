import fc from 'fast-check'
import MailComposer, { type MailComposerOptions } from 'nodemailer/lib/mail-composer'
import PostalMime, { type Email } from 'postal-mime'
import { describe, expect, test } from 'vitest'
import type { OutboundMessage } from '@invite-me/core/channel'
import { outboundMessage, sendContext, testMoment } from '../../../../tests/peers/outbound-message.ts'
import { calendarPart } from './calendar/calendar-part.ts'
import { composeEmail, returnAddresses, type ComposeOptions } from './compose.ts'
import { emailOptionsSchema } from './options.ts'
import { renderEmail } from './render.ts'
import { TemplateStore } from './template-store.ts'

const from = { name: 'Dinner', address: 'dinner@dinner.test' }
const calendar = {
  start: '2026-11-27T19:00:00.000Z',
  end: '2026-11-27T22:00:00.000Z',
  summary: 'Dinner',
  location: 'Anna’s flat',
  uid: '0192f0c1-6d2e-7000-8000-000000000001',
  sequence: 0,
}

function composeOptions(change: Readonly<Record<string, string>> = {}): ComposeOptions {
  const options = emailOptionsSchema.parse({
    smtp: 'smtp://127.0.0.1',
    from,
    replyDomain: 'reply.dinner.test',
    ...change,
  })
  return { ...options, returns: returnAddresses(options), templates: new TemplateStore() }
}

function compose(message: OutboundMessage, options = composeOptions(), context = sendContext()): string {
  const { head, body } = composeEmail({ message, address: message.to.address, context }, options)
  return `${head}\r\n${body}`
}

/** The same mail as nodemailer composes it from the same parts. */
async function composeByNodemailer(message: OutboundMessage): Promise<string> {
  const reply = `reply+${message.replyToken ?? ''}@reply.dinner.test`
  const entry = calendarPart(message, {
    organizer: reply,
    domain: 'dinner.test',
    stamp: new Date(testMoment),
  })
  const { links } = message
  const mail: MailComposerOptions = {
    from,
    to: { name: (message.to.name ?? '').slice(0, 200), address: message.to.address },
    replyTo: { name: 'Dinner', address: reply },
    ...renderEmail(message, { canReply: true }),
    messageId: '<0192f0c1-6d2e-7000-8000-000000000001.0@dinner.test>',
    date: new Date(testMoment),
    ...(entry !== undefined && { icalEvent: { method: entry.method, content: entry.content } }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      'List-Unsubscribe': `<${links.unsubscribe ?? ''}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  }
  return (await new MailComposer(mail).compile().build()).toString()
}

/** These are compared as the parser decodes them. */
const decoded = new Set(['subject', 'from', 'to', 'reply-to'])
const plain = (value: string) => value.replace(/; *boundary=("[^"]*"|\S+)/, '').replace(/\s+/g, ' ')

/** What a mail program makes of it: less the boundaries, and whatever order the headers are in. */
async function readMail(raw: string) {
  const { attachments, headers, html, text, ...rest }: Email = await PostalMime.parse(raw, {
    attachmentEncoding: 'utf8',
  })
  // The parser adds a line break to texts.
  const lines = (part: string | undefined) => part?.replace(/\r\n|\r/g, '\n').trimEnd()
  return {
    ...rest,
    headerLines: undefined,
    text: lines(text),
    html: lines(html),
    headers: headers.map(({ key, value }) => `${key}: ${decoded.has(key) ? '' : plain(value)}`).toSorted(),
    attachments: attachments.map(({ content, filename, method, mimeType }) => ({
      filename,
      method,
      mimeType,
      content,
    })),
  }
}

describe('a mail is what nodemailer would make of it', () => {
  test.each<readonly [string, Partial<OutboundMessage>]>([
    ['a question', {}],
    ['a question for a calendar', { calendar }],
    [
      'a question in Russian',
      { locale: 'ru', content: { text: 'Ужин в пятницу в восемь? '.repeat(20) }, calendar },
    ],
    [
      'a reminder with emoji in its subject',
      { purpose: 'message', content: { subject: '🍝 Pasta & more', text: 'x' } },
    ],
    ['a long subject', { content: { subject: 'word '.repeat(40), text: 'x' } }],
    ['lines that end in spaces', { content: { text: 'one \ntwo\t\n three  \n' } }],
  ])('%s', async (_name, change) => {
    const message = outboundMessage(change)
    const [ours, theirs] = [compose(message), await composeByNodemailer(message)]
    expect(await readMail(ours)).toEqual(await readMail(theirs))
    expect(ours.length).toBeLessThan(1.1 * theirs.length)
  })

  const hostile = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.string({ unit: 'binary-ascii', maxLength: 200 }),
    fc.constantFrom(
      'a'.repeat(2_000),
      '.\r\n.\r\n..\nQUIT\r\n',
      'x\r\nBcc: bob@guests.test\r\n\r\nbody',
      '=?UTF-8?Q?=0D=0ABcc:_bob=40guests.test?=',
      '--=_invite-me_alternative--\r\n',
      'שלום \u202eabc\u202c 👩‍👩‍👧‍👦 Привет',
      'From here\n\ton\n \n  \n=3D=\n= \n',
      '</style><script>alert(1)</script>&amp;\0',
      '"; name="x\\',
      '\u2028\u0085\v\f\r',
    ),
  )
  const anyMessage = fc
    .record({ text: hostile, subject: hostile, name: hostile, label: hostile })
    .map((said) =>
      outboundMessage({
        to: { address: 'ann@guests.test', name: said.name },
        originator: { name: said.name },
        content: { subject: `s${said.subject}`, text: `t${said.text}`.replace(/[\0-\b\v-\x1f\x7f]/g, '') },
        answer: {
          spec: { type: 'yesNo' },
          actions: [{ value: 'yes', label: said.label, url: 'https://portal.test/r/t?a=yes&b="<>' }],
        },
      }),
    )

  test('whatever people write, it is read as it was rendered', async () => {
    await fc.assert(
      fc.asyncProperty(anyMessage, async (message) => {
        const parsed = await readMail(compose(message))
        const { html, text } = renderEmail(message, { canReply: true })
        const canonical = (value: string) =>
          value
            .toWellFormed()
            .replace(/\r\n|\r/g, '\n')
            .trimEnd()
        expect(parsed.text).toBe(canonical(text))
        expect(parsed.html).toBe(canonical(html))
      }),
      { numRuns: 300 },
    )
  })

  test('whatever people write, nothing becomes a header, a part or a long line', async () => {
    const expected = (await readMail(compose(outboundMessage()))).headers.map((line) => line.split(':')[0])
    await fc.assert(
      fc.asyncProperty(anyMessage, async (message) => {
        const raw = compose(message)
        const parsed = await readMail(raw)
        expect(parsed.headers.map((line) => line.split(':')[0])).toEqual(expected)
        expect(parsed.to).toEqual([{ name: expect.any(String), address: 'ann@guests.test' }])
        expect(parsed.attachments).toEqual([])
        expect(raw).toMatch(/^[\t\r\n\x20-\x7e]*$/)
        expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
        expect(
          Math.max(
            ...raw
              .split('\r\n\r\n')
              .slice(1)
              .join('\n')
              .split(/\r?\n/)
              .map(({ length }) => length),
          ),
        ).toBeLessThanOrEqual(76)
        expect(Math.max(...raw.split('\r\n').map(({ length }) => length))).toBeLessThanOrEqual(998)
      }),
      { numRuns: 300 },
    )
  })
})

describe('who is said to write', () => {
  test.each([
    ['plain words', 'Ann Lee'],
    ['a comma', 'Lee, Ann'],
    ['quotes', 'Ann "the cook" \\ Lee'],
    ['umlauts', 'Jürgen Müller-Lüdenscheidt von der Ödenburg und zu Übersee'],
    ['an encoded word', '=?UTF-8?Q?Eve?='],
    ['many words', 'Ann '.repeat(45).trim()],
  ])('%s', async (_name, name) => {
    const parsed = await PostalMime.parse(
      compose(outboundMessage({ to: { name, address: 'ann@guests.test' } })),
    )
    expect(parsed.to).toEqual([{ name, address: 'ann@guests.test' }])
  })

  test('an address outside ASCII is written as it is (RFC 6532)', async () => {
    const address = 'анна@guests.test'
    expect((await PostalMime.parse(compose(outboundMessage({ to: { address } })))).to).toEqual([
      { name: '', address },
    ])
  })
})

describe('the headers', () => {
  const header = (raw: string, name: string) =>
    new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(raw)?.[1]?.replaceAll('\r\n', '')
  const contextOf = (idempotencyKey: string) => sendContext({ idempotencyKey })

  test('a reminder belongs to the first mail, and the first to none', () => {
    const first = compose(outboundMessage(), undefined, contextOf('d1.2.0'))
    const reminder = compose(outboundMessage({ purpose: 'reminder' }), undefined, contextOf('d1.2.3'))
    expect(header(first, 'message-id')).toBe('<d1.2.0@dinner.test>')
    expect(header(first, 'in-reply-to')).toBeUndefined()
    expect(header(reminder, 'message-id')).toBe('<d1.2.3@dinner.test>')
    expect(header(reminder, 'in-reply-to')).toBe('<d1.2.0@dinner.test>')
    expect(header(reminder, 'references')).toBe('<d1.2.0@dinner.test>')
  })

  test('the same input gives the same bytes', () => {
    expect(compose(outboundMessage())).toBe(compose(outboundMessage()))
  })

  test('complaints can be told apart by what was sent', () => {
    const raw = compose(
      outboundMessage({ category: 'event:update' }),
      composeOptions({ feedbackId: 'dinner-hosts' }),
    )
    expect(header(raw, 'feedback-id')).toBe('eventupdate:message:dinner-hosts')
    expect(header(compose(outboundMessage()), 'feedback-id')).toBeUndefined()
  })

  test('a link too long for a line stays out of the header', () => {
    const links = { unsubscribe: `https://portal.test/${'x'.repeat(1_000)}` }
    const raw = compose(outboundMessage({ links }), composeOptions({ unsubscribeMailto: 'stop@dinner.test' }))
    expect(header(raw, 'list-unsubscribe')).toBe('<mailto:stop@dinner.test?subject=unsubscribe>')
    expect(header(raw, 'list-unsubscribe-post')).toBeUndefined()
  })
})
