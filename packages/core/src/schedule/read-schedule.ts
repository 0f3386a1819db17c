import { readRequest, refuseUntimely } from '../accept/read-request.ts'
import { InviteMeError, isInviteMeError } from '../model/error.ts'
import type { ContentInput } from '../model/message.ts'
import { parseInput } from '../model/parse.ts'
import {
  scheduleInputSchema,
  type Schedule,
  type ScheduleAction,
  type ScheduleInput,
  type When,
} from '../model/schedule.ts'
import type { World } from '../ports/world.ts'
import { canonicalText } from '../rules/canonical.ts'
import { nextMoment } from '../rules/missed-runs.ts'
import { momentsOf, refuseUnruly, type Moments } from '../rules/next-run.ts'
import { readMoment } from '../rules/read-moment.ts'
import { newId } from '../rules/uuid.ts'
import { requestOf } from './run-request.ts'

const refused = { code: 'REQUEST_INVALID', what: 'The schedule was refused' } as const
/** Stands for whoever has their day, where the action is tried. */
const somebody = { routes: { email: 'somebody@invalid' } }

/**
 * Reads what a caller saves: a new schedule, or the one of this name as it will be. While what decides its moments stays the same it
 * goes on where it was, so that saving it whenever a program starts loses none.
 *
 * @param known the one of this name, if there is one
 * @throws InviteMeError `REQUEST_INVALID` or `CHANNEL_UNKNOWN`, naming the field
 */
export async function readSchedule(
  world: World,
  input: ScheduleInput,
  known: Schedule | undefined,
): Promise<Schedule> {
  const read = parseInput(scheduleInputSchema, input, refused)
  const now = new Date(world.clock.now())
  const when = await readWhen(world, read.when, { now, known: known?.when })
  const zone = 'zone' in when ? when.zone : zoneOf(world, undefined)
  const starts = await momentOrNull(read.starts, 'starts', { now, zone })
  const ends = await momentOrNull(read.ends, 'ends', { now, zone })
  if (starts !== null && ends !== null && ends < starts)
    throw wrong('ends', `${ends.toISOString()} is before "starts"`)
  const moments = await momentsOf(when)
  const schedule: Schedule = {
    id: known?.id ?? newId(world),
    name: read.name,
    description: read.description ?? null,
    when,
    starts,
    ends,
    enabled: read.enabled ?? true,
    missed: read.missed ?? 'once',
    jitterMs: read.jitter ?? 0,
    action: await readAction(world, input, 'onAttribute' in when),
    nextAt: null,
    dueAt: null,
    lastRunAt: known?.lastRunAt ?? null,
    runCount: known?.runCount ?? 0,
    createdAt: known?.createdAt ?? now,
    updatedAt: now,
  }
  if (known !== undefined && timingOf(known) === timingOf(schedule))
    return { ...schedule, nextAt: known.nextAt, dueAt: known.dueAt }
  refuseUnruly(when, moments, now.getTime())
  return schedule.enabled ? begun(world, schedule, moments) : schedule
}

/**
 * A schedule that goes on from now.
 * @throws InviteMeError `REQUEST_INVALID` when it has no moment any more
 */
export function begun(world: World, schedule: Schedule, moments: Moments): Schedule {
  const nextMs = nextMoment(moments, schedule, world.clock.now())
  if (nextMs === undefined) {
    const field = 'at' in schedule.when && !('onAttribute' in schedule.when) ? 'when.at' : 'when'
    throw wrong(
      field,
      `no moment of it is still to come${schedule.ends === null ? '' : `, before ${schedule.ends.toISOString()}`}`,
    )
  }
  return { ...schedule, nextAt: new Date(nextMs), dueAt: dueAt(world, schedule, nextMs) }
}

/** When the run for a moment begins. */
export function dueAt(world: World, { jitterMs }: Pick<Schedule, 'jitterMs'>, atMs: number): Date {
  return new Date(atMs + Math.floor(world.random.fraction() * jitterMs))
}

function timingOf({ when, starts, ends, enabled, jitterMs }: Schedule): string {
  return canonicalText({ when, starts, ends, enabled, jitterMs })
}

type ReadWhen = ReturnType<typeof scheduleInputSchema.parse>['when']

