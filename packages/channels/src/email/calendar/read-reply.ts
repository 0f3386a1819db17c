import type ICAL from 'ical.js'
import type { Attachment, Email } from 'postal-mime'
import { parseEmailAddress } from '../address.ts'
import { textOfPart } from '../report-part.ts'
import { answerOfPartstat, type CalendarAnswer } from './partstat.ts'

/** What a calendar sent back about an entry of ours. */
export type CalendarReply =
  | (ReplyBase & { readonly kind: 'answer'; readonly answer: CalendarAnswer; readonly comment?: string })
  /** A wish: another time, somebody else in their place, or words without an answer. In English, for the host. */
  | (ReplyBase & { readonly kind: 'proposed'; readonly text: string })
  | { readonly kind: 'ignored'; readonly reason: string }

interface ReplyBase {
  /** The one the reply speaks for, as the calendar says; undefined when it is no e-mail address. */
  readonly attendee: string | undefined
  /** The organizer's address, which may carry our token; some calendars leave it out (Exchange). */
  readonly organizer: string | undefined
  /** Which version of the entry it answers, when it says so. */
  readonly sequence: number | undefined
  /** Tells one reply of a person from the next: id, SEQUENCE, DTSTAMP, attendee and what they say. */
  readonly tuple: string
}

/** In characters. Entries have a few hundred; Exchange's, with its zones and the text in two forms, a few thousand. */
const maxLength = 256 * 1024
/** A reply comes once or twice in a mail: for mail programs, and as a file. */
const maxParts = 5
const maxCommentLength = 2_000

/** Methods that answer an invitation (RFC 5546 §1.4); the others are invitations themselves, ours sent back among them. */
const answering = new Set(['REPLY', 'COUNTER', 'REFRESH'])

/**
 * Finds what a calendar says in a mail: in any `text/calendar` part, or any file called `.ics`.
 *
 * Only the attendee the reply speaks for is read, and there must be exactly one. Times and zones stay as they are written:
 * a zone's rules are code of a stranger, and nothing here needs them.
 *
 * @returns undefined when the mail holds no such answer, so that its words are what counts
 */
export async function readCalendarReply({ attachments }: Email): Promise<CalendarReply | undefined> {
  const parts = attachments.filter(isCalendar).slice(0, maxParts)
  if (parts.length === 0) return undefined
  const { default: library } = await import('ical.js')
  const replies = parts.map((part) => readPart(part, library)).filter((reply) => reply !== undefined)
  return replies.find(({ kind }) => kind !== 'ignored') ?? replies[0]
}

function isCalendar({ filename, mimeType }: Attachment): boolean {
  return /^(?:text\/(?:x-)?calendar|application\/ics)$/i.test(mimeType) || /\.ics$/i.test(filename ?? '')
}

function readPart(part: Attachment, library: typeof ICAL): CalendarReply | undefined {
  const text = textOfPart(part)
  const header = (part.method ?? '').toUpperCase()
  if (text.length > maxLength)
    return answering.has(header) ? ignored('the calendar part is too large') : undefined
  const calendar = parseCalendar(text, library)
  if (calendar === undefined)
    return answering.has(header) ? ignored('the calendar part cannot be read') : undefined
  const method = (valueOf(calendar, 'method') || header).toUpperCase()
  return answering.has(method) ? readCalendar(calendar, method) : undefined
}

function parseCalendar(text: string, library: typeof ICAL): ICAL.Component | undefined {
  try {
    const parsed: unknown = library.parse(text.replace(/^[\ufeff\s]+/, ''))
    // Several calendars in one part come as a list; a component is a list that begins with its name.
    const first: unknown = Array.isArray(parsed) && Array.isArray(parsed[0]) ? parsed[0] : parsed
    const calendar = Array.isArray(first) ? new library.Component(first) : undefined
    return calendar?.name === 'vcalendar' ? calendar : undefined
  } catch {
    return undefined
  }
}

