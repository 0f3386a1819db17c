import type { Schedules } from './face.ts'
import { pageOf } from './recipients-desk.ts'
import { acceptWithin, announceAccepted } from '../accept/accept-message.ts'
import { readRequest } from '../accept/read-request.ts'
import { InviteMeError } from '../model/error.ts'
import type { Run, Schedule } from '../model/schedule.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { nextMoment } from '../rules/missed-runs.ts'
import { momentsOf } from '../rules/next-run.ts'
import { fireForToday } from '../schedule/fire-for-days.ts'
import { begun, readSchedule } from '../schedule/read-schedule.ts'
import { newRun, requestOf } from '../schedule/run-request.ts'
import { writeRun } from '../schedule/write-run.ts'

type Change = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Times a schedule is saved anew because another process made one of its name at the same moment. */
const mostTries = 3
const mostNext = 100

/**
 * The engine's desk of schedules.
 * @param wake called when what is due next may have changed
 */
export function schedulesDesk(world: World, change: Change, wake: () => void): Schedules {
  const { store } = world
  const mustExist = async (name: string): Promise<Schedule> => {
    const schedule = await store.schedules.byName(name)
    if (schedule === undefined) throw unknown(name)
    return schedule
  }
  /** Changes one while nobody else does, and looks at once whether it is due. */
  const alter = (name: string, work: (parts: StoreParts, schedule: Schedule) => Promise<Schedule>) =>
    change(async () => {
      const altered = await store.transaction(
        async (parts) => {
          const schedule = await parts.schedules.lock(name)
          if (schedule === undefined) throw unknown(name)
          const changed = await work(parts, schedule)
          await parts.schedules.update(changed)
          return changed
        },
        { alone: true },
      )
      wake()
      return altered
    })

  return {
    save: (input) =>
      change(async () => {
        for (let tries = 1; ; tries += 1) {
          const saved = await store.transaction(
            async ({ schedules }) => {
              const name: unknown = (input as Partial<typeof input> | null)?.name
              const known = typeof name === 'string' ? await schedules.lock(name) : undefined
              const schedule = await readSchedule(world, input, known)
              if (known !== undefined) await schedules.update(schedule)
              else if (!(await schedules.insert(schedule))) return undefined
              return schedule
            },
            { alone: true },
          )
          if (saved === undefined && tries < mostTries) continue
          if (saved === undefined)
            throw new InviteMeError('STORE_BUSY', 'Another process saves this schedule; try again.')
          wake()
          return saved
        }
      }),
    get: (name) => store.schedules.byName(name),
    list: (page) => store.schedules.list(pageOf(page)),
    enable: (name) =>
      alter(name, async (_parts, schedule) =>
        schedule.enabled
          ? schedule
          : begun(
              world,
              { ...schedule, enabled: true, updatedAt: new Date(world.clock.now()) },
              await momentsOf(schedule.when),
            ),
      ),
    disable: (name) =>
      alter(name, async (_parts, schedule) => ({
        ...schedule,
        enabled: false,
        nextAt: null,
        dueAt: null,
        updatedAt: new Date(world.clock.now()),
      })),
    remove: (name) =>
      change(async () => {
        const { id } = await mustExist(name)
        if (!(await store.schedules.remove(id))) throw unknown(name)
      }),
    runs: async (name, page) => store.schedules.runs((await mustExist(name)).id, pageOf(page)),
    runNow: (name) => change(() => runNow(world, name)),
    next: async (name, count = 5) => {
      if (!Number.isInteger(count) || count < 1 || count > mostNext)
        throw new InviteMeError(
          'REQUEST_INVALID',
          `"count" is wrong: ${String(count)} is not a whole number from 1 to ${String(mostNext)}.`,
          { field: 'count' },
        )
      return nextMoments(world, await mustExist(name), count)
    },
  }
}

async function nextMoments(world: World, schedule: Schedule, count: number): Promise<readonly Date[]> {
  const moments = await momentsOf(schedule.when)
  const found: Date[] = []
  let at = schedule.nextAt?.getTime() ?? nextMoment(moments, schedule, world.clock.now())
  for (; at !== undefined && found.length < count; at = nextMoment(moments, schedule, at))
    found.push(new Date(at))
  return found
}

async function runNow(world: World, name: string): Promise<Run> {
  const schedule = await world.store.schedules.byName(name)
  if (schedule === undefined) throw unknown(name)
  const at = new Date(world.clock.now())
  if ('onAttribute' in schedule.when) {
    const end = await fireForToday(world, schedule)
    const state = end.messages === 0 && end.error !== null ? 'failed' : 'done'
    const run = newRun(world, schedule, { at, byHand: true, ...end, state })
    return world.store.transaction((parts) => record(parts, schedule, run), { alone: true })
  }
  const base = newRun(world, schedule, { at, byHand: true, messages: 1 })
  const key = `schedule:${schedule.id}:${base.id}`
  const draft = await readRequest(world, requestOf(schedule.action, { key }))
  const { written, run } = await world.store.transaction(
    async (parts) => {
      const accepted = await acceptWithin(world, parts, draft)
      const made = { ...base, messageId: accepted.acceptance.messageId }
      return { written: accepted, run: await record(parts, schedule, made) }
    },
    { alone: true },
  )
  await announceAccepted(world, written)
  return run
}

async function record(parts: StoreParts, schedule: Schedule, run: Run): Promise<Run> {
  const { name, id } = schedule
  const now = await parts.schedules.lock(name)
  if (now?.id !== id) throw unknown(name)
  await writeRun(parts, schedule, run)
  await parts.schedules.move(id, { nextAt: now.nextAt, dueAt: now.dueAt, ranAt: run.firedAt })
  return run
}

function unknown(name: string): InviteMeError {
  return new InviteMeError('SCHEDULE_UNKNOWN', `There is no schedule "${name}".`, { field: 'name' })
}
