import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, test } from 'vitest'
import { explainNoLibical, readWithLibical } from '../../../../../tests/peers/libical.ts'
import { writeCalendar, type CalendarMessage } from './write-calendar.ts'

function entry(change: Partial<CalendarMessage> = {}): CalendarMessage {
  return {
    method: 'REQUEST',
    uid: '0192f0c1-6d2e-7000-8000-000000000001@dinner.test',
    sequence: 0,
    start: '2026-12-01T18:00:00.000Z',
    end: '2026-12-01T19:00:00.000Z',
    summary: 'Board game night',
    organizer: { name: 'Host', address: 'reply+k7qm2xv9bt4sw8nl3pr6dy0000@reply.dinner.test' },
    attendee: { name: 'Ann', address: 'ann@guests.test', partstat: 'NEEDS-ACTION' },
    stamp: new Date('2026-11-22T12:00:00.500Z'),
    ...change,
  }
}

test('an invitation has the shape calendars offer answers for', () => {
  expect(writeCalendar(entry()).split('\r\n')).toEqual([
    'BEGIN:VCALENDAR',
    'PRODID:-//invite-me//EN',
    'VERSION:2.0',
    'CALSCALE:GREGORIAN',
    'METHOD:REQUEST',
    'BEGIN:VEVENT',
    'UID:0192f0c1-6d2e-7000-8000-000000000001@dinner.test',
    'SEQUENCE:0',
    'DTSTAMP:20261122T120000Z',
    'DTSTART:20261201T180000Z',
    'DTEND:20261201T190000Z',
    'SUMMARY:Board game night',
    'ORGANIZER;CN="Host":mailto:reply+k7qm2xv9bt4sw8nl3pr6dy0000@reply.dinner.te',
    ' st',
    'ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=',
    ' TRUE;CN="Ann":mailto:ann@guests.test',
    'STATUS:CONFIRMED',
    'TRANSP:OPAQUE',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ])
})

test('calling off keeps the id, is over and asks for nothing', () => {
  const lines = writeCalendar(entry({ method: 'CANCEL', sequence: 3 })).split('\r\n')
  expect(lines).toEqual(expect.arrayContaining(['METHOD:CANCEL', 'SEQUENCE:3', 'STATUS:CANCELLED']))
  expect(lines.join('')).not.toContain('RSVP')
})

test('somebody without a name has none, and a place, a page and a text are optional', () => {
  const bare = writeCalendar(entry({ attendee: { address: 'ann@guests.test', partstat: 'ACCEPTED' } }))
  expect(bare.replaceAll('\r\n ', '')).toContain('PARTSTAT=ACCEPTED;RSVP=TRUE:mailto:ann@guests.test')
  expect(bare).not.toMatch(/LOCATION|URL|DESCRIPTION/)
  const full = writeCalendar(
    entry({ location: 'Cafe, 2nd floor', url: 'https://dinner.test/a b', description: 'a\nb' }),
  )
  expect(full).toContain(String.raw`LOCATION:Cafe\, 2nd floor`)
  expect(full).toContain('URL:https://dinner.test/a%20b')
  expect(full).toContain(String.raw`DESCRIPTION:a\nb`)
})

test.each(['javascript:alert(1)', 'nowhere', 'ftp://dinner.test/'])('the page %s is left out', (url) => {
  expect(writeCalendar(entry({ url }))).not.toContain('URL:')
})

const hostile: readonly string[] = [
  'Ann\r\nATTENDEE:mailto:eve@elsewhere.test',
  'Ann\nEND:VEVENT\nEND:VCALENDAR',
  'Ann\rBEGIN:VEVENT',
  '"Ann" <ann@guests.test>; CN=x, y: z \\ \\n ^ ^n ^\'',
  '";PARTSTAT=ACCEPTED:mailto:eve@elsewhere.test',
  '🎉'.repeat(300),
  '👩‍👩‍👧‍👦'.repeat(40),
  'דינר ביום שישי \u202egnihtemos\u202c',
  'nul\0 bell\x07 delete\x7f next\u0085line\u2028separator',
  'é'.repeat(5_000),
  'lone \ud83d surrogate \udc00',
  '\ufeffbom',
  ' leading and trailing ',
  '\t',
  '',
]

