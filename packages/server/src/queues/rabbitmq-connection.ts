import { connect, type ChannelModel, type SocketOptions } from 'amqplib'
import type { Clock, Log } from '@invite-me/core'
import { atMost } from './deadline.ts'

/** Seconds between two signs of life. amqplib gives up between two and three of them, so a dead wire is noticed within 15 s. */
const heartbeatSeconds = 5
/** Longest time to reach the broker and log in. */
const connectMs = 10_000
/** First and longest pause between two tries. */
const firstPauseMs = 100
const longestPauseMs = 5_000
/** A connection that held so long counts as restored, so that the first try after its loss comes at once. */
const stableMs = 3_000
/** Losses within this time are told as one outage. */
const outageMs = 60_000
/** Longest wait for the broker's good-bye. */
const goodbyeMs = 2_000

/** What a connection is kept up with. */
export interface ConnectionWorld {
  /** With the password; never in a log. */
  readonly url: string
  readonly clock: Clock
  readonly log: Log
  /** From 0 to below 1. */
  readonly fraction: () => number
}

/** Who uses a connection. */
export interface ConnectionUser {
  /** Told to the broker, where operators see it in the list of connections. */
  readonly name: string
  /** Builds channels and consumers, after every connect; a rejected promise is another try. */
  readonly setUp: (connection: ChannelModel) => Promise<void>
  /** The connection is gone, with all that was built on it. */
  readonly onLost: () => void
}

/** One connection to the broker that is built again, for ever, until it is closed. */
export class KeptConnection {
  readonly #world: ConnectionWorld
  readonly #user: ConnectionUser
  #isStarted = false
  #isClosed = false
  #failures = 0
  #toldAtMs = -Infinity
  #problem: Error | undefined
  #connection: ChannelModel | undefined
  /** Ends the present socket, whatever state it is in. */
  #cut: (reason: Error) => void = () => undefined
  #callOff: () => void = () => undefined

  constructor(world: ConnectionWorld, user: ConnectionUser) {
    this.#world = world
    this.#user = user
  }

  /** Why it is down, or was the last time. */
  get problem(): Error | undefined {
    return this.#problem
  }

  /** Connects in the background; the first call counts. */
  start(): void {
    if (this.#isStarted || this.#isClosed) return
    this.#isStarted = true
    void this.#connect()
  }

  /** Builds everything again: something on it is broken that cannot be mended alone. */
  renew(reason: Error): void {
    this.#cut(reason)
  }

  /** Says good-bye and connects no more; may be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#callOff()
    const connection = this.#connection
    // Closing is a question to the broker, which a dead wire never answers.
    if (connection !== undefined) await atMost(this.#world.clock, goodbyeMs, connection.close())
    this.#cut(new Error('closed'))
  }

  async #connect(): Promise<void> {
    const socket = new AbortController()
    let isLost = false
    const lose = (reason: Error): void => {
      if (isLost) return
      isLost = true
      this.#connection = undefined
      callOffStable()
      // amqplib only half-closes a socket whose heartbeat failed; on a dead wire it would stay for a quarter of an hour.
      socket.abort()
      this.#user.onLost()
      this.#retry(reason)
    }
    let callOffStable = this.#world.clock.schedule(connectMs, () => {
      lose(new Error(`no connection within ${String(connectMs)} ms`))
    })
    this.#cut = lose
    try {
      const connection = await connect(withHeartbeat(this.#world.url), this.#socketOptions(socket.signal))
      if (isLost) return
      this.#connection = connection
      let trouble: Error | undefined
      connection.on('error', (error) => (trouble = error))
      connection.on('close', (error) => {
        lose(trouble ?? error ?? new Error('the broker closed the connection'))
      })
      await this.#user.setUp(connection)
    } catch (error) {
      lose(error instanceof Error ? error : new Error('unknown trouble'))
      return
    }
    if (isLost) return
    callOffStable()
    callOffStable = this.#world.clock.schedule(
      stableMs,
      () => {
        this.#failures = 0
      },
      { keepAlive: false },
    )
  }

  #socketOptions(signal: AbortSignal): SocketOptions {
    const options: SocketOptions & { readonly signal: AbortSignal } = {
      noDelay: true,
      keepAlive: true,
      timeout: connectMs,
      clientProperties: { connection_name: this.#user.name },
      // Passed on to the socket by `net.connect` and `tls.connect`.
      signal,
    }
    return options
  }

  #retry(reason: Error): void {
    if (this.#isClosed) return
    this.#problem = reason
    this.#tell(reason)
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs)
    this.#failures += 1
    this.#callOff = this.#world.clock.schedule(pauseMs / 2 + (this.#world.fraction() * pauseMs) / 2, () => {
      void this.#connect()
    })
  }

  #tell(reason: Error): void {
    const now = this.#world.clock.now()
    // A try that fails belongs to the outage that was told, however long it lasts.
    const isKnown = this.#failures > 0 || Math.abs(now - this.#toldAtMs) < outageMs
    if (isKnown) return
    this.#toldAtMs = now
    this.#world.log.warn('RabbitMQ cannot be used; trying again until it can', { error: reason.message })
  }
}

function withHeartbeat(url: string): string {
  const address = new URL(url)
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', String(heartbeatSeconds))
  return address.href
}
