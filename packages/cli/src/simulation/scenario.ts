import { InviteMeError } from '@invite-me/core/channel'
import { z } from 'zod'
import { isTimeOfDay, readSpan, readWhen, type Beginning } from './moments.ts'

/** What a provider does while it is at fault; `silent` takes messages that never arrive. */
export const faultKinds = [
  'retryable',
  'rate_limited',
  'permanent_recipient',
  'permanent_config',
  'permanent_content',
  'opted_out',
  'unknown',
  'silent',
] as const

const zone = z.string().refine(isZone, 'is no IANA time zone such as "Asia/Tokyo"')
const when = z.string().min(1).max(40)
const span = z
  .string()
  .refine((text) => (readSpan(text) ?? 0) > 0, 'is no length of time such as "30m" or "2d"')

const person = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).optional(),
  locale: z.string().optional(),
  zone: zone.optional(),
  routes: z.union([z.record(z.string(), z.string()), z.array(z.unknown())]),
  preferences: z.record(z.string(), z.unknown()).optional(),
})

const fault = z.strictObject({
  channel: z.string().min(1),
  from: when.optional(),
  to: when.optional(),
  zone: zone.optional(),
  does: z.enum(faultKinds),
})

/** What is not named here is an option of `ask`, which the engine checks. */
const question = z.looseObject({
  to: z.union([z.string(), z.array(z.string()).min(1)]).transform((to) => [to].flat()),
  question: z.string().min(1),
  answer: z.string().default('yes-no'),
  at: when.optional(),
})

const reply = z
  .strictObject({
    who: z.string().min(1),
    says: z.union([z.string(), z.number(), z.boolean()]).transform(wordsOf),
    after: span.optional(),
    at: when.optional(),
    via: z.string().optional(),
    ask: z.int().min(1).optional(),
  })
  .refine(({ after, at }) => (after === undefined) !== (at === undefined), 'needs either "after" or "at"')

const scenarioSchema = z.strictObject({
  name: z.string().optional(),
  start: when.optional(),
  zone: zone.default('UTC'),
  for: span.default('7d'),
  order: z.array(z.string()).optional(),
  policies: z.record(z.string(), z.unknown()).optional(),
  people: z.array(person).min(1).max(1_000),
  faults: z.array(fault).max(1_000).default([]),
  asks: z.array(question).min(1).max(100),
  answers: z.array(reply).max(10_000).default([]),
})

/** What would happen if: people, channels with their faults, questions, and who answers when. */
export type Scenario = z.output<typeof scenarioSchema>
/** A fault of a channel: from when to when it does what. */
export type Fault = Scenario['faults'][number]
/** An answer of a scenario. */
export type Reply = Scenario['answers'][number]

/**
 * Checks a scenario as it was read from a file.
 * @throws InviteMeError `REQUEST_INVALID` naming the field and the value
 */
export function readScenario(written: unknown): Scenario {
  const { data, error } = scenarioSchema.safeParse(written)
  if (error !== undefined) {
    const [issue] = error.issues
    const field = (issue?.path ?? []).map(String).join('.')
    throw wrong(field, `${valueAt(written, issue?.path ?? [])}: ${issue?.message ?? 'it is not understood'}`)
  }
  const ids = new Set(data.people.map(({ id }) => id))
  if (ids.size < data.people.length) throw wrong('people', 'two people have the same id')
  for (const [index, { to }] of data.asks.entries())
    for (const who of to)
      if (!ids.has(who)) throw wrong(`asks.${String(index)}.to`, `nobody has the id "${who}"`)
  for (const [index, { who, ask }] of data.answers.entries()) {
    if (!ids.has(who)) throw wrong(`answers.${String(index)}.who`, `nobody has the id "${who}"`)
    if (ask !== undefined && ask > data.asks.length)
      throw wrong(
        `answers.${String(index)}.ask`,
        `there are ${String(data.asks.length)} questions, not ${String(ask)}`,
      )
  }
  const channels = channelsOf(data)
  for (const [index, { channel, from, to }] of data.faults.entries()) {
    if (!channels.includes(channel))
      throw wrong(
        `faults.${String(index)}.channel`,
        `nobody has a route on "${channel}"; there are ${channels.join(', ')}`,
      )
    const daily = [from, to].filter((text) => text !== undefined && isTimeOfDay(text))
    if (daily.length === 1) throw wrong(`faults.${String(index)}`, 'give both times of day, or neither')
  }
  return data
}

/** The channels of a scenario: those somebody has a route on. */
export function channelsOf({ people }: Scenario): readonly string[] {
  const names = people.flatMap(({ routes }) =>
    Array.isArray(routes)
      ? routes.flatMap((route) =>
          typeof route === 'object' && route !== null && 'channel' in route ? [String(route.channel)] : [],
        )
      : Object.keys(routes),
  )
  return [...new Set(names)]
}

/** Reads a moment of a scenario. @throws InviteMeError `REQUEST_INVALID` naming the field and the value */
export function momentIn(beginning: Beginning, text: string, field: string): number {
  const ms = readWhen(text, beginning)
  if (ms !== undefined) return ms
  throw wrong(
    field,
    `"${text}" is no moment; write "23:05", "2026-11-27T18:00", one with an offset, or "30m" after the start`,
  )
}

function wrong(field: string, problem: string): InviteMeError {
  const place = field === '' ? 'The scenario' : `"${field}"`
  return new InviteMeError('REQUEST_INVALID', `${place} is wrong: ${problem}.`, { field })
}

function valueAt(written: unknown, path: readonly PropertyKey[]): string {
  let value = written
  for (const key of path)
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined
  return (JSON.stringify(value) ?? 'it is missing').slice(0, 80)
}

function wordsOf(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

function isZone(name: string): boolean {
  try {
    new Date(0).toLocaleString('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
