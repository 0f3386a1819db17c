import type { OutboundMessage } from '@invite-me/core/channel'
import type { Partstat } from './partstat.ts'
import { writeCalendar, type CalendarMessage } from './write-calendar.ts'

/** The calendar part of a mail. */
export interface CalendarPart {
  /** Belongs into the part's Content-Type as well, or mail programs show no buttons (RFC 6047 §2.4). */
  readonly method: CalendarMessage['method']
  readonly content: string
}

/** What the message itself does not say. */
export interface CalendarPartOptions {
  /** The address answers go to, with its token. */
  readonly organizer: string
  /** Domain of ours that makes the entry's id unique in the world. */
  readonly domain: string
  /** When the mail is written. */
  readonly stamp: Date
  /** How the person stands to it; default `NEEDS-ACTION`. */
  readonly partstat?: Partstat
  /** Default `REQUEST`; `CANCEL` calls the entry off. */
  readonly method?: CalendarMessage['method']
}

const maxSummaryLength = 500
/** Longer texts are in the mail; some calendars refuse an entry above 32 KiB. */
const maxDescriptionLength = 4_000

/**
 * Writes the calendar entry of a message for the person it goes to. The same entry later on, with a new `stamp`, a grown
 * `sequence` or another `partstat`, replaces the one in their calendar.
 *
 * @returns undefined when the message has no calendar entry, or goes to the organizer: calendars offer them no answer
 */
export function calendarPart(
  message: OutboundMessage,
  options: CalendarPartOptions,
): CalendarPart | undefined {
  const { calendar, content, originator, to } = message
  const { domain, method = 'REQUEST', organizer, partstat = 'NEEDS-ACTION', stamp } = options
  if (calendar === undefined || organizer.toLowerCase() === to.address.toLowerCase()) return undefined
  const summary = calendar.summary ?? content.subject ?? content.text.trim().split('\n', 1)[0] ?? ''
  return {
    method,
    content: writeCalendar({
      method,
      uid: `${calendar.uid}@${domain}`,
      sequence: calendar.sequence,
      start: calendar.start,
      end: calendar.end,
      summary: summary.slice(0, maxSummaryLength),
      // Without the answer page: calendars are shown to others, and its address is the person's own.
      description: content.text.slice(0, maxDescriptionLength),
      location: calendar.location,
      url: calendar.url,
      organizer: { name: originator?.name, address: organizer },
      attendee: { name: to.name, address: to.address, partstat },
      stamp,
    }),
  }
}