async function readWhen(
  world: World,
  when: ReadWhen,
  { now, known }: { readonly now: Date; readonly known: When | undefined },
): Promise<When> {
  const zone = zoneOf(world, 'zone' in when ? when.zone : undefined)
  if ('cron' in when) return { cron: when.cron, zone }
  if ('onAttribute' in when) return { onAttribute: when.onAttribute, at: when.at, zone }
  if ('rrule' in when)
    return { rrule: when.rrule, start: await momentAt(when.start, 'when.start', { now, zone }), zone }
  if ('at' in when) return { at: await momentAt(when.at, 'when.at', { now, zone }) }
  if (when.from !== undefined)
    return { everyMs: when.every, from: await momentAt(when.from, 'when.from', { now, zone }) }
  const isSame = known !== undefined && 'everyMs' in known && known.everyMs === when.every
  return { everyMs: when.every, from: isSame ? known.from : new Date(now.getTime() + when.every) }
}

function zoneOf(world: World, given: string | undefined): string {
  return given ?? world.settings.zone ?? new Intl.DateTimeFormat('en').resolvedOptions().timeZone
}

interface Reading {
  readonly now: Date
  readonly zone: string
}

async function momentAt(given: Date | string, field: string, { now, zone }: Reading): Promise<Date> {
  const moment = await readMoment(given, now, zone)
  const year = moment?.getUTCFullYear() ?? 0
  if (moment === undefined || year < 1 || year > 9_999)
    throw wrong(field, `"${String(given)}" is not a time such as "2026-11-27T18:00"`)
  return moment
}

async function momentOrNull(
  given: Date | string | undefined,
  field: string,
  reading: Reading,
): Promise<Date | null> {
  return given === undefined ? null : momentAt(given, field, reading)
}

/** Tries the action as the request it will be, and keeps it as plain JSON. */
async function readAction(
  world: World,
  { action }: ScheduleInput,
  isForDays: boolean,
): Promise<ScheduleAction> {
  const kind = 'send' in action ? 'send' : 'ask'
  const { to } = 'send' in action ? action.send : action.ask
  if (isForDays && to !== undefined)
    throw wrong(`action.${kind}.to`, 'with "onAttribute" it goes to whoever has their day, and names nobody')
  if (!isForDays && to === undefined) throw wrong(`action.${kind}.to`, 'name at least one recipient')
  const list = to === undefined ? [] : Array.isArray(to) ? to : [to]
  const kept = plain(
    'send' in action
      ? { send: { to: list, content: action.send.content, options: action.send.options ?? {} } }
      : {
          ask: {
            to: list,
            question: action.ask.question,
            options: { ...action.ask.options, answer: specOf(action.ask.options) },
          },
        },
  )
  const options = 'send' in kept ? kept.send.options : kept.ask.options
  if ('key' in options)
    throw wrong(
      `action.${kind}.options.key`,
      'every run has a key of its own, made of the schedule and the moment',
    )
  const said = 'send' in kept ? kept.send.content : kept.ask.question
  // A run is written in one transaction with its message, and a template is filled in before one.
  if (!isForDays && typeof said === 'object' && 'template' in said)
    throw wrong(
      `action.${kind}.${kind === 'send' ? 'content' : 'question'}.template`,
      'only schedules with "onAttribute" take a template; write the text itself',
    )
  await tryRequest(world, kept, { kind, isForDays })
  return 'send' in kept
    ? { send: { ...kept.send, content: partsOf(kept.send.content) } }
    : { ask: { ...kept.ask, question: partsOf(kept.ask.question) } }
}

async function tryRequest(
  world: World,
  action: ScheduleAction,
  { kind, isForDays }: { readonly kind: string; readonly isForDays: boolean },
): Promise<void> {
  try {
    const draft = await readRequest(world, requestOf(action, isForDays ? { to: [somebody] } : {}))
    refuseUntimely(world, { ...draft, until: null })
  } catch (error) {
    if (!isInviteMeError(error) || error.field === undefined) throw error
    const field = `action.${kind}.${kind === 'ask' ? error.field.replace(/^content/, 'question') : error.field}`
    throw new InviteMeError(error.code, error.message.replace(`"${error.field}"`, `"${field}"`), {
      field,
      cause: error,
    })
  }
}

function partsOf(content: string | ContentInput): ContentInput {
  return typeof content === 'string' ? { text: content } : content
}

function specOf(options: unknown): unknown {
  const answer: unknown = (options as { readonly answer?: unknown } | undefined)?.answer
  return typeof answer === 'object' && answer !== null && 'spec' in answer ? answer.spec : answer
}

/** As it will be read again: moments as text, nothing that is no data. */
function plain(action: unknown): ScheduleAction {
  return JSON.parse(canonicalText(action)) as ScheduleAction
}

function wrong(field: string, reason: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The schedule was refused: "${field}" is wrong: ${reason}.`, {
    field,
  })
}
