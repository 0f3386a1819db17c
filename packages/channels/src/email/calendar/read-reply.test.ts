import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { readCalendarReply } from './read-reply.ts'
import { writeCalendar } from './write-calendar.ts'

const organizer = 'reply+k7qm2xv9bt4sw8nl3pr6dy0000@reply.guests.test'

function kept(name: string): Buffer {
  return readFileSync(new URL(`../../__fixtures__/email/calendar/${name}.eml`, import.meta.url))
}

async function read(raw: string | Uint8Array) {
  return readCalendarReply(await PostalMime.parse(raw))
}

/** Lines of an event between those every calendar has. */
const reply = (...lines: readonly string[]) =>
  calendar('METHOD:REPLY', 'BEGIN:VEVENT', ...lines, 'END:VEVENT')
const calendar = (...lines: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//EN', ...lines, 'END:VCALENDAR'].join('\r\n')
const ann = 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@guests.test'

/** A mail with one calendar part. */
const mailWith = (content: string, type = 'text/calendar; charset=utf-8; method=REPLY', more = '') =>
  `From: ann@guests.test\r\nContent-Type: ${type}\r\n${more}\r\n${content}`

describe('what calendars send at the press of a button', () => {
  test.each([
    ['google-accepted', { kind: 'answer', answer: 'yes', organizer }],
    ['google-declined-note', { answer: 'no', comment: 'We are away that week, sorry.\nNext time!' }],
    ['outlook-accepted', { answer: 'yes', organizer: undefined }],
    ['outlook-tentative', { answer: 'maybe', comment: 'I will be ten minutes late.' }],
    ['apple-accepted', { answer: 'yes', organizer }],
    ['icloud-declined', { answer: 'no', organizer }],
    ['thunderbird-accepted', { answer: 'yes', organizer }],
    [
      'outlook-counter',
      {
        kind: 'proposed',
        text:
          'Proposes another time: 2026-12-01 20:00 (W. Europe Standard Time) to 2026-12-01 21:00 ' +
          '(W. Europe Standard Time).\nAn hour later?',
      },
    ],
  ])('%s', async (name, expected) => {
    expect(await read(kept(name))).toMatchObject({ attendee: 'ann@guests.test', ...expected })
  })

  test('an answer without words has no comment', async () => {
    expect(await read(kept('outlook-accepted'))).not.toHaveProperty('comment')
  })

  test('the same answer sent twice is known as the same, a changed mind is not', async () => {
    const tupleOf = async (raw: Buffer) => {
      const found = await read(raw)
      return found?.kind === 'answer' ? found.tuple : undefined
    }
    const once = await tupleOf(kept('google-accepted'))
    expect(await tupleOf(kept('google-accepted'))).toBe(once)
    expect(await tupleOf(kept('google-declined-note'))).not.toBe(once)
  })
})

describe('forms an answer may take', () => {
  const answers = { kind: 'answer', answer: 'yes', attendee: 'ann@guests.test' }
  test.each([
    ['the method in the header only', mailWith(calendar('BEGIN:VEVENT', ann, 'END:VEVENT'))],
    ['the method in the property only', mailWith(reply(ann), 'text/calendar')],
    ['lower case', mailWith(reply(ann).toLowerCase(), 'text/calendar')],
    ['a byte order mark', mailWith(`\ufeff${reply(ann)}`)],
    ['line feeds alone', mailWith(reply(ann).replaceAll('\r\n', '\n'))],
    ['a file of no known type', mailWith(reply(ann), 'application/octet-stream; name="Answer.ICS"')],
    ['a file for other programs', mailWith(reply(ann), 'application/ics; name="invite.ics"')],
    [
      'another charset',
      mailWith(Buffer.from(reply(ann), 'utf8').toString(), 'text/calendar; charset=iso-8859-1'),
    ],
    [
      'a zone with comma and colon',
      mailWith(reply(String.raw`DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":20261201T190000`, ann)),
    ],
    [
      'names with commas, unquoted',
      mailWith(reply('ATTENDEE;CN=Lee, Ann;PARTSTAT=ACCEPTED:MAILTO:ann@guests.test')),
    ],
    ['an address in percents', mailWith(reply('ATTENDEE;PARTSTAT=ACCEPTED:mailto:%61nn@guests.test'))],
    ['a request status', mailWith(reply('REQUEST-STATUS:2.0;Success', ann))],
    [
      'an assistant who answers',
      mailWith(
        reply('ATTENDEE;PARTSTAT=ACCEPTED;SENT-BY="mailto:secretary@guests.test":mailto:ann@guests.test'),
      ),
    ],
  ])('%s', async (_name, mail) => {
    expect(await read(mail)).toMatchObject(answers)
  })

  test('an attendee who is no e-mail address is nobody we know', async () => {
    const mail = mailWith(reply('ATTENDEE;PARTSTAT=DECLINED:urn:uuid:1234'))
    expect(await read(mail)).toMatchObject({ answer: 'no', attendee: undefined })
  })
})

describe('a wish', () => {
  test.each([
    [
      'another time, in UTC',
      calendar(
        'METHOD:COUNTER',
        'BEGIN:VEVENT',
        ann,
        'DTSTART:20261202T180000Z',
        'DTEND:20261202T190000Z',
        'END:VEVENT',
      ),
      'Proposes another time: 2026-12-02 18:00 UTC to 2026-12-02 19:00 UTC.',
    ],
    [
      'another day',
      calendar('METHOD:COUNTER', 'BEGIN:VEVENT', ann, 'DTSTART;VALUE=DATE:20261202', 'END:VEVENT'),
      'Proposes another time: 2026-12-02.',
    ],
    [
      'another time that is none',
      calendar('METHOD:COUNTER', 'BEGIN:VEVENT', ann, 'COMMENT:later', 'END:VEVENT'),
      'Proposes another time.\nlater',
    ],
    [
      'somebody else instead',
      reply(
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bob@guests.test":mailto:ann@guests.test',
        'COMMENT:Ask Bob',
      ),
      'Delegates it to bob@guests.test.\nAsk Bob',
    ],
    [
      'nobody in particular instead',
      reply('ATTENDEE;PARTSTAT=DELEGATED:mailto:ann@guests.test'),
      'Delegates it to somebody else.',
    ],
    [
      'words without an answer',
      reply('ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ann@guests.test', 'COMMENT:Who comes?'),
      'Who comes?',
    ],
  ])('%s', async (_name, content, text) => {
    expect(await read(mailWith(content, 'text/calendar'))).toMatchObject({ kind: 'proposed', text })
  })
})

describe('what is no answer', () => {
  test.each([
    ['no answer yet', reply('ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ann@guests.test')],
    ['an answer nobody knows', reply('ATTENDEE;PARTSTAT=X-PERHAPS:mailto:ann@guests.test')],
    ['nobody', reply('UID:1')],
    ['two people', reply(ann, 'ATTENDEE;PARTSTAT=DECLINED:mailto:bob@guests.test')],
    [
      'two events',
      calendar('METHOD:REPLY', 'BEGIN:VEVENT', ann, 'END:VEVENT', 'BEGIN:VEVENT', ann, 'END:VEVENT'),
    ],
    ['no event', calendar('METHOD:REPLY', 'BEGIN:VTODO', ann, 'END:VTODO')],
    ['one occurrence of many', reply(ann, 'RECURRENCE-ID:20261201T180000Z')],
    ['a wish for the entry', calendar('METHOD:REFRESH', 'BEGIN:VEVENT', ann, 'END:VEVENT')],
    ['lines broken anywhere', reply('ATTENDEE;PARTSTAT=ACC', 'EPTED:mailto:ann@guests.test')],
    ['half of it', reply(ann).slice(0, 120)],
    ['other things', 'Yes, gladly'],
    ['too much', reply(ann, `COMMENT:${'x'.repeat(300_000)}`)],
  ])('%s', async (_name, content) => {
    expect(await read(mailWith(content))).toMatchObject({ kind: 'ignored', reason: expect.any(String) })
  })

  const invitation = writeCalendar({
    method: 'REQUEST',
    uid: '1@dinner.test',
    sequence: 0,
    start: '2026-12-01T18:00:00Z',
    end: '2026-12-01T19:00:00Z',
    summary: 'Dinner',
    organizer: { address: organizer },
    attendee: { address: 'ann@guests.test', partstat: 'ACCEPTED' },
    stamp: new Date('2026-11-22T12:00:00Z'),
  })
  test.each([
    ['a mail of words', 'Content-Type: text/plain\r\n\r\nYes'],
    [
      'our own invitation, sent back with a reply in words',
      mailWith(invitation, 'text/calendar; method=REQUEST'),
    ],
    [
      'a calendar of something else',
      mailWith(calendar('METHOD:PUBLISH', 'BEGIN:VEVENT', 'END:VEVENT'), 'text/calendar'),
    ],
    ['a broken file', mailWith('BEGIN:VCALENDAR', 'text/calendar; name=x.ics')],
    ['another file', mailWith(reply(ann), 'text/x-vcard; name=ann.vcf')],
  ])('%s leaves it to the words', async (_name, mail) => {
    expect(await read(mail)).toBeUndefined()
  })

  test('an answer beside something unreadable counts', async () => {
    const part = (content: string) => `--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n${content}\r\n`
    const mail = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part('rubbish')}${part(reply(ann))}--b--\r\n`
    expect(await read(mail)).toMatchObject({ kind: 'answer', answer: 'yes' })
  })
})

/** What would go over its input again and again with such a mail would not come to an end in this time. */
const longestMs = 60_000

describe('hostile calendars', () => {
  // All but as large as one that is read at all.
  test.each<readonly [string, string, 'answer' | 'ignored']>([
    ['depth', 'BEGIN:VEVENT\r\n'.repeat(18_000), 'ignored'],
    ['depth that ends', 'BEGIN:A\r\n'.repeat(12_000) + 'END:A\r\n'.repeat(12_000), 'ignored'],
    ['folds', reply(ann, `COMMENT:x${'\r\n y'.repeat(50_000)}`), 'answer'],
    ['escapes', reply(ann, `COMMENT:${String.raw`\,`.repeat(120_000)}`), 'answer'],
    ['parameters', reply(`ATTENDEE${';A=b'.repeat(60_000)}:mailto:ann@guests.test`), 'ignored'],
    ['attendees', reply(...Array.from({ length: 5_000 }, () => ann)), 'ignored'],
    ['lines', reply(ann, ...Array.from({ length: 40_000 }, () => 'A:b')), 'answer'],
    [
      'zones that repeat every second',
      reply('DTSTART;TZID=Z:20261201T190000', ann).replace(
        'BEGIN:VEVENT',
        'BEGIN:VTIMEZONE\r\nTZID:Z\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT',
      ),
      'answer',
    ],
    [
      'names of objects',
      reply('ATTENDEE;__PROTO__=x;PARTSTAT=__proto__:mailto:ann@guests.test', 'CONSTRUCTOR:1'),
      'ignored',
    ],
  ])(
    '%s are read to their end',
    async (_name, content, kind) => {
      expect(content.length).toBeLessThan(256 * 1024)
      expect(await read(mailWith(content))).toMatchObject({ kind })
    },
    longestMs,
  )

  test('any damage gives an answer, a wish, nothing, and never an error', async () => {
    const names = ['google-accepted', 'outlook-counter', 'apple-accepted', 'thunderbird-accepted'] as const
    const damage = fc.tuple(
      fc.constantFrom(...names.map(kept)),
      fc.array(fc.tuple(fc.nat(4_000), fc.integer({ min: 0, max: 255 })), { maxLength: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(damage, async ([mail, changes]) => {
        const bytes = Buffer.from(mail)
        for (const [position, value] of changes) if (position < bytes.length) bytes[position] = value
        const found = await read(bytes)
        expect([undefined, 'answer', 'proposed', 'ignored']).toContain(found?.kind)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
