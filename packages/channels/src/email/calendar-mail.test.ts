import PostalMime from 'postal-mime'
import { afterEach, describe, expect, test } from 'vitest'
import type { EditReason, OutboundMessage } from '@invite-me/core/channel'
import { outboundMessage, sendContext, testMoment } from '../../../../tests/peers/outbound-message.ts'
import { startSmtpSink } from '../../../../tests/peers/smtp-sink.ts'
import { email } from '../email.ts'

const closers: (() => Promise<void> | undefined)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function open(options: Partial<Parameters<typeof email>[0]> = { replyDomain: 'reply.dinner.test' }) {
  const sink = await startSmtpSink()
  closers.push(() => sink.close())
  const channel = email({
    smtp: { host: '127.0.0.1', port: sink.port },
    from: 'Dinner <dinner@dinner.test>',
    ...options,
  })
  closers.push(() => channel.close?.())
  return { channel, sink }
}

const dinner = (change: Partial<OutboundMessage> = {}) =>
  outboundMessage({
    calendar: {
      start: '2026-11-27T19:00:00.000Z',
      end: '2026-11-27T22:00:00.000Z',
      location: 'Anna’s flat\r\nBcc: bob@guests.test',
      uid: '0192f0c1-6d2e-7000-8000-000000000001',
      sequence: 0,
    },
    ...change,
  })

const first = '<0192f0c1-6d2e-7000-8000-000000000001.0.0@dinner.test>'
const edit = (reason: EditReason, notice: string, change: Partial<OutboundMessage> = {}) => ({
  providerMessageId: first,
  message: { ...dinner(change), links: {}, answer: { spec: { type: 'yesNo' as const }, actions: [] } },
  reason,
  notice,
})

/** The mail as it is built and the lines of its entry, unfolded. */
async function read(raw: string | undefined) {
  const mail = await PostalMime.parse(raw ?? '', { attachmentEncoding: 'utf8' })
  const [entry, file] = mail.attachments
  const content = typeof entry?.content === 'string' ? entry.content : ''
  const lines = content.replace(/\r?\n /g, '').split(/\r?\n/)
  return {
    mail,
    entry,
    file,
    lines,
    header: (name: string) => mail.headers.find(({ key }) => key === name)?.value,
  }
}

describe('an invitation for a calendar', () => {
  test('is there twice, says its method, and answers come to the reply address', async () => {
    const { channel, sink } = await open()
    await channel.send(dinner(), sendContext())
    const { entry, file, header, lines } = await read(sink.mails[0]?.raw)
    expect(header('content-type')).toMatch(/^multipart\/mixed/)
    expect(sink.mails[0]?.raw).toMatch(
      /multipart\/mixed[\s\S]+multipart\/alternative[\s\S]+text\/plain[\s\S]+text\/html[\s\S]+text\/calendar; charset=utf-8; method=REQUEST[\s\S]+application\/ics/,
    )
    expect(entry).toMatchObject({ mimeType: 'text/calendar', method: 'REQUEST' })
    expect(file).toMatchObject({
      mimeType: 'application/ics',
      filename: 'invite.ics',
      disposition: 'attachment',
    })
    expect(file?.content).toBe(entry?.content)
    expect(lines).toEqual(
      expect.arrayContaining([
        'METHOD:REQUEST',
        'UID:0192f0c1-6d2e-7000-8000-000000000001@dinner.test',
        'SEQUENCE:0',
        'DTSTART:20261127T190000Z',
        'ORGANIZER;CN="Anna":mailto:reply+k7Qm2xV9bT4sW8nL3pR6dY@reply.dinner.test',
      ]),
    )
  })

  test.each([
    ['en', 'When: Friday, November 27, 2026', 'Where: Anna’s flat Bcc: bob@guests.test'],
    ['ru', 'Когда: пятница, 27 ноября 2026', 'Где: Anna’s flat'],
    ['de-AT', 'Wann: Freitag, 27. November 2026', 'Wo: Anna’s flat'],
    ['es', 'Cuándo: viernes, 27 de noviembre de 2026', 'Dónde: Anna’s flat'],
    ['fr', 'Quand : vendredi 27 novembre 2026', 'Où : Anna’s flat'],
    ['pt-BR', 'Quando: sexta-feira, 27 de novembro de 2026', 'Onde: Anna’s flat'],
  ])(
    'says when and where in the mail itself, because calendars may hide it: %s',
    async (locale, when, where) => {
      const { channel, sink } = await open()
      await channel.send(dinner({ locale }), sendContext())
      const { mail } = await read(sink.mails[0]?.raw)
      expect(mail.text).toContain(when)
      expect(mail.text).toMatch(new RegExp(`^${when}.* UTC$`, 'm'))
      expect(mail.text).toContain(where)
      expect(mail.html).toContain(where)
    },
  )

  test('is told by the clock of the person, while the entry itself is in UTC', async () => {
    const { channel, sink } = await open()
    await channel.send(dinner({ zone: 'Europe/Berlin' }), sendContext())
    const { lines, mail } = await read(sink.mails[0]?.raw)
    expect(mail.text?.replace(/\s/g, ' ')).toMatch(
      /When: Friday, November 27, 2026.*8:00.*11:00 PM GMT\+1 Where:/,
    )
    expect(lines).toEqual(expect.arrayContaining(['DTSTART:20261127T190000Z', 'DTEND:20261127T220000Z']))
  })

  test('of nobody in particular comes from the sender', async () => {
    const { channel, sink } = await open()
    await channel.send(dinner({ originator: null }), sendContext())
    expect((await read(sink.mails[0]?.raw)).lines.join('\n')).toContain('ORGANIZER;CN="Dinner":')
  })

  test('in a notice is answered by the calendar, while replies go to a human', async () => {
    const { channel, sink } = await open()
    const { answer: _answer, ...notice } = dinner()
    await channel.send(notice, sendContext())
    const { entry, mail } = await read(sink.mails[0]?.raw)
    expect(entry?.method).toBe('REQUEST')
    expect(mail.replyTo).toBeUndefined()
  })

  test('without a way back is only told in words', async () => {
    const { channel, sink } = await open({})
    await channel.send(dinner(), sendContext())
    const { mail } = await read(sink.mails[0]?.raw)
    expect(mail.attachments).toEqual([])
    expect(mail.text).toContain('When: Friday, November 27, 2026')
    expect(channel.supports.edits).toBeUndefined()
  })
})

