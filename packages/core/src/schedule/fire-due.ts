import { acceptWithin, announceAccepted, type Written } from '../accept/accept-message.ts'
import { readRequest } from '../accept/read-request.ts'
import { isInviteMeError } from '../model/error.ts'
import type { Schedule } from '../model/schedule.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideDue, type DueDecision } from '../rules/missed-runs.ts'
import { momentsOf } from '../rules/next-run.ts'
import { fireForDays, type DaysRun } from './fire-for-days.ts'
import { dueAt } from './read-schedule.ts'
import { newRun, requestOf, runKey } from './run-request.ts'
import { writeRun } from './write-run.ts'

/** How long a run for many people belongs to the process that makes it, without a sign of life. */
const leaseMs = 60_000

/** What one look at the schedules came to. */
export type Fired =
  | { readonly kind: 'nothing' | 'made' }
  | { readonly kind: 'going-on'; readonly work: Promise<void> }

interface Taken {
  readonly schedule: Schedule
  readonly decision: DueDecision
}

interface ClaimedDays {
  readonly kind: 'days'
  readonly run: DaysRun
  readonly decision: DueDecision
}

type Claimed =
  | { readonly kind: 'done'; readonly written: Written | undefined; readonly skipped: number }
  | ClaimedDays

/**
 * Makes the run that has been due longest. The run, its message and the schedule's next moment are written in one transaction: whatever
 * is killed, each moment has one run or is still due. A request that is refused leaves a failed run, and the schedule goes on.
 *
 * @returns what was due: `nothing`, a run that was made, or one for many people, which goes on in `work`
 * @throws InviteMeError what the store throws; the moment is still due then
 */
export async function fireNext(world: World, stopping: AbortSignal): Promise<Fired> {
  let taken: Taken | undefined
  const claim = async (parts: StoreParts): Promise<Claimed | undefined> => {
    const now = new Date(world.clock.now())
    const schedule = await parts.schedules.claimDue(now)
    if (schedule === undefined || schedule.nextAt === null) return undefined
    const decision = decideDue(
      await momentsOf(schedule.when),
      schedule,
      schedule.nextAt.getTime(),
      now.getTime(),
    )
    taken = { schedule, decision }
    return fire(world, parts, schedule, decision)
  }
  try {
    const claimed = await world.store.transaction(claim, { alone: true })
    if (claimed === undefined) return { kind: 'nothing' }
    if (claimed.kind === 'days') return { kind: 'going-on', work: makeDaysRun(world, claimed, stopping) }
    if (claimed.skipped > 0) tellSkipped(world, taken?.schedule, claimed.skipped)
    if (claimed.written !== undefined) await announceAccepted(world, claimed.written)
  } catch (error) {
    if (taken === undefined || isOfTheStore(error)) throw error
    await writeFailure(world, taken, error)
  }
  return { kind: 'made' }
}

/** Writing to a million people must not keep the other schedules waiting. */
async function makeDaysRun(world: World, claimed: ClaimedDays, stopping: AbortSignal): Promise<void> {
  try {
    await finishDays(world, claimed, stopping)
  } catch (error) {
    // Its lease runs out, and it is made again.
    if (isOfTheStore(error)) throw error
    await writeFailure(world, { schedule: claimed.run.schedule, decision: claimed.decision }, error)
  }
}

async function fire(
  world: World,
  parts: StoreParts,
  schedule: Schedule,
  decision: DueDecision,
): Promise<Claimed> {
  if (decision.fire === undefined) {
    await goOn(world, parts, schedule, decision)
    return { kind: 'done', written: undefined, skipped: decision.skipped?.count ?? 0 }
  }
  const { atMs, missed } = decision.fire
  if ('onAttribute' in schedule.when) {
    const until = new Date(world.clock.now() + leaseMs)
    await parts.schedules.move(schedule.id, { nextAt: schedule.nextAt, dueAt: until })
    return { kind: 'days', run: { schedule, atMs, missed }, decision }
  }
  const at = new Date(atMs)
  // The clock was set back and the schedule saved anew since.
  if (await parts.schedules.hasRun(schedule.id, at)) {
    await goOn(world, parts, schedule, { ...decision, fire: undefined })
    return { kind: 'done', written: undefined, skipped: 0 }
  }
  const draft = await readRequest(world, requestOf(schedule.action, { key: runKey(schedule, at) }))
  const written = await acceptWithin(world, parts, draft)
  const { messageId } = written.acceptance
  await writeRun(parts, schedule, newRun(world, schedule, { at, missed, messageId, messages: 1 }))
  await goOn(world, parts, schedule, decision)
  return { kind: 'done', written, skipped: 0 }
}