const words = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom('\r', '\n', '\t', '"', ';', ':', ',', '\\', '^', "'", 'n', '=', 'END:', 'VEVENT'),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
)
const address = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom('ünïcode@guests.test', "o'neil&sons=x?y#z%a/b@guests.test", '{a|b}`c^d@guests.test'),
)
const entries = fc.sample(
  fc
    .record({
      method: fc.constantFrom('REQUEST' as const, 'CANCEL' as const),
      sequence: fc.nat(),
      summary: words,
      description: words,
      location: words,
      organizerName: words,
      attendeeName: words,
      organizer: address,
      attendee: address,
      partstat: fc.constantFrom('NEEDS-ACTION' as const, 'ACCEPTED' as const, 'DECLINED' as const),
    })
    .map(({ attendee, attendeeName, organizer, organizerName, partstat, ...rest }) =>
      entry({
        ...rest,
        organizer: { name: organizerName, address: organizer },
        attendee: { name: attendeeName, address: attendee, partstat },
      }),
    ),
  { numRuns: 600, seed: 7 },
)
const objects = entries.map((one) => writeCalendar(one))

/** What may arrive of a text: the same, without what no calendar should show. */
const shown = (value: string) =>
  value
    .toWellFormed()
    .replaceAll(/\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
const shownInLine = (value: string) => shown(value).replaceAll(/\n+/g, ' ').trim()
const shownName = (value = '') => shownInLine(value).replaceAll('\\', '/')
const mailtoOf = (value: unknown) => decodeURIComponent(String(value)).replace(/^mailto:/, '')

describe('whatever people call themselves and their dinners', () => {
  test('lines are short, whole and as many as they should be', () => {
    for (const object of objects) {
      const lines = object.split('\r\n')
      expect(object.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}/u)
      expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75)
      expect(object.isWellFormed()).toBe(true)
      const unfolded = object.replaceAll('\r\n ', '').split('\r\n')
      expect(unfolded.filter((line) => /^(?:BEGIN|END):/.test(line))).toHaveLength(4)
      expect(unfolded.filter((line) => /^(?:ATTENDEE|ORGANIZER)/.test(line))).toHaveLength(2)
    }
  })

  test('another parser reads back what was written', () => {
    for (const [index, object] of objects.entries()) {
      const { attendee, description, location, organizer, sequence, summary } = entries[index] ?? entry()
      const event = new ICAL.Component(ICAL.parse(object)).getFirstSubcomponent('vevent')
      const name = (property: string) => event?.getFirstProperty(property)?.getFirstParameter('cn') ?? ''
      expect(event?.getFirstPropertyValue('sequence')).toBe(sequence)
      expect(event?.getFirstPropertyValue('summary')).toBe(shownInLine(summary) || '…')
      expect(event?.getFirstPropertyValue('location') ?? '').toBe(shownInLine(location ?? ''))
      expect(event?.getFirstPropertyValue('description') ?? '').toBe(shown(description ?? '').trim())
      expect(name('organizer')).toBe(shownName(organizer.name))
      expect(name('attendee')).toBe(shownName(attendee.name))
      expect(mailtoOf(event?.getFirstPropertyValue('attendee'))).toBe(attendee.address)
      expect(mailtoOf(event?.getFirstPropertyValue('organizer'))).toBe(organizer.address)
    }
  })

  const missing = explainNoLibical()
  describe.skipIf(missing !== undefined)(`libical${missing === undefined ? '' : ` (${missing})`}`, () => {
    test('accepts every entry and reads the same', { timeout: 60_000 }, async () => {
      const readings = await readWithLibical(objects)
      for (const [index, reading] of readings.entries()) {
        const { attendee, method, organizer, sequence, summary } = entries[index] ?? entry()
        expect(reading).toMatchObject({
          isLawful: true,
          errors: 0,
          method,
          events: 1,
          sequence,
          start: '20261201T180000Z',
          end: '20261201T190000Z',
          status: method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED',
        })
        expect(reading?.summary).toBe(shownInLine(summary) || '…')
        expect(reading?.organizer?.name ?? '').toBe(shownName(organizer.name))
        expect(reading?.attendee?.name ?? '').toBe(shownName(attendee.name))
        expect(mailtoOf(reading?.attendee?.address)).toBe(attendee.address)
      }
    })
  })
})
