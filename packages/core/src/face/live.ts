import type { DomainEvent, DomainEventType } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import type { World } from '../ports/world.ts'

/** Longest wait for what another process made true, while somebody listens. */
const followMs = 250
const batch = 500

/** Somebody who wants to be told. */
interface Listener {
  readonly type: DomainEventType | '*'
  readonly handler: (event: DomainEvent) => void
  /** Newest event when they began to listen; `undefined` until the store has said. */
  after: number | undefined
  readonly begins: Promise<void>
}

/** Follows the outbox: tells listeners of this process what happens, whichever process made it happen. */
export class Live {
  readonly #world: World
  readonly #listeners = new Set<Listener>()
  readonly #waiters = new Set<() => void>()
  #cursor: number
  #isReading = false
  #readAgain = false
  #isStopped = false
  #callOff: (() => void) | undefined

  /** @param cursor newest event when the engine began: listeners hear what comes after it */
  constructor(world: World, cursor: number) {
    this.#world = world
    this.#cursor = cursor
  }

  /** Calls `handler` for each event of a type from now on. */
  on(type: DomainEventType | '*', handler: (event: DomainEvent) => void): () => void {
    const begin = (newest: number): void => {
      listener.after = newest
    }
    const begins = this.#world.store.outbox.last().then(begin, () => {
      begin(this.#cursor)
    })
    const listener: Listener = { type, handler, after: undefined, begins }
    this.#listeners.add(listener)
    this.wake()
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Resolves when everybody who began to listen hears what happens from now on. */
  async begun(): Promise<void> {
    const beginning = [...this.#listeners].filter(({ after }) => after === undefined)
    if (beginning.length > 0) await Promise.all(beginning.map(({ begins }) => begins))
  }

  /** Reads new events now; called after each commit of this process. */
  wake(): void {
    if (this.#isStopped || (this.#listeners.size === 0 && this.#waiters.size === 0)) return
    this.#readAgain = true
    if (this.#isReading) return
    this.#isReading = true
    void this.#read().finally(() => {
      this.#isReading = false
      this.#follow()
    })
  }

  /**
   * Looks with `check` now and whenever something happened, until it finds something.
   * @throws InviteMeError `WAIT_ABORTED` by the signal, `STOPPED` when the engine stops
   */
  async until<Found>(check: () => Promise<Found | undefined>, signal?: AbortSignal): Promise<Found> {
    for (;;) {
      if (signal?.aborted === true) throw aborted(signal)
      if (this.#isStopped)
        throw new InviteMeError(
          'STOPPED',
          'The engine was stopped while waiting. The invitation goes on; take it up again by its id.',
        )
      const changed = this.#nextChange(signal)
      const found = await check().catch((error: unknown) => {
        changed.callOff()
        throw error
      })
      if (found !== undefined) {
        changed.callOff()
        return found
      }
      await changed.happened
    }
  }

  /** Ends all waits and listens to nothing more. */
  stop(): void {
    this.#isStopped = true
    this.#callOff?.()
    this.#callOff = undefined
    this.#listeners.clear()
    this.#wakeWaiters()
  }

  #nextChange(signal: AbortSignal | undefined): {
    readonly happened: Promise<void>
    readonly callOff: () => void
  } {
    let callOff = (): void => undefined
    const happened = new Promise<void>((resolve) => {
      const done = () => {
        this.#waiters.delete(done)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      this.#waiters.add(done)
      signal?.addEventListener('abort', done, { once: true })
      callOff = done
    })
    this.#follow()
    return { happened, callOff }
  }

  async #read(): Promise<void> {
    while (this.#readAgain && !this.#isStopped) {
      this.#readAgain = false
      if (this.#listeners.size === 0) {
        await this.#lookWhetherAny()
        continue
      }
      await this.#skipTheirPast()
      const events = await this.#world.store.outbox.after(this.#cursor, batch).catch((error: unknown) => {
        this.#world.log.error('The outbox could not be read', {
          error: error instanceof Error ? error.message : 'unknown',
        })
        return []
      })
      for (const event of events) this.#tell(event)
      this.#cursor = events.at(-1)?.cursor ?? this.#cursor
      if (events.length === batch) this.#readAgain = true
      if (events.length > 0) this.#wakeWaiters()
    }
  }

  /** Who waits looks for themselves what happened; the events are read by nobody. */
  async #lookWhetherAny(): Promise<void> {
    const last = await this.#world.store.outbox.last().catch(() => this.#cursor)
    // Somebody began to listen meanwhile, who may want what happened since.
    if (this.#listeners.size > 0) this.#readAgain = true
    else if (last > this.#cursor) {
      this.#cursor = last
      this.#wakeWaiters()
    }
  }

  /** What happened before anybody listened is read by nobody. */
  async #skipTheirPast(): Promise<void> {
    await Promise.all([...this.#listeners].map(({ begins }) => begins))
    const first = Math.min(...[...this.#listeners].map(({ after }) => after ?? this.#cursor))
    if (first === Infinity || first <= this.#cursor) return
    this.#cursor = first
    this.#wakeWaiters()
  }

  #tell(event: DomainEvent): void {
    for (const { type, handler, after } of this.#listeners) {
      if ((type !== '*' && type !== event.type) || after === undefined || event.cursor <= after) continue
      try {
        handler(event)
      } catch (error) {
        this.#world.log.error('A listener threw', {
          type: event.type,
          error: error instanceof Error ? error.message : 'unknown',
        })
      }
    }
  }

  #wakeWaiters(): void {
    for (const wake of this.#waiters) wake()
  }

  /** Looks again after a while as long as anybody listens; a waiting caller keeps the process alive. */
  #follow(): void {
    if (this.#isStopped || (this.#listeners.size === 0 && this.#waiters.size === 0)) return
    this.#callOff?.()
    this.#callOff = this.#world.clock.schedule(
      followMs,
      () => {
        this.#callOff = undefined
        this.wake()
      },
      { keepAlive: this.#waiters.size > 0 },
    )
  }
}

function aborted(signal: AbortSignal): InviteMeError {
  return new InviteMeError(
    'WAIT_ABORTED',
    'The wait was called off. The invitation goes on; take it up again by its id.',
    { cause: signal.reason },
  )
}