function readCalendar(calendar: ICAL.Component, method: string): CalendarReply {
  const events = calendar.getAllSubcomponents('vevent')
  const [event] = events
  if (event === undefined || events.length > 1) return ignored('the calendar answers no event, or several')
  if (event.hasProperty('recurrence-id'))
    return ignored('the calendar answers one occurrence of an event that has one only')
  const attendees = event.getAllProperties('attendee')
  const [attendee] = attendees
  if (attendees.length > 1) return ignored('the calendar answers for several people')
  if (method === 'REFRESH') return ignored('the calendar asks for its entry once more')
  const partstat = parameterOf(attendee, 'partstat').toUpperCase()
  const sequence = Number.parseInt(valueOf(event, 'sequence'), 10)
  const base: ReplyBase = {
    attendee: addressOf(attendee),
    sequence: sequence >= 0 ? sequence : undefined,
    organizer: addressOf(event.getFirstProperty('organizer') ?? undefined),
    tuple: [
      method,
      ...['uid', 'sequence', 'dtstamp', 'dtstart'].map((name) => valueOf(event, name)),
      addressOf(attendee) ?? '',
      partstat,
    ].join('\n'),
  }
  const comment = valueOf(event, 'comment').trim().slice(0, maxCommentLength)
  if (method === 'COUNTER') return { ...base, kind: 'proposed', text: lines(proposedTime(event), comment) }
  const answer = answerOfPartstat(partstat)
  if (answer !== undefined) return { ...base, kind: 'answer', answer, ...(comment === '' ? {} : { comment }) }
  if (partstat === 'DELEGATED')
    return { ...base, kind: 'proposed', text: lines(delegation(attendee), comment) }
  if (comment !== '') return { ...base, kind: 'proposed', text: comment }
  return ignored('the calendar says neither yes, no nor maybe')
}

function ignored(reason: string): CalendarReply {
  return { kind: 'ignored', reason }
}

function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n')
}

/** A property's value as it is written, its text unescaped; `''` when it is absent. */
function valueOf(component: ICAL.Component, name: string): string {
  const value: unknown = component.getFirstProperty(name)?.toJSON()?.[3]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function parameterOf(property: ICAL.Property | undefined, name: string): string {
  const value: unknown = property?.getFirstParameter(name)
  return typeof value === 'string' ? value : ''
}

/** The e-mail address of somebody; Apple's servers write it beside a path or a number of their own (RFC 7986 §6.2). */
function addressOf(person: ICAL.Property | undefined): string | undefined {
  const value: unknown = person?.toJSON()?.[3]
  const candidates = [typeof value === 'string' ? value : '', parameterOf(person, 'email')]
  for (const candidate of candidates) {
    const result = parseEmailAddress(decode(candidate.trim().replace(/^mailto:/i, '')))
    if (result.ok) return result.address
  }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function proposedTime(event: ICAL.Component): string {
  const start = momentOf(event, 'dtstart')
  const end = momentOf(event, 'dtend')
  if (start === '') return 'Proposes another time.'
  return `Proposes another time: ${start}${end === '' ? '' : ` to ${end}`}.`
}

/** `2026-12-01 20:00 UTC`, or the time with the name of its zone; `''` when there is none. */
function momentOf(event: ICAL.Component, name: string): string {
  const [, day, time, isUtc] =
    /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}):\d{2}(Z?))?$/.exec(valueOf(event, name)) ?? []
  if (day === undefined) return ''
  if (time === undefined) return day
  const zone = parameterOf(event.getFirstProperty(name) ?? undefined, 'tzid').slice(0, 100)
  if (isUtc === 'Z') return `${day} ${time} UTC`
  return zone === '' ? `${day} ${time}` : `${day} ${time} (${zone})`
}

function delegation(attendee: ICAL.Property | undefined): string {
  const to = decode(parameterOf(attendee, 'delegated-to').replace(/^mailto:/i, ''))
  const address = parseEmailAddress(to)
  return address.ok ? `Delegates it to ${address.address}.` : 'Delegates it to somebody else.'
}
