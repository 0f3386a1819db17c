import { oneRound, type Remote } from './poll.ts'
import { page } from './readers.ts'
import { lastCursor } from './remote-group.ts'
import { pageQuery } from './request-path.ts'
import { domainEvent } from './shapes.ts'
import type { DomainEvent, DomainEventType } from '../model/domain-event.ts'
import { isInviteMeError } from '../model/error.ts'

/** Somebody who wants to be told. */
interface Listener {
  readonly type: DomainEventType | '*'
  readonly handler: (event: DomainEvent) => void
  /** Newest event when they began to listen; `undefined` until the server has said. */
  after: number | undefined
  /** Asked when they began to listen, not when it is needed: what happens meanwhile is theirs. Never rejects. */
  begins: Promise<number | undefined>
}

const events = page(domainEvent)
/** Pause after trouble; a listener never gives up. */
const troublePauseMs = 5_000

/** Reads the server's events for all listeners of a client together, while there are any. */
export class EventFeed {
  readonly #remote: Remote
  readonly #listeners = new Set<Listener>()
  #reading: AbortController | undefined

  constructor(remote: Remote) {
    this.#remote = remote
  }

  /** Calls `handler` for each event of a type from now on. Returns a function that ends it. */
  on(type: DomainEventType | '*', handler: (event: DomainEvent) => void): () => void {
    const isFirst = this.#reading === undefined
    const reading = (this.#reading ??= new AbortController())
    const listener: Listener = { type, handler, after: undefined, begins: this.#newest(reading.signal) }
    this.#listeners.add(listener)
    if (isFirst) void this.#read(reading.signal)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0 || this.#reading !== reading) return
      reading.abort()
      this.#reading = undefined
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    let cursor: number | undefined
    while (!signal.aborted) {
      try {
        cursor = await this.#readOnce(cursor, signal)
      } catch (error) {
        if (signal.aborted || this.#remote.transport.ended.aborted) return
        await this.#sitOut(error, signal)
      }
    }
  }

  async #readOnce(from: number | undefined, signal: AbortSignal): Promise<number> {
    const cursor = from ?? (await this.#skipTheirPast(signal))
    signal.throwIfAborted()
    const call = {
      path: '/v1/events',
      query: pageQuery({ after: cursor, limit: 1_000 }),
      read: events,
      signal,
    }
    const { items } = await oneRound(this.#remote, call, true)
    // Who came while this was read must not miss what is in it, and not hear what was before them.
    await this.#skipTheirPast(signal)
    for (const event of items) this.#tell(event)
    return items.at(-1)?.cursor ?? cursor
  }

  #newest(signal: AbortSignal): Promise<number | undefined> {
    return lastCursor(this.#remote, { signal }).catch(() => undefined)
  }

  /** Learns for new listeners after which event they want to be told. @returns the earliest of them */
  async #skipTheirPast(signal: AbortSignal): Promise<number> {
    let earliest = Infinity
    for (const listener of this.#listeners) {
      if (listener.after !== undefined) continue
      listener.after = (await listener.begins) ?? (await lastCursor(this.#remote, { signal }))
      earliest = Math.min(earliest, listener.after)
    }
    return earliest
  }

  #tell(event: DomainEvent): void {
    for (const { type, handler, after } of this.#listeners) {
      if ((type !== '*' && type !== event.type) || event.cursor <= (after ?? Infinity)) continue
      try {
        handler(event)
      } catch (error) {
        this.#remote.settings.log.error('A listener threw', { type: event.type, error: nameOf(error) })
      }
    }
  }

  async #sitOut(error: unknown, signal: AbortSignal): Promise<void> {
    this.#remote.settings.log.warn('Events cannot be read; trying again', { error: nameOf(error) })
    await this.#remote.transport.pause(troublePauseMs, signal).catch(() => undefined)
  }
}

/** What may be logged of an error: its code or its kind. */
export function nameOf(error: unknown): string {
  if (isInviteMeError(error)) return error.code
  return error instanceof Error ? error.name : 'unknown'
}
