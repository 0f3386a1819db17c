import type { Channel, ChannelModel, ConfirmChannel, Options } from 'amqplib'
import { InviteMeError } from '@invite-me/core'
import { atMost, within } from './deadline.ts'
import { KeptConnection, type ConnectionWorld } from './rabbitmq-connection.ts'

/** Messages and bytes of one line handed to the broker and not yet confirmed. More wait with their callers, who have a deadline. */
const mostUnconfirmed = 1_000
const mostUnconfirmedBytes = 8 * 1024 * 1024

/** What a publisher needs. */
export interface PublisherWorld extends ConnectionWorld {
  /** Told to the broker, where operators see it in the list of connections. */
  readonly name: string
  /** Ways that hold each other up in nothing; each message goes by one. */
  readonly lines: readonly string[]
  /** Makes on the broker what is published to. */
  readonly declare: (channel: Channel) => Promise<void>
  /** Longest time from the call to the broker's word. */
  readonly publishMs: number
}

/** A channel, and what went by it. */
interface Line {
  readonly channel: ConfirmChannel
  unconfirmed: number
  unconfirmedBytes: number
}

/** A message for the broker. */
export interface Post {
  readonly line: string
  readonly exchange: string
  readonly routingKey: string
  readonly body: Buffer
  readonly options: Options.Publish & { readonly messageId: string }
  /** True when it counts as not taken unless a queue takes it. */
  readonly isMandatory: boolean
}

/**
 * Hands messages to the broker and waits for its word. On a connection of its own: a broker short of memory or disk stops reading
 * from those who publish, and would not read the acknowledgements of consumers either. And on a channel for each line: a queue without
 * a leader leaves its whole channel without an answer.
 */
export class Publisher {
  readonly #world: PublisherWorld
  readonly #connection: KeptConnection
  readonly #waiting = new Set<() => void>()
  readonly #returned = new Set<string>()
  /** Absent while there is no connection. */
  #lines: ReadonlyMap<string, Line> | undefined
  #isBlocked = false
  #isClosed = false
  #confirmed = 0

