import { randomUUID } from 'node:crypto'
import type { ChannelModel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib'
import { InviteMeError, lanes } from '@invite-me/core'
import { atMost, within } from './deadline.ts'
import { KeptConnection, type ConnectionWorld } from './rabbitmq-connection.ts'
import { declareQueues, type BrokerNames } from './rabbitmq-names.ts'
import type { Outgoing } from './rabbitmq-envelope.ts'

/** Messages and bytes of one queue handed to the broker and not yet confirmed. More wait with their callers, who have a deadline. */
const mostUnconfirmed = 1_000
const mostUnconfirmedBytes = 8 * 1024 * 1024

/** What a publisher needs. */
export interface PublisherWorld extends ConnectionWorld {
  readonly names: BrokerNames
  /** Longest time from the call to the broker's word. */
  readonly publishMs: number
}

/** The way to one queue. */
interface Line {
  readonly channel: ConfirmChannel
  unconfirmed: number
  unconfirmedBytes: number
}

interface Post {
  readonly exchange: string
  readonly routingKey: string
  readonly body: Buffer
  readonly options: Options.Publish & { readonly messageId: string }
}

/**
 * Hands messages to the broker and waits for its word. On a connection of its own: a broker short of memory or disk stops reading
 * from those who publish, and would not read the acknowledgements of consumers either. And on a channel for each queue: one without a
 * leader leaves its whole channel without an answer.
 */
export class Publisher {
  readonly #world: PublisherWorld
  readonly #connection: KeptConnection
  readonly #waiting = new Set<() => void>()
  readonly #returned = new Set<string>()
  /** By routing key; absent while there is no connection. */
  #lines: ReadonlyMap<string, Line> | undefined
  #isBlocked = false
  #isClosed = false
  #confirmed = 0

  constructor(world: PublisherWorld) {
    this.#world = world
    this.#connection = new KeptConnection(world, {
      name: `${world.names.exchange} publisher`,
      setUp: (connection) => this.#setUp(connection),
      onLost: () => {
        this.#lines = undefined
        this.#isBlocked = false
        this.#wake()
      },
    })
  }

  /**
   * Returns when the broker has all of them.
   *
   * @throws InviteMeError `BROKER_UNAVAILABLE` when that is not known in time: each may have arrived or not; `STOPPED` after `close`
   */
  publish(messages: readonly Outgoing[]): Promise<void> {
    const { exchange, routingKey } = this.#world.names
    return this.#post(
      messages.map(({ body, headers, lane, messageId }) => ({
        exchange,
        routingKey: routingKey(lane),
        body,
        options: { messageId, headers, contentType: 'application/json' },
      })),
    )
  }

  /**
   * Puts a message aside as it came, with the reason in its headers.
   *
   * @throws InviteMeError as `publish` does
   */
  park(message: ConsumeMessage, why: Readonly<Record<string, string | number>>): Promise<void> {
    const { contentType, messageId } = message.properties
    const headers = { ...why, ...(typeof messageId === 'string' && { 'x-invite-me-message-id': messageId }) }
    const options = {
      // Its own id may be anything, also that of another.
      messageId: randomUUID(),
      headers,
      ...(typeof contentType === 'string' && { contentType }),
    }
    return this.#post([
      { exchange: '', routingKey: this.#world.names.parked, body: message.content, options },
    ])
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

  async #post(posts: readonly Post[]): Promise<void> {
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

  async #write(posts: readonly Post[], call: { readonly isOver: boolean }): Promise<void> {
    const confirms: Promise<void>[] = []
    for (const post of posts) {
      await this.#until(() => call.isOver || this.#isClosed || this.#hasRoomFor(post))
      if (call.isOver) return
      const confirm = this.#hand(post)
      // It may fail while others still wait for room; the one who reads all of them comes later.
      confirm.catch(() => undefined)
      confirms.push(confirm)
    }
    await Promise.all(confirms)
  }

  #hasRoomFor({ body, routingKey }: Post): boolean {
    const line = this.#lines?.get(routingKey)
    if (line === undefined || this.#isBlocked) return false
    return (
      line.unconfirmed === 0 ||
      (line.unconfirmed < mostUnconfirmed && line.unconfirmedBytes + body.length <= mostUnconfirmedBytes)
    )
  }

  /**
   * What is not confirmed keeps its place. That is right while the broker has an alarm, since it will confirm later, and bearable
   * while it confirms what goes to other queues; else the wire may be dead, or a queue has taken all the room it has.
   */
  #isHopeless(posts: readonly Post[], confirmedBefore: number): boolean {
    if (this.#lines === undefined || this.#isBlocked) return false
    return this.#confirmed === confirmedBefore || posts.some((post) => !this.#hasRoomFor(post))
  }

  #hand({ body, exchange, options, routingKey }: Post): Promise<void> {
    const line = this.#lines?.get(routingKey)
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
    const sent = { ...options, persistent: true, mandatory: true }
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
    const { names } = this.#world
    const parking = await this.#openLine(connection)
    await declareQueues(parking.channel, names)
    const lines = new Map([[names.parked, parking]])
    for (const lane of lanes) lines.set(names.routingKey(lane), await this.#openLine(connection))
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
