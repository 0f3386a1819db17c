import type { Channel } from 'amqplib'
import { lanes, type Lane } from '@invite-me/core'

/** Times a hint may come back before it is parked; also told to the broker, which counts when we cannot. */
export const mostReturns = 20
/** Hints that may wait in one lane. More are refused, not dropped: without dispatchers the broker's disk must not fill. */
const mostWaiting = 10_000

/** What a prefix stands for on the broker. */
export interface BrokerNames {
  readonly exchange: string
  /** Where strange messages lie until a person looks at them. */
  readonly parked: string
  readonly queue: (lane: Lane) => string
  readonly routingKey: (lane: Lane) => string
}

/** Names everything after a prefix: the exchange `invite-me`, the queues `invite-me.lane.1` … `.6` and `invite-me.parked`. */
export function namesOf(prefix: string): BrokerNames {
  return {
    exchange: prefix,
    parked: `${prefix}.parked`,
    queue: (lane) => `${prefix}.lane.${String(lane)}`,
    routingKey: (lane) => `lane.${String(lane)}`,
  }
}

/**
 * Makes what is not there yet: the exchange, a queue for each lane, and the parking place. Safe to repeat.
 *
 * The arguments of a queue cannot be changed (the broker refuses with 406), so another set of them needs other names.
 *
 * @throws what the broker says, when something of these names exists with other arguments or may not be made
 * @see https://www.rabbitmq.com/docs/quorum-queues
 */
export async function declareQueues(channel: Channel, names: BrokerNames): Promise<void> {
  await channel.assertExchange(names.exchange, 'direct', { durable: true })
  await channel.assertQueue(names.parked, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
  for (const lane of lanes) {
    await channel.assertQueue(names.queue(lane), { durable: true, arguments: laneArguments(names) })
    await channel.bindQueue(names.queue(lane), names.exchange, names.routingKey(lane))
  }
}

function laneArguments({ parked }: BrokerNames): Readonly<Record<string, string | number>> {
  return {
    'x-queue-type': 'quorum',
    // RabbitMQ 4 has this limit by default and drops what exceeds it, unless it is told where to put it.
    'x-delivery-limit': mostReturns,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': parked,
    // Parking without loss needs the queue to refuse, rather than drop, when it is full.
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
    'x-max-length': mostWaiting,
  }
}
