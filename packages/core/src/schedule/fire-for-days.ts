import { acceptMessage } from '../accept/accept-message.ts'
import { isInviteMeError } from '../model/error.ts'
import type { Schedule, When } from '../model/schedule.ts'
import type { PersonOfDay } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { dayAt, daysThatBegan, monthAndDay, type LocalDay } from '../rules/anniversary.ts'
import { requestOf } from './run-request.ts'

/** People read at once, and written to at once. */
const portion = 500
const atOnce = 25
/** Before the first moment of a run lies the one before it. */
const quarterMs = 15 * 60_000

/** A run for everybody whose day it is. */
export interface DaysRun {
  readonly schedule: Schedule
  readonly atMs: number
  /** Moments before it that it stands for. */
  readonly missed: number
}

/** How such a run ended. */
export interface DaysEnd {
  /** Messages, those of an earlier try of the same run included. */
  readonly messages: number
  /** Why the first of those who got none got none. */
  readonly error: string | null
}

type OfAttribute = Extract<When, { readonly onAttribute: string }>

/**
 * Writes to everybody whose day began since the last run, each in their own zone, each once a year. Whoever is killed halfway leaves the
 * rest to the next one, who repeats everybody under the same keys.
 *
 * @param prolong says that this process is alive, and asks whether the run is still its own
 * @param stopping leaves the rest to another process
 * @returns `undefined` when it is another process' or left to one
 */
export async function fireForDays(
  world: World,
  { schedule, atMs }: DaysRun,
  { prolong, stopping }: Pick<DaysWork, 'prolong' | 'stopping'>,
): Promise<DaysEnd | undefined> {
  const when = schedule.when as OfAttribute
  const fromMs = (schedule.nextAt?.getTime() ?? atMs) - quarterMs
  return writeToAll(world, schedule, {
    days: (zone) => daysThatBegan(when.at, zone, { fromMs, toMs: atMs }),
    prolong,
    stopping,
  })
}

/** Writes to everybody who has their day today, at whatever hour; who was written to this year is left alone. */
export async function fireForToday(world: World, schedule: Schedule): Promise<DaysEnd> {
  const nowMs = world.clock.now()
  const end = await writeToAll(world, schedule, {
    days: async (zone) => [await dayAt(zone, nowMs)],
    prolong: async () => true,
    stopping: undefined,
  })
  return end ?? { messages: 0, error: null }
}

interface DaysWork {
  readonly days: (zone: string) => Promise<readonly LocalDay[]>
  readonly prolong: () => Promise<boolean>
  readonly stopping: AbortSignal | undefined
}

async function writeToAll(
  world: World,
  schedule: Schedule,
  { days, prolong, stopping }: DaysWork,
): Promise<DaysEnd | undefined> {
  const when = schedule.when as OfAttribute
  let end: DaysEnd = { messages: 0, error: null }
  for (const zone of await world.store.schedules.zones()) {
    const began = await days(zone ?? when.zone)
    if (began.length === 0) continue
    const which = { attribute: when.onAttribute, days: began.flatMap(({ of }) => of), zone }
    for (let after: string | undefined; ;) {
      const page = { limit: portion, ...(after !== undefined && { after }) }
      const people = await world.store.schedules.peopleOn(which, page)
      const ends = await writeTo(world, schedule, meantBy(people, began), stopping)
      if (ends === undefined) return undefined
      end = { messages: end.messages + ends.messages, error: end.error ?? ends.error }
      after = people.at(-1)?.id
      if (people.length < portion) break
      if (!(await prolong())) return undefined
    }
  }
  return end
}

/** Somebody who has their day, and the year it is in. */
interface Celebrant {
  readonly person: PersonOfDay
  readonly year: number
}

function meantBy(people: readonly PersonOfDay[], began: readonly LocalDay[]): readonly Celebrant[] {
  return people.flatMap((person) => {
    const day = monthAndDay(person.value)
    const local = began.findLast(({ of }) => day !== undefined && of.includes(day))
    return local === undefined ? [] : [{ person, year: local.year }]
  })
}

async function writeTo(
  world: World,
  schedule: Schedule,
  meant: readonly Celebrant[],
  stopping: AbortSignal | undefined,
): Promise<DaysEnd | undefined> {
  let end: DaysEnd = { messages: 0, error: null }
  for (let start = 0; start < meant.length; start += atOnce) {
    if (stopping?.aborted === true) return undefined
    const ends = await Promise.all(
      meant.slice(start, start + atOnce).map(({ person, year }) => writeToOne(world, schedule, person, year)),
    )
    const error = ends.find((one) => one !== undefined) ?? null
    end = {
      messages: end.messages + ends.filter((one) => one === undefined).length,
      error: end.error ?? error,
    }
  }
  return end
}

/** @returns why this person got nothing */
async function writeToOne(
  world: World,
  schedule: Schedule,
  { externalId, id }: PersonOfDay,
  year: number,
): Promise<string | undefined> {
  const key = `schedule:${schedule.id}:${id}:${String(year)}`
  try {
    await acceptMessage(world, requestOf(schedule.action, { to: [externalId], key }))
    return undefined
  } catch (error) {
    if (!isInviteMeError(error) || error.code.startsWith('STORE_')) throw error
    // Written to this year, before the schedule was changed; or gone since they were read.
    return error.code === 'KEY_REUSED' || error.code === 'RECIPIENT_UNKNOWN' ? undefined : error.message
  }
}
