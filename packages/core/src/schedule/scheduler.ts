import type { World } from '../ports/world.ts'
import { isWorthAWord } from '../rules/worth-a-word.ts'
import { fireNext } from './fire-due.ts'

/** Longest time until what another process saved is live here, whatever `pollMs` is. */
const longestPollMs = 5_000
/** Pause when what is due is in the hands of another process. */
const busyPauseMs = 1_000
/** How long runs are kept to be seen. */
const keptMs = 90 * 86_400_000
/** Pause between two looks for those that are older, while few are; and most deleted at once. */
const prunePauseMs = 3_600_000
const prunedAtOnce = 500

/**
 * Makes the runs of schedules when they are due. Runs in every process that does chores; of several, one makes each run. Woken by the
 * clock at the next run's moment, by changes made in this process, and every few seconds for those of others.
 */
export class Scheduler {
  readonly #world: World
  readonly #onCommit: () => void
  readonly #stopping = new AbortController()
  readonly #underWay = new Set<Promise<void>>()
  #isRunning = false
  #isLooking = false
  #lookAgain = false
  #looking: Promise<void> = Promise.resolve()
  #prunedMs = -Infinity
  #failures = 0
  #callOffPoll: () => void = () => undefined
  #callOffDue: () => void = () => undefined

  /** @param onCommit called when a run has been written */
  constructor(world: World, onCommit: () => void) {
    this.#world = world
    this.#onCommit = onCommit
  }

  /** Begins to make runs. */
  start(): void {
    this.#isRunning = true
    this.wake()
  }

  /** Looks for what is due now, or again when it is looking. */
  wake(): void {
    if (!this.#isRunning) return
    this.#lookAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    this.#looking = this.#look().finally(() => {
      this.#isLooking = false
      // Somebody changed something after the last look into the store.
      if (this.#lookAgain) this.wake()
    })
  }

  /** Makes no more runs; lets the one under way finish, one for many people after those it is just writing to. */
  async stop(): Promise<void> {
    this.#isRunning = false
    this.#stopping.abort()
    this.#callOffTimers()
    await this.#looking
    await Promise.allSettled(this.#underWay)
  }

  async #look(): Promise<void> {
    this.#callOffTimers()
    try {
      while (this.#lookAgain && this.#isRunning) {
        this.#lookAgain = false
        while (this.#isRunning && (await this.#fireNext()));
        await this.#pruneNowAndThen()
      }
      this.#failures = 0
      this.#sleep(await this.#world.store.schedules.nextDueAt())
    } catch (error) {
      this.#failures += 1
      this.#lookAgain = false
      this.#sleep(undefined)
      if (isWorthAWord(this.#failures))
        this.#world.log.error('Schedules could not be looked for; trying again', {
          failures: this.#failures,
          error: error instanceof Error ? error.message : 'unknown',
        })
    }
  }

  /** @returns whether anything was due */
  async #fireNext(): Promise<boolean> {
    const fired = await fireNext(this.#world, this.#stopping.signal)
    if (fired.kind === 'going-on') this.#keep(fired.work)
    if (fired.kind === 'made') this.#onCommit()
    return fired.kind !== 'nothing'
  }

  #keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => {
        this.#world.log.error('A run for many people was not finished; it is made again', {
          error: error instanceof Error ? error.message : 'unknown',
        })
      })
      .finally(() => {
        this.#underWay.delete(kept)
        this.#onCommit()
        this.wake()
      })
    this.#underWay.add(kept)
  }

  async #pruneNowAndThen(): Promise<void> {
    const { clock, store } = this.#world
    const sinceMs = clock.now() - this.#prunedMs
    if (sinceMs >= 0 && sinceMs < prunePauseMs) return
    const count = await store.schedules.prune(new Date(clock.now() - keptMs), prunedAtOnce)
    if (count < prunedAtOnce) this.#prunedMs = clock.now()
    else this.#lookAgain = true
  }

  #sleep(dueAt: Date | undefined): void {
    if (!this.#isRunning) return
    const { clock, settings } = this.#world
    const look = (): void => {
      this.wake()
    }
    this.#callOffPoll = clock.schedule(Math.min(settings.pollMs, longestPollMs), look, { keepAlive: false })
    if (dueAt === undefined) return
    const inMs = dueAt.getTime() - clock.now()
    this.#callOffDue = clock.schedule(inMs > 0 ? inMs : busyPauseMs, look, { keepAlive: false })
  }

  #callOffTimers(): void {
    this.#callOffPoll()
    this.#callOffDue()
  }
}
