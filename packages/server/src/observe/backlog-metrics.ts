import type { Backlog, InviteMe } from '@invite-me/core'
import type { Clock, Log } from '@invite-me/core/channel'
import { Counter, Gauge, type Registry } from 'prom-client'

/** How old an answer of the store may be that is told again, so that many readers cost what one does. */
const freshMs = 5_000
/** Longest a page waits for the store; Prometheus gives up after ten seconds. */
const deadlineMs = 3_000
/** Stands for the engine's own chores, which belong to no channel; no channel can have this name. */
const chores = '_chores'

interface BacklogSource {
  readonly deliveries: Pick<InviteMe['deliveries'], 'backlog'>
  readonly clock: Clock
  readonly log: Log
}

/** Adds the length of the queue and the age of its head. The store tells both, so they hold for all processes together. */
export function addBacklogMetrics(registry: Registry, source: BacklogSource): void {
  const registers = [registry]
  const failures = new Counter({
    name: 'invite_me_backlog_failures_total',
    help: 'Times the store did not tell in time what waits; the backlog is left out then.',
    registers,
  })
  const read = recently(source, () => failures.inc())
  new Gauge({
    name: 'invite_me_backlog',
    help: 'Deliveries that wait, by channel ("_chores": the work of the engine itself), lane and whether they are due or wait for later.',
    labelNames: ['channel', 'lane', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { channel, lane, due, later } of await read()) {
        const labels = { channel: channel === '' ? chores : channel, lane: String(lane) }
        this.set({ ...labels, state: 'due' }, due)
        this.set({ ...labels, state: 'later' }, later)
      }
    },
  })
  new Gauge({
    name: 'invite_me_backlog_oldest_age_seconds',
    help: 'How long the oldest due delivery has been due, by channel and lane; 0 when none is.',
    labelNames: ['channel', 'lane'],
    registers,
    async collect() {
      this.reset()
      for (const { channel, lane, oldestDueAt } of await read()) {
        const ageMs = oldestDueAt === null ? 0 : source.clock.now() - oldestDueAt.getTime()
        this.set(
          { channel: channel === '' ? chores : channel, lane: String(lane) },
          Math.max(0, ageMs) / 1_000,
        )
      }
    },
  })
}

/** Reads what waits, at most once in a while and never twice at once; nothing when the store fails or takes too long. */
function recently(
  { deliveries, clock, log }: BacklogSource,
  onFailure: () => void,
): () => Promise<readonly Backlog[]> {
  let known: { readonly at: number; readonly backlog: Promise<readonly Backlog[]> } | undefined
  const read = async (): Promise<readonly Backlog[]> => {
    try {
      return await withinDeadline(clock, deliveries.backlog())
    } catch (error) {
      onFailure()
      log.warn('What waits could not be read for the metrics', {
        error: error instanceof Error ? error.name : 'unknown',
      })
      return []
    }
  }
  return () => {
    const now = clock.now()
    if (known === undefined || Math.abs(now - known.at) >= freshMs) known = { at: now, backlog: read() }
    return known.backlog
  }
}

function withinDeadline<Result>(clock: Clock, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const callOff = clock.schedule(
      deadlineMs,
      () => reject(new DOMException('The store did not answer in time.', 'TimeoutError')),
      { keepAlive: false },
    )
    work.then(resolve, reject).finally(callOff)
  })
}
