import type { ChannelModel, ConsumeMessage } from 'amqplib'
import { z } from 'zod'
import { InviteMeError, lanes, systemClock, type Clock, type Log, type Queue } from '@invite-me/core'
import { HintConsumer } from './rabbitmq-consumer.ts'
import { parseOptions } from './parse-options.ts'
import { KeptConnection } from './rabbitmq-connection.ts'
import { writeHints, type Outgoing } from './rabbitmq-envelope.ts'
import { declareQueues, namesOf, spanAttributes, type BrokerNames } from './rabbitmq-names.ts'
import { parkedPost, type ParkHeaders } from './rabbitmq-parking.ts'
import { Publisher, type Post } from './rabbitmq-publisher.ts'

/** How work is handed over by RabbitMQ. */
export interface RabbitmqOptions {
  /** `amqp://user:password@host:5672/vhost`, or `amqps://…` */
  readonly url: string
  /** Begins the names of everything on the broker (default `invite-me`); a workspace each. */
  readonly prefix?: string
  /** Hints of each lane a process holds at a time (default 50). */
  readonly prefetch?: number
  /** Longest time for the broker to confirm (default 5,000 ms). */
  readonly publishTimeoutMs?: number
  /** A consumer that takes longer over a hint has refused it (default 60,000 ms). */
  readonly handleTimeoutMs?: number
  /** How long a refused hint rests (default 1,000 ms); doubles with each return, at most 32 times as long. */
  readonly refusedPauseMs?: number
  /** Longest wait for consumers when the queue is closed (default 10,000 ms). */
  readonly closeTimeoutMs?: number
  /** Where an outage, and strange messages, are told (default: nowhere). */
  readonly log?: Log
  readonly clock?: Clock
  /** A number from 0 to below 1, to spread reconnects (default `Math.random`). */
  readonly fraction?: () => number
}

const ms = (standard: number) => z.number().int().min(1).max(600_000).default(standard)
const optionsSchema = z.strictObject({
  url: z.string().refine(isAmqpUrl, 'must be a URL that begins with amqp:// or amqps://'),
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, hyphens and underscores')
    .default('invite-me'),
  prefetch: z.number().int().min(1).max(10_000).default(50),
  publishTimeoutMs: ms(5_000),
  handleTimeoutMs: ms(60_000),
  refusedPauseMs: ms(1_000),
  closeTimeoutMs: ms(10_000),
})

function isAmqpUrl(text: string): boolean {
  return /^amqps?:\/\//.test(text) && URL.canParse(text)
}

const silent: Log = { warn: () => undefined, error: () => undefined }

/**
 * Hands work over by RabbitMQ 3.10 or later: a durable quorum queue for each lane, confirmed when published, acknowledged when
 * done with. The broker need not be there when this is called, nor stay: what it loses is handed out again.
 *
 * Only what is due belongs here. A hint that falls due later is held by a consumer for at most a minute, and takes the place of
 * others meanwhile; one for later still is let go. Messages that are no hints are kept in the queue `<prefix>.parked`, with the
 * reason in the header `x-invite-me-reason`, until somebody looks at them.
 *
 * @throws InviteMeError `OPTIONS_INVALID`, naming the field; never the URL, which holds a password
 * @example createInviteMe({ store, channels, queue: rabbitmq({ url: 'amqp://localhost' }) })
 * @see docs/decisions/0012-rabbitmq-and-redis.md
 */
export function rabbitmq(options: RabbitmqOptions): Queue {
  const { clock = systemClock, fraction = Math.random, log = silent, ...rest } = options
  const parsed = parseOptions(optionsSchema, rest, 'rabbitmq')
  const names = namesOf(parsed.prefix)
  const world = { url: parsed.url, clock, fraction, log }
  const publisher = new Publisher({
    ...world,
    name: `${parsed.prefix} publisher`,
    lines: [names.parked, ...lanes.map(names.routingKey)],
    declare: (channel) => declareQueues(channel, names),
    publishMs: parsed.publishTimeoutMs,
  })
  const consumers = new Set<HintConsumer>()
  let connected: ChannelModel | undefined
  const consuming = new KeptConnection(world, {
    name: `${parsed.prefix} consumer`,
    setUp: async (connection) => {
      const channel = await connection.createChannel()
      await declareQueues(channel, names)
      await channel.close()
      connected = connection
      for (const consumer of consumers) consumer.attach(connection)
    },
    onLost: () => {
      connected = undefined
    },
  })
  const consumerWorld = {
    names,
    clock,
    log,
    prefetch: parsed.prefetch,
    handleMs: parsed.handleTimeoutMs,
    refusedMs: parsed.refusedPauseMs,
    stopMs: parsed.closeTimeoutMs,
    park: (message: ConsumeMessage, why: ParkHeaders) => publisher.publish([parkedPost(names, message, why)]),
    renew: consuming.renew.bind(consuming),
  }
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await Promise.all([...consumers].map((consumer) => consumer.stop()))
    await Promise.all([publisher.close(), consuming.close()])
  }
  return {
    promises: { redelivers: true, survivesProcess: true, carriesWork: true },
    spanAttributes: (act, lane) => spanAttributes(names, act, lane),
    publish: async (hints) => {
      await publisher.publish(writeHints(hints, clock.now()).map((hint) => hintPost(names, hint)))
    },
    consume: async (handle) => {
      if (closing !== undefined) throw new InviteMeError('STOPPED', 'This queue was closed; make a new one.')
      const consumer = new HintConsumer(consumerWorld, handle)
      consumers.add(consumer)
      consuming.start()
      // Before, it is attached with the others once there is a connection.
      if (connected !== undefined) consumer.attach(connected)
      return async () => {
        consumers.delete(consumer)
        await consumer.stop()
      }
    },
    close: () => (closing ??= close()),
  }
}

/** Each lane has a line of its own: one that hangs holds up no other. */
function hintPost({ exchange, routingKey }: BrokerNames, { body, headers, lane, messageId }: Outgoing): Post {
  return {
    line: routingKey(lane),
    exchange,
    routingKey: routingKey(lane),
    isMandatory: true,
    body,
    options: { messageId, headers, contentType: 'application/json' },
  }
}
