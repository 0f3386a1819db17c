import type { DueHint, Queue } from '@invite-me/core'
import type { InviteMeTestOptions, VirtualClock } from '@invite-me/core/testing'
import { rabbitmq } from '@invite-me/server/rabbitmq'
import { redisNotifier } from '@invite-me/server/redis'
import { connect, type ChannelModel } from 'amqplib'
import { onTestFinished } from 'vitest'
import { emptyBroker, type EmptyBroker } from '../peers/rabbitmq-server.ts'
import { findRedis } from '../peers/redis-server.ts'
import type { WorldName } from './world.ts'

/** What one process of a test has between itself and the others. */
export type Middleware = (clock: VirtualClock) => Promise<Pick<InviteMeTestOptions, 'queue' | 'notifier'>>

/** Names on the broker whose queues are there and empty: making the queues takes longer than most tests. */
interface Place {
  readonly broker: EmptyBroker
  /** Cleans up between tests. */
  readonly connection: ChannelModel
}

const free: Place[] = []

/** Deletes the queues of this process; called when its last test has ended. */
export async function dropQueues(): Promise<void> {
  for (const { broker, connection } of free.splice(0)) {
    await connection.close()
    await broker.remove()
  }
}

async function takePlace(): Promise<Place> {
  const known = free.pop()
  if (known !== undefined) return known
  const broker = await emptyBroker()
  return { broker, connection: await connect(broker.url, { timeout: 5_000 }) }
}

/** Hints of a test that has ended must not reach the next one, whose ids are the same. */
async function release(place: Place): Promise<void> {
  const { broker, connection } = place
  const channel = await connection.createChannel()
  // Where nothing was ever asked for no queue is; that closes the channel, and there is nothing to empty.
  channel.on('error', () => undefined)
  const lanes = [1, 2, 3, 4, 5, 6]
  await Promise.all(lanes.map((lane) => channel.purgeQueue(`${broker.prefix}.lane.${String(lane)}`)))
    .then(() => channel.close())
    .catch(() => undefined)
  free.push(place)
}

/** What stands between the processes of a world, under names nobody else uses. It ends with its test. */
export async function brokers(world: WorldName): Promise<Middleware> {
  const place = await takePlace()
  const { broker } = place
  onTestFinished(() => release(place))
  const redis = world === 'rabbitmq' ? undefined : await findRedis()
  const underWay = new Set<string>()
  return async (clock) => ({
    queue: awaited(rabbitmq({ url: broker.url, prefix: broker.prefix }), clock, underWay),
    ...(redis !== undefined && { notifier: redisNotifier(redis) }),
  })
}

/** A virtual clock must not run ahead of the broker: it waits for what was published until somebody has it. */
function awaited(queue: Queue, clock: VirtualClock, underWay: Set<string>): Queue {
  return {
    ...queue,
    publish: async (hints) => {
      for (const hint of hints) for (const name of namesOf(hint)) underWay.add(name)
      await clock.track(queue.publish(hints))
      void clock.track(arrived(hints, underWay))
    },
    consume: (handle) =>
      clock.track(
        queue.consume((hints) => {
          for (const hint of hints) for (const name of namesOf(hint)) underWay.delete(name)
          return clock.track(handle(hints))
        }),
      ),
  }
}

function namesOf({ items = [] }: DueHint): readonly string[] {
  return items.map(({ deliveryId, attempt }) => `${deliveryId} ${String(attempt)}`)
}

/** Resolves when each was handed over, or nobody takes any. */
async function arrived(hints: readonly DueHint[], underWay: ReadonlySet<string>): Promise<void> {
  const names = hints.flatMap(namesOf)
  for (let look = 0; look < 100 && names.some((name) => underWay.has(name)); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
}
