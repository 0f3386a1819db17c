import { InviteMeError } from '../model/error.ts'
import { shortestEveryMs, type When } from '../model/schedule.ts'

/** The moments of a schedule, without end unless its rule has one. */
export interface Moments {
  /** The first moment after this one, in Unix ms; `undefined` when there is none until the end of the year 9999. */
  next(afterMs: number): number | undefined
}

/** Later times written as text do not sort any more. */
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
/** How often somebody's day can begin: every zone is whole quarters of an hour from UTC. */
const quarterMs = 15 * 60_000
/** Moments a rule is tried with when it is saved, to find two that are too close. */
const triedMoments = 50

/**
 * Reads when a schedule runs. Of a day on which the zone's clocks change:
 *
 * - a cron time that is skipped runs at the first moment after the gap, one that comes twice runs the first time; `*` in the field
 *   of hours runs every hour that there is. So does cron itself, and croner.
 * - a time of a recurrence rule that is skipped does not happen (RFC 5545 §3.3.10), one that comes twice happens the first time.
 * - an interval is real time and knows no clocks.
 *
 * @throws InviteMeError `REQUEST_INVALID` naming the field: what cannot be read, what never happens, what happens more than once a minute
 */
export async function momentsOf(when: When): Promise<Moments> {
  return within(await rawMoments(when))
}

/**
 * Refuses what runs never, or more than once a minute.
 * @param fromMs where the first moments are looked for
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export function refuseUnruly(when: When, moments: Moments, fromMs: number): void {
  const field = 'cron' in when ? 'when.cron' : 'rrule' in when ? 'when.rrule' : undefined
  if (field === undefined) return
  const text = 'cron' in when ? when.cron : 'rrule' in when ? when.rrule : ''
  let last = moments.next(fromMs)
  if (last === undefined) throw refusal(field, `"${text}" names no moment that is still to come`)
  for (let count = 1; count < triedMoments; count += 1) {
    const next = moments.next(last)
    if (next === undefined) return
    if (next - last < shortestEveryMs) throw refusal(field, `"${text}" runs more than once a minute`)
    last = next
  }
}

async function rawMoments(when: When): Promise<Moments> {
  if ('cron' in when) return cronMoments(when.cron, when.zone)
  if ('rrule' in when) return ruleMoments(when)
  if ('at' in when && !('onAttribute' in when)) {
    const atMs = when.at.getTime()
    return { next: (afterMs) => (afterMs < atMs ? atMs : undefined) }
  }
  if ('everyMs' in when) return every(when.everyMs, when.from.getTime())
  const minutes = Number(when.at.slice(3)) % 15
  return every(quarterMs, minutes * 60_000)
}

function within({ next }: Moments): Moments {
  return {
    next: (afterMs) => {
      const moment = afterMs >= lastMs ? undefined : next(afterMs)
      return moment === undefined || moment > lastMs ? undefined : moment
    },
  }
}

function every(everyMs: number, fromMs: number): Moments {
  return {
    next: (afterMs) =>
      afterMs < fromMs ? fromMs : fromMs + (Math.floor((afterMs - fromMs) / everyMs) + 1) * everyMs,
  }
}

async function cronMoments(cron: string, zone: string): Promise<Moments> {
  // The library reads a sixth field as seconds, and a date as a moment.
  if (!/^@[a-z]+$/i.test(cron) && cron.split(/\s+/).length !== 5)
    throw refusal('when.cron', `"${cron}" has not five fields: minute, hour, day, month, day of the week`)
  const { Cron } = await import('croner')
  try {
    const job = new Cron(cron, { timezone: zone, paused: true })
    job.nextRun(new Date(0))
    return { next: (afterMs) => job.nextRun(new Date(afterMs))?.getTime() }
  } catch (cause) {
    throw refusal('when.cron', `"${cron}" is no cron time: ${reasonOf(cause)}`, cause)
  }
}

async function ruleMoments({
  rrule,
  start,
  zone,
}: Extract<When, { readonly rrule: string }>): Promise<Moments> {
  if (/\b(DTSTART|RDATE|EXDATE)\b|\n/i.test(rrule))
    throw refusal(
      'when.rrule',
      'write the rule alone, like "FREQ=WEEKLY;BYDAY=MO"; where it begins is "start"',
    )
  if (/FREQ=SECONDLY/i.test(rrule)) throw refusal('when.rrule', `"${rrule}" runs more than once a minute`)
  const [{ RRuleTemporal }, { Temporal }] = await Promise.all([
    import('rrule-temporal'),
    import('temporal-polyfill'),
  ])
  const zoned = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)
  try {
    const rule = new RRuleTemporal({
      rruleString: rrule.replace(/^RRULE:/i, ''),
      dtstart: zoned(start.getTime()),
      tzid: zone,
      strict: true,
    })
    return { next: (afterMs) => nextOf(rule, afterMs) }
  } catch (cause) {
    throw refusal('when.rrule', `"${rrule}" is no recurrence rule: ${reasonOf(cause)}`, cause)
  }
}

/** The library gives up with an error where it looked through ten thousand periods and found nothing: there is nothing. */
function nextOf(
  rule: { next(after: Date): { readonly epochMilliseconds: number } | null },
  afterMs: number,
): number | undefined {
  try {
    return rule.next(new Date(afterMs))?.epochMilliseconds
  } catch {
    return undefined
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : 'it cannot be read'
}

function refusal(field: string, reason: string, cause?: unknown): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The schedule was refused: "${field}" is wrong: ${reason}.`, {
    field,
    ...(cause !== undefined && { cause }),
  })
}
