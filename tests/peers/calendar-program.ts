import PostalMime from 'postal-mime'

/** An invitation as it lies in somebody's calendar. */
export interface CalendarInvitation {
  readonly method: string
  /** Properties of the calendar and its event by name, `ORGANIZER;CN="Anna":mailto:…` under `ORGANIZER`; lines unfolded. */
  readonly lines: ReadonlyMap<string, string>
  /** Where an answer goes: the organizer's address. */
  readonly organizer: string
}

/** Reads the invitation in a delivered mail as a calendar program does: only a part that says its method counts. */
export async function readCalendarInvitation(raw: string): Promise<CalendarInvitation | undefined> {
  const { attachments } = await PostalMime.parse(raw)
  const part = attachments.find(
    ({ method, mimeType }) => mimeType === 'text/calendar' && method !== undefined,
  )
  if (part === undefined || typeof part.content === 'string') return undefined
  const text = new TextDecoder().decode(part.content)
  const unfolded = text.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/)
  const lines = new Map(unfolded.map((line) => [/^[A-Z-]+/.exec(line)?.[0] ?? '', line]))
  return {
    method: part.method ?? '',
    lines,
    organizer: /:mailto:(.+)$/.exec(lines.get('ORGANIZER') ?? '')?.[1] ?? '',
  }
}

/** How somebody answers an invitation in their calendar program. */
export interface CalendarAnswer {
  readonly partstat: 'ACCEPTED' | 'DECLINED' | 'TENTATIVE'
  /** The person's own address in the calendar. */
  readonly attendee: string
  /** Words added to the answer. */
  readonly comment?: string
  /** Proposes another time instead, `20261202T180000Z`. */
  readonly proposedStart?: string
}

/** Writes the answer a calendar program sends to the organizer (RFC 5546 §3.2.3, §3.2.7), ready to be mailed. */
export function writeCalendarAnswer(
  { lines, organizer }: CalendarInvitation,
  { attendee, comment, partstat, proposedStart }: CalendarAnswer,
): string {
  const method = proposedStart === undefined ? 'REPLY' : 'COUNTER'
  const copied = (name: string) => lines.get(name) ?? ''
  const calendar = [
    'BEGIN:VCALENDAR',
    'PRODID:-//Calendar program of a test//EN',
    'VERSION:2.0',
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    ...['UID', 'SEQUENCE', 'ORGANIZER', 'SUMMARY'].map(copied),
    proposedStart === undefined ? copied('DTSTART') : `DTSTART:${proposedStart}`,
    ...(proposedStart === undefined ? [copied('DTEND')] : []),
    'DTSTAMP:20261123T081502Z',
    `ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=${partstat}:mailto:${attendee}`,
    ...(comment === undefined ? [] : [`COMMENT:${comment}`]),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
  const word = { ACCEPTED: 'Accepted', DECLINED: 'Declined', TENTATIVE: 'Tentative' }[partstat]
  return [
    `From: ${attendee}`,
    `To: ${organizer}`,
    `Subject: ${word}: ${copied('SUMMARY').replace(/^SUMMARY:/, '')}`,
    `Message-ID: <${crypto.randomUUID()}@guests.test>`,
    // As Google marks them: what a person pressed is sent by a machine.
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=answer',
    '',
    '--answer',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `${attendee} has ${word.toLowerCase()} this invitation.`,
    '--answer',
    `Content-Type: text/calendar; charset=utf-8; method=${method}`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(calendar).toString('base64').replace(/.{76}/g, '$&\r\n'),
    '--answer--',
    '',
  ].join('\r\n')
}
