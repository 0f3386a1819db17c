import { systemClock, type DueHint, type Queue } from '@invite-me/core'
import type { InviteMeTestOptions, VirtualClock } from '@invite-me/core/testing'
import { rabbitmq } from '@invite-me/server/rabbitmq'
import { redisNotifier } from '@invite-me/server/redis'
import { connect, type ChannelModel } from 'amqplib'
import { onTestFinished } from 'vitest'
import { emptyBroker, type EmptyBroker } from '../peers/rabbitmq-server.ts'
import { findRedis } from '../peers/redis-server.ts'
import { patientClock } from './patient-clock.ts'
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

/** A broker that takes longer has lost it, or it waits behind a consumer that hangs. */
const longestWayMs = 10_000

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
  const traffic = new Traffic()
  return async (clock) => ({
    queue: awaited(
      // It waits in real time, as the broker does, but what is due is due by the clock of the test.
      rabbitmq({
        url: broker.url,
        prefix: broker.prefix,
        clock: { schedule: systemClock.schedule, now: () => clock.now() },
      }),
      clock,
      traffic,
    ),
    ...(redis !== undefined && { notifier: redisNotifier(redis) }),
  })
}

/** What is on its way between the processes of one test. */
class Traffic {
  readonly #names = new Set<string>()
  #consumers = 0

  leave(hints: readonly DueHint[]): readonly string[] {
    const names = hints.flatMap(({ items = [] }) =>
      items.map(({ deliveryId, attempt }) => `${deliveryId} ${String(attempt)}`),
    )
    for (const name of names) this.#names.add(name)
    return names
  }

  arrive(hints: readonly DueHint[]): void {
    for (const { items = [] } of hints)
      for (const { deliveryId, attempt } of items) this.#names.delete(`${deliveryId} ${String(attempt)}`)
  }

  /** @returns tells that they consume no more */
  addConsumer(): () => void {
    this.#consumers += 1
    return () => {
      this.#consumers -= 1
    }
  }

  /** Resolves when each was handed over, or nobody takes any, or the broker certainly will not give them. */
  async arrived(names: readonly string[]): Promise<void> {
    const giveUpAtMs = performance.now() + longestWayMs
    const isUnderWay = (): boolean => this.#consumers > 0 && names.some((name) => this.#names.has(name))
    while (isUnderWay() && performance.now() < giveUpAtMs)
      await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A virtual clock must not run ahead of the broker: it waits for what was published until somebody has it. */
function awaited(queue: Queue, impatient: VirtualClock, traffic: Traffic): Queue {
  const clock = patientClock(impatient)
  return {
    ...queue,
    publish: async (hints) => {
      const names = traffic.leave(hints)
      await clock.track(queue.publish(hints))
      void clock.track(traffic.arrived(names))
    },
    consume: async (handle) => {
      const leave = traffic.addConsumer()
      const end = await clock.track(
        queue.consume((hints) => {
          traffic.arrive(hints)
          // What it does in the store the clock waits for anyway; and for a free place it waits by that clock.
          return handle(hints)
        }),
      )
      return async () => {
        leave()
        await end()
      }
    },
  }
}