/** Sets what comes next, and tells of what was left out. */
async function goOn(
  world: World,
  parts: StoreParts,
  schedule: Schedule,
  { fire: fired, skipped, nextMs }: DueDecision,
): Promise<void> {
  if (skipped !== undefined) {
    const at = new Date(skipped.atMs)
    await writeRun(
      parts,
      schedule,
      newRun(world, schedule, { at, state: 'skipped', missed: skipped.count, messages: 0 }),
    )
  }
  const isLast = nextMs === undefined
  await parts.schedules.move(schedule.id, {
    nextAt: isLast ? null : new Date(nextMs),
    dueAt: isLast ? null : dueAt(world, schedule, nextMs),
    ...(fired !== undefined && { ranAt: new Date(world.clock.now()) }),
  })
}

async function finishDays(
  world: World,
  { run, decision }: ClaimedDays,
  stopping: AbortSignal,
): Promise<void> {
  const { schedule, atMs, missed } = run
  const prolong = (): Promise<boolean> =>
    world.store.transaction(
      async (parts) => {
        if (!(await isStillOurs(parts, schedule))) return false
        const dueAgainAt = new Date(world.clock.now() + leaseMs)
        await parts.schedules.move(schedule.id, { nextAt: schedule.nextAt, dueAt: dueAgainAt })
        return true
      },
      { alone: true },
    )
  const end = await fireForDays(world, run, { prolong, stopping })
  await world.store.transaction(
    async (parts) => {
      if (end === undefined || !(await isStillOurs(parts, schedule))) return
      // A quarter of an hour in which nobody had their day is not worth a line.
      const isWorthALine = end.messages > 0 || end.error !== null || missed > 0
      if (isWorthALine)
        await writeRun(
          parts,
          schedule,
          newRun(world, schedule, {
            at: new Date(atMs),
            missed,
            messages: end.messages,
            error: end.error,
            state: end.messages === 0 && end.error !== null ? 'failed' : 'done',
          }),
        )
      await goOn(world, parts, schedule, isWorthALine ? decision : { ...decision, fire: undefined })
    },
    { alone: true },
  )
}

/** Whether nobody has made this run, changed the schedule or removed it meanwhile. */
async function isStillOurs(parts: StoreParts, { id, name, nextAt, updatedAt }: Schedule): Promise<boolean> {
  const now = await parts.schedules.lock(name)
  return (
    now?.id === id &&
    now.nextAt?.getTime() === nextAt?.getTime() &&
    now.updatedAt.getTime() === updatedAt.getTime()
  )
}

async function writeFailure(world: World, { schedule, decision }: Taken, error: unknown): Promise<void> {
  const words = isInviteMeError(error) ? error.message : 'an internal error; the log has more'
  world.log.warn('A run of a schedule failed', {
    schedule: schedule.name,
    error: error instanceof Error ? error.message : 'unknown',
  })
  await world.store.transaction(
    async (parts) => {
      if (decision.fire === undefined || !(await isStillOurs(parts, schedule))) return
      const { atMs, missed } = decision.fire
      await writeRun(
        parts,
        schedule,
        newRun(world, schedule, { at: new Date(atMs), missed, state: 'failed', messages: 0, error: words }),
      )
      await goOn(world, parts, schedule, decision)
    },
    { alone: true },
  )
}

/** The store is down, busy or full: the moment is still due. Anything else would fail the same way for ever. */
function isOfTheStore(error: unknown): boolean {
  return isInviteMeError(error) && (error.code.startsWith('STORE_') || error.code === 'STOPPED')
}

function tellSkipped(world: World, schedule: Schedule | undefined, count: number): void {
  world.log.warn('Moments of a schedule were skipped: nobody was there for them', {
    schedule: schedule?.name,
    count,
  })
}
