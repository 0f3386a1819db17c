import type { Channel } from 'amqplib'
import { lanes, type Lane, type Queue } from '@invite-me/core'

/** Times a hint may come back before it is parked; also told to the broker, which counts when we cannot. */
export const mostReturns = 20
/** The same of a command, which nobody hands out again: each is a process that died of it, or ten minutes without a database. */
export const mostCommandReturns = 50
/** Hints that may wait in one lane. More are refused, not dropped: without dispatchers the broker's disk must not fill. */
const mostWaiting = 10_000

/** What a prefix stands for on the broker. */
export interface BrokerNames {
  readonly exchange: string
  /** Where strange messages lie until a person looks at them. */
  readonly parked: string
  /** The queue programs put commands into. */
  readonly commands: string
  /** The topic exchange events are published to. */
  readonly events: string
  readonly queue: (lane: Lane) => string
  readonly routingKey: (lane: Lane) => string
}

/**
 * Names everything after a prefix: the exchanges `invite-me` and `invite-me.events`, the queues `invite-me.lane.1` … `.6`,
 * `invite-me.commands` and `invite-me.parked`.
 */
export function namesOf(prefix: string): BrokerNames {
  return {
    exchange: prefix,
    parked: `${prefix}.parked`,
    commands: `${prefix}.commands`,
    events: `${prefix}.events`,
    queue: (lane) => `${prefix}.lane.${String(lane)}`,
    routingKey: (lane) => `lane.${String(lane)}`,
  }
}

/**
 * What a span says of a lane's queue, as OpenTelemetry names it.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/
 */
export function spanAttributes(
  { exchange, queue, routingKey }: BrokerNames,
  act: 'publish' | 'take',
  lane: Lane,
): ReturnType<NonNullable<Queue['spanAttributes']>> {
  const place = `${exchange}:${routingKey(lane)}`
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.name': act,
    'messaging.operation.type': act === 'publish' ? 'send' : 'process',
    'messaging.destination.name': act === 'publish' ? place : `${place}:${queue(lane)}`,
    'messaging.rabbitmq.destination.routing_key': routingKey(lane),
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
  await declareParking(channel, names)
  for (const lane of lanes) {
    await channel.assertQueue(names.queue(lane), { durable: true, arguments: laneArguments(names) })
    await channel.bindQueue(names.queue(lane), names.exchange, names.routingKey(lane))
  }
}

/**
 * Makes the queue of commands, unless it is there, and the parking place. It has no greatest length: that is for a policy of the
 * broker's operator to set, since an argument could never be changed again.
 *
 * @throws as `declareQueues`
 */
export async function declareCommands(channel: Channel, names: BrokerNames): Promise<void> {
  await declareParking(channel, names)
  await channel.assertQueue(names.commands, {
    durable: true,
    arguments: parkingArguments(names, mostCommandReturns),
  })
}

/**
 * Makes the exchange of events, unless it is there.
 *
 * @throws as `declareQueues`
 */
export async function declareEvents(channel: Channel, names: BrokerNames): Promise<void> {
  await channel.assertExchange(names.events, 'topic', { durable: true })
}

async function declareParking(channel: Channel, { parked }: BrokerNames): Promise<void> {
  await channel.assertQueue(parked, { durable: true, arguments: { 'x-queue-type': 'quorum' } })
}

function laneArguments(names: BrokerNames): Readonly<Record<string, string | number>> {
  return { ...parkingArguments(names, mostReturns), 'x-max-length': mostWaiting }
}

function parkingArguments(
  { parked }: BrokerNames,
  returns: number,
): Readonly<Record<string, string | number>> {
  return {
    'x-queue-type': 'quorum',
    // RabbitMQ 4 has a limit of 20 by default and drops what exceeds it, unless it is told where to put it.
    'x-delivery-limit': returns,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': parked,
    // Parking without loss needs the queue to refuse, rather than drop, when it is full.
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  }
}
