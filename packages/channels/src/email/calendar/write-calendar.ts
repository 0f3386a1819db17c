import type { Partstat } from './partstat.ts'

/** Somebody in a calendar entry. */
export interface CalendarPerson {
  readonly name?: string | undefined
  /** A bare e-mail address. */
  readonly address: string
}

/** A calendar entry as it is sent to one person. */
export interface CalendarMessage {
  readonly method: 'REQUEST' | 'CANCEL'
  /** Names the entry in every later message about it; letters, digits and `-@._`. */
  readonly uid: string
  /** Whole number from 0; grows with every change of time, place or state. */
  readonly sequence: number
  /** Moments, ISO 8601 in UTC; parts of a second are dropped. */
  readonly start: string
  readonly end: string
  readonly summary: string
  readonly description?: string | undefined
  readonly location?: string | undefined
  /** `http` or `https`; any other is left out. */
  readonly url?: string | undefined
  /** Where answers go. Must not be the attendee: a calendar offers no answers to the organizer's own entry. */
  readonly organizer: CalendarPerson
  readonly attendee: CalendarPerson & { readonly partstat: Partstat }
  /** When this message is written; a new one for every mail. */
  readonly stamp: Date
}

// Written here and not by a library, as measured on 2026-11-22: ics 3.12 and ts-ics 2.4 let a name become a line,
// ical-generator 10.2 writes `\"` into names and zones that are no UTC, ical.js 2.2 leaves carriage returns in and folds at 76.

/**
 * Writes an invitation for a calendar, or calls it off: one event, one organizer, one attendee (RFC 5545, RFC 5546 §3.2).
 * Times are UTC, lines end in CRLF and have at most 75 octets. Whatever people wrote stays text: control characters and
 * direction overrides are dropped, line breaks are kept in the description only.
 */
export function writeCalendar(entry: CalendarMessage): string {
  const { attendee, method, organizer } = entry
  const lines = [
    'BEGIN:VCALENDAR',
    'PRODID:-//invite-me//EN',
    'VERSION:2.0',
    'CALSCALE:GREGORIAN',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    `UID:${entry.uid.replace(/[^A-Za-z0-9@._-]/g, '')}`,
    `SEQUENCE:${Math.max(0, Math.trunc(entry.sequence))}`,
    `DTSTAMP:${utc(entry.stamp)}`,
    `DTSTART:${utc(new Date(entry.start))}`,
    `DTEND:${utc(new Date(entry.end))}`,
    // An entry must have one, and it must not be empty.
    `SUMMARY:${text(oneLine(entry.summary)) || '…'}`,
    ...optional('DESCRIPTION', text(clean(entry.description ?? '').trim())),
    ...optional('LOCATION', text(oneLine(entry.location ?? ''))),
    ...optional('URL', webAddress(entry.url)),
    `ORGANIZER${commonName(organizer)}:${mailto(organizer.address)}`,
    `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${attendee.partstat}${
      method === 'REQUEST' ? ';RSVP=TRUE' : ''
    }${commonName(attendee)}:${mailto(attendee.address)}`,
    `STATUS:${method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED'}`,
    'TRANSP:OPAQUE',
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${fold(line)}\r\n`).join('')
}

function optional(name: string, value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [`${name}:${value}`]
}

/** `20261201T180000Z` */
function utc(moment: Date): string {
  return moment
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')
}

/** Tabs become spaces, every kind of line break becomes a line feed, other control characters go. */
function clean(value: string): string {
  return value
    .toWellFormed()
    .replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replace(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
}

function oneLine(value: string): string {
  return clean(value).replace(/\n+/g, ' ').trim()
}

/** RFC 5545 §3.3.11. */
function text(value: string): string {
  return value.replace(/[\\;,]/g, '\\$&').replaceAll('\n', String.raw`\n`)
}

/**
 * A quoted parameter; what it cannot hold is spelt as RFC 6868 §3 says. Nothing for somebody without a name. A backslash
 * means nothing there, yet libical 3.0 and ical.js 2.2 take it for the start of an escape, so it becomes a slash.
 */
function commonName({ name }: CalendarPerson): string {
  const value = oneLine(name ?? '')
    .replaceAll('\\', '/')
    .replaceAll('^', '^^')
    .replaceAll('"', "^'")
  return value === '' ? '' : `;CN="${value}"`
}

/** RFC 6068 §2: what has a meaning in a URI, or is not ASCII, is percent-encoded; `+`, which carries our token, is not. */
function mailto(address: string): string {
  const at = address.lastIndexOf('@')
  const encode = (part: string) => encodeURIComponent(part.toWellFormed()).replaceAll('%2B', '+')
  return `mailto:${encode(address.slice(0, at))}@${encode(address.slice(at + 1))}`
}

function webAddress(value: string | undefined): string | undefined {
  const url = value !== undefined && URL.canParse(value) ? new URL(value) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : undefined
}

const maxLineOctets = 75
/** Breaks a line before it gets too long, never inside a character (RFC 5545 §3.1). */
function fold(line: string): string {
  if (line.length <= maxLineOctets && /^[\0-\x7f]*$/.test(line)) return line
  let folded = ''
  let octets = 0
  for (const character of line) {
    const size = character <= '\x7f' ? 1 : Buffer.byteLength(character)
    if (octets + size > maxLineOctets) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return folded
}
