import { systemClock, type Clock, type EventPublisher, type Log, type OutgoingEvent } from '@invite-me/core'
import { declareEvents, namesOf, type BrokerNames } from './rabbitmq-names.ts'
import { Publisher, type Post } from './rabbitmq-publisher.ts'

/** How events are published to RabbitMQ. */
export interface EventsOptions {
  /** With the password; never in a log. */
  readonly url: string
  /** Begins the names of everything on the broker. */
  readonly prefix: string
  readonly log: Log
  readonly clock?: Clock
  /** Longest time for the broker to confirm (default 5,000 ms). */
  readonly publishMs?: number
}

/**
 * Publishes events to the topic exchange `<prefix>.events`, the type of each as its routing key. What no queue is bound for goes
 * nowhere, as the broker has it.
 *
 * @see docs/guides/rabbitmq.md
 */
export function rabbitmqEvents({
  url,
  prefix,
  log,
  clock = systemClock,
  publishMs = 5_000,
}: EventsOptions): EventPublisher {
  const names = namesOf(prefix)
  const publisher = new Publisher({
    url,
    clock,
    log,
    fraction: Math.random,
    name: `${prefix} events`,
    // One channel: the broker keeps the order of what comes by one.
    lines: [names.events],
    declare: (channel) => declareEvents(channel, names),
    publishMs,
  })
  return {
    publish: (events) => publisher.publish(events.map((event) => eventPost(names, event))),
    close: () => publisher.close(),
  }
}

function eventPost({ events }: BrokerNames, { id, type, at, body }: OutgoingEvent): Post {
  return {
    line: events,
    exchange: events,
    routingKey: type,
    isMandatory: false,
    body: Buffer.from(body),
    options: {
      messageId: id,
      type,
      timestamp: Math.floor(at.getTime() / 1_000),
      contentType: 'application/json',
    },
  }
}