describe('a later mail about it', () => {
  const context = (key: string) => sendContext({ idempotencyKey: key })

  test.each<readonly [EditReason, number, readonly string[], string]>([
    [
      { kind: 'updated' },
      1,
      ['METHOD:REQUEST', 'SEQUENCE:1', 'STATUS:CONFIRMED'],
      'Changed: Dinner on Friday at 8?',
    ],
    [
      { kind: 'cancelled' },
      2,
      ['METHOD:CANCEL', 'SEQUENCE:2', 'STATUS:CANCELLED'],
      'Cancelled: Dinner on Friday at 8?',
    ],
    [
      { kind: 'expired' },
      1,
      ['METHOD:CANCEL', 'SEQUENCE:1', 'STATUS:CANCELLED'],
      'Cancelled: Dinner on Friday at 8?',
    ],
    [
      { kind: 'answered', value: true, isDeclined: false, via: 'api' },
      0,
      ['METHOD:REQUEST', 'SEQUENCE:0', 'STATUS:CONFIRMED'],
      'Answered: Dinner on Friday at 8?',
    ],
  ])('%j', async (reason, sequence, expected, subject) => {
    const { channel, sink } = await open()
    expect(channel.supports.edits).toEqual(['calendar'])
    await channel.send(dinner(), context('0192f0c1-6d2e-7000-8000-000000000001.0.0'))
    const { calendar } = dinner()
    const change = edit(reason, 'What is new.', calendar && { calendar: { ...calendar, sequence } })
    const later = {
      ...context('d.1.edit-2'),
      clock: { ...sendContext().clock, now: () => testMoment + 60_000 },
    }
    expect(await channel.edit?.(change, later)).toEqual({
      status: 'accepted',
      providerMessageId: '<d.1.edit-2@dinner.test>',
    })
    const [before, after] = await Promise.all(sink.mails.map(({ raw }) => read(raw)))
    expect(after?.mail).toMatchObject({
      subject,
      inReplyTo: first,
      references: first,
      messageId: '<d.1.edit-2@dinner.test>',
    })
    expect(after?.mail.text).toMatch(/^What is new\./)
    expect(after?.mail.text).not.toMatch(/https:|reply to this/i)
    expect(after?.lines).toEqual(expect.arrayContaining([...expected, 'DTSTAMP:20261122T050100Z']))
    const same = (lines: readonly string[] | undefined) =>
      lines?.filter((line) => /^(?:UID|ORGANIZER)/.test(line))
    expect(same(after?.lines)).toEqual(same(before?.lines))
  })

  test.each<readonly [unknown, boolean, string]>([
    [true, false, 'ACCEPTED'],
    [false, true, 'DECLINED'],
    [{ coming: 'maybe', party: 2 }, false, 'TENTATIVE'],
    [{ coming: 'no', party: 0 }, true, 'DECLINED'],
  ])('tells the calendar of the answer %j', async (value, isDeclined, partstat) => {
    const { channel, sink } = await open()
    await channel.edit?.(
      edit({ kind: 'answered', value, isDeclined, via: 'api' }, 'Answered.'),
      sendContext(),
    )
    expect((await read(sink.mails[0]?.raw)).lines.join('\n')).toContain(`PARTSTAT=${partstat};`)
  })

  test('is not written where there is nothing to tell a calendar', async () => {
    const { channel, sink } = await open()
    const { calendar: _calendar, ...plain } = edit({ kind: 'updated' }, 'New.').message
    const chosen = edit({ kind: 'answered', value: 'fish', isDeclined: false, via: 'api' }, 'Answered: fish')
    for (const change of [chosen, { ...edit({ kind: 'updated' }, 'New.'), message: plain }])
      expect(await channel.edit?.(change, sendContext())).toMatchObject({ status: 'accepted' })
    expect(sink.counts.connections).toBe(0)
  })

  test('does not lean on an id that is none', async () => {
    const { channel, sink } = await open()
    const change = {
      ...edit({ kind: 'updated' }, 'New.'),
      providerMessageId: '<x>\r\nBcc: <bob@guests.test>',
    }
    await channel.edit?.(change, sendContext())
    expect(sink.mails[0]?.raw).not.toMatch(/^(?:In-Reply-To|Bcc)/m)
  })
})
