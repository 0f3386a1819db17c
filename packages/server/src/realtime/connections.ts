import { isInviteMeError, type Clock, type Log } from '@invite-me/core'
import type { IdentifyCaller, LiveCaller } from './live-caller.ts'
import type { LiveLimits } from './live-limits.ts'

/** How often connections are looked after; together with the engine's own memory of keys it keeps a revoked key's end within 10 s. */
const lookMs = 4_000

/** A socket or stream that is open. */
export interface LiveConnection {
  /** Called every few seconds: ping, give up on who does not read, end what has expired. Must not throw. */
  look(nowMs: number): void
  /** Its key may not be used any more, or not for this. */
  revoke(): void
  /** The server stops: says so and ends. */
  bye(): void
}

interface Registration {
  /** What it showed, to ask after it again; only for keys. */
  credential: string | undefined
  callerId: string | undefined
}

/** What {@link Connections} needs. */
export interface ConnectionsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly limits: LiveLimits
  readonly identify: IdentifyCaller
}

/** All live connections of this process: how many there may be, and whether each may still be here. */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #open = new Map<LiveConnection, Registration>()
  readonly #ofCaller = new Map<string, number>()
  #strangers = 0
  #isClosed = false
  #callOff: (() => void) | undefined
  #emptied: (() => void) | undefined

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether one more may come; `caller` when it is known already. */
  hasRoom(caller: LiveCaller | undefined): boolean {
    const { limits } = this.#options
    if (this.#open.size >= limits.connections) return false
    return caller === undefined ? this.#strangers < limits.strangers : this.#hasRoomFor(caller)
  }

  /** Takes a connection in, of nobody yet. */
  add(connection: LiveConnection): void {
    this.#open.set(connection, { credential: undefined, callerId: undefined })
    this.#strangers += 1
    this.#lookLater()
  }

  /**
   * Writes down whose a connection is.
   * @returns false when they have too many
   */
  identify(connection: LiveConnection, caller: LiveCaller, credential: string): boolean {
    const registration = this.#open.get(connection)
    if (registration === undefined) return false
    if (registration.callerId !== caller.id && !this.#hasRoomFor(caller)) return false
    this.#forget(registration)
    registration.callerId = caller.id
    registration.credential = caller.expiresAt === null ? credential : undefined
    this.#ofCaller.set(caller.id, (this.#ofCaller.get(caller.id) ?? 0) + 1)
    return true
  }

  remove(connection: LiveConnection): void {
    const registration = this.#open.get(connection)
    if (registration === undefined) return
    this.#open.delete(connection)
    this.#forget(registration)
    if (this.#open.size > 0) return
    this.#callOff?.()
    this.#callOff = undefined
    this.#emptied?.()
  }

  /**
   * Says good-bye to everybody and lets nobody in any more.
   * @returns when all have gone, or at the deadline
   */
  async close(deadlineMs: number): Promise<void> {
    this.#isClosed = true
    // A deadline nobody needs would keep the process alive until it is over.
    if (this.#open.size === 0) return this.#callOff?.()
    const gone = new Promise<void>((resolve) => {
      const callOff = this.#options.clock.schedule(deadlineMs, resolve, { keepAlive: true })
      this.#emptied = () => {
        callOff()
        resolve()
      }
    })
    for (const connection of this.#open.keys()) connection.bye()
    await gone
    this.#callOff?.()
  }

  #hasRoomFor(caller: LiveCaller): boolean {
    const { perPerson, perKey } = this.#options.limits
    return (this.#ofCaller.get(caller.id) ?? 0) < (caller.person === null ? perKey : perPerson)
  }

  #forget({ callerId }: Registration): void {
    if (callerId === undefined) {
      this.#strangers -= 1
      return
    }
    const left = (this.#ofCaller.get(callerId) ?? 1) - 1
    if (left === 0) this.#ofCaller.delete(callerId)
    else this.#ofCaller.set(callerId, left)
  }

  #lookLater(): void {
    this.#callOff ??= this.#options.clock.schedule(
      lookMs,
      () => {
        this.#callOff = undefined
        if (this.#open.size === 0) return
        this.#lookLater()
        const nowMs = this.#options.clock.now()
        for (const connection of this.#open.keys()) connection.look(nowMs)
        void this.#askAfterKeys()
      },
      { keepAlive: false },
    )
  }

  /** Asks after each key once, however many connections it has. When the store cannot be asked, everybody stays. */
  async #askAfterKeys(): Promise<void> {
    const byCredential = Map.groupBy(this.#open, ([, { credential }]) => credential ?? '')
    byCredential.delete('')
    for (const [credential, connections] of byCredential) {
      if (await this.#mayStay(credential)) continue
      for (const [connection] of connections) connection.revoke()
    }
  }

  async #mayStay(credential: string): Promise<boolean> {
    try {
      return (await this.#options.identify(credential)) !== undefined
    } catch (error) {
      if (isInviteMeError(error) && error.code === 'FORBIDDEN') return false
      this.#options.log.warn('Keys of live connections could not be asked after. It is tried again.', {
        error: error instanceof Error ? error.message : 'unknown',
      })
      return true
    }
  }
}