  constructor(world: PublisherWorld) {
    this.#world = world
    this.#connection = new KeptConnection(world, {
      name: world.name,
      setUp: (connection) => this.#setUp(connection),
      onLost: () => {
        this.#lines = undefined
        this.#isBlocked = false
        this.#wake()
      },
    })
  }

  /**
   * Returns when the broker has all of them. They leave in this order; once one is known not to be taken, none after it leaves.
   *
   * @throws InviteMeError `BROKER_UNAVAILABLE` when that is not known in time: each may have arrived or not; `STOPPED` after `close`
   */
  async publish(posts: readonly Post[]): Promise<void> {
    if (this.#isClosed) throw new InviteMeError('STOPPED', 'This queue was closed; make a new one.')
    if (posts.length === 0) return
    this.#connection.start()
    const call = { isOver: false }
    const confirmedBefore = this.#confirmed
    await within(this.#world.clock, this.#world.publishMs, this.#write(posts, call), () => {
      call.isOver = true
      this.#wake()
      const late = this.#tooLate()
      if (this.#isHopeless(posts, confirmedBefore)) this.#connection.renew(late)
      return late
    })
  }

  /** Publishes nothing more; calls under way end by their own deadline, unless the broker answers before. */
  async close(): Promise<void> {
    this.#isClosed = true
    const answered = this.#until(() =>
      [...(this.#lines?.values() ?? [])].every((line) => line.unconfirmed === 0),
    )
    await atMost(this.#world.clock, this.#world.publishMs, answered)
    await this.#connection.close()
    this.#wake()
  }

  async #write(posts: readonly Post[], call: { isOver: boolean }): Promise<void> {
    const confirms: Promise<void>[] = []
    for (const post of posts) {
      await this.#until(() => call.isOver || this.#isClosed || this.#hasRoomFor(post))
      if (call.isOver) break
      const confirm = this.#hand(post)
      // It may fail while others still wait for room; the one who reads all of them comes later.
      confirm.catch(() => {
        call.isOver = true
        this.#wake()
      })
      confirms.push(confirm)
    }
    await Promise.all(confirms)
  }

  #hasRoomFor({ body, line: name }: Post): boolean {
    const line = this.#lines?.get(name)
    if (line === undefined || this.#isBlocked) return false
    return (
      line.unconfirmed === 0 ||
      (line.unconfirmed < mostUnconfirmed && line.unconfirmedBytes + body.length <= mostUnconfirmedBytes)
    )
  }

  /**
   * What is not confirmed keeps its place. That is right while the broker has an alarm, since it will confirm later, and bearable
   * while it confirms what goes by other lines; else the wire may be dead, or a queue has taken all the room it has.
   */
  #isHopeless(posts: readonly Post[], confirmedBefore: number): boolean {
    if (this.#lines === undefined || this.#isBlocked) return false
    return this.#confirmed === confirmedBefore || posts.some((post) => !this.#hasRoomFor(post))
  }

  #hand({ body, exchange, isMandatory, line: name, options, routingKey }: Post): Promise<void> {
    const line = this.#lines?.get(name)
    if (line === undefined) return Promise.reject(notTaken())
    const { promise, reject, resolve } = Promise.withResolvers<void>()
    line.unconfirmed += 1
    line.unconfirmedBytes += body.length
    const confirm = (error: unknown): void => {
      line.unconfirmed -= 1
      line.unconfirmedBytes -= body.length
      if (error !== null) reject(notTaken(error))
      else if (this.#returned.delete(options.messageId)) {
        reject(notTaken(new Error('there is no queue for it')))
        this.#connection.renew(new Error('a queue was deleted'))
      } else resolve()
      if (error === null) this.#confirmed += 1
      this.#wake()
    }
    // `mandatory`: without it the broker confirms, and forgets, what no queue takes.
    const sent = { ...options, persistent: true, mandatory: isMandatory }
    try {
      line.channel.publish(exchange, routingKey, body, sent, confirm)
    } catch (error) {
      confirm(error)
    }
    return promise
  }

  async #setUp(connection: ChannelModel): Promise<void> {
    connection.on('blocked', () => {
      this.#isBlocked = true
    })
    connection.on('unblocked', () => {
      this.#isBlocked = false
      this.#wake()
    })
    const channel = await connection.createChannel()
    await this.#world.declare(channel)
    await channel.close()
    const lines = new Map<string, Line>()
    for (const name of this.#world.lines) lines.set(name, await this.#openLine(connection))
    this.#returned.clear()
    this.#lines = lines
    this.#wake()
  }

  async #openLine(connection: ChannelModel): Promise<Line> {
    const channel = await connection.createConfirmChannel()
    let trouble = new Error('the broker closed a channel')
    channel.on('error', (error) => (trouble = error))
    channel.on('close', () => {
      this.#connection.renew(trouble)
    })
    channel.on('return', ({ properties }) => {
      this.#returned.add(String(properties.messageId))
    })
    return { channel, unconfirmed: 0, unconfirmedBytes: 0 }
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((go) => this.#waiting.add(go))
  }

  #wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const go of waiting) go()
  }

  #tooLate(): InviteMeError {
    const seconds = `${String(this.#world.publishMs / 1_000)} s`
    const why = this.#isBlocked
      ? 'it has an alarm of memory or disk and takes nothing'
      : this.#lines === undefined
        ? 'there is no connection to it'
        : 'it did not answer'
    return new InviteMeError(
      'BROKER_UNAVAILABLE',
      `RabbitMQ did not confirm within ${seconds} what was handed to it: ${why}. What is due stays due; see that the broker runs.`,
      { cause: this.#lines === undefined ? this.#connection.problem : undefined },
    )
  }
}

function notTaken(cause?: unknown): InviteMeError {
  return new InviteMeError(
    'BROKER_UNAVAILABLE',
    'RabbitMQ did not take what was handed to it: the connection broke, or a queue is full or gone. What is due stays due.',
    { cause },
  )
}
