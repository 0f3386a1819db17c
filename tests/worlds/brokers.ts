import type { DueHint, Queue } from '@invite-me/core'
import type { InviteMeTestOptions, VirtualClock } from '@invite-me/core/testing'
import { rabbitmq } from '@invite-me/server/rabbitmq'
import { redisNotifier } from '@invite-me/server/redis'
import { onTestFinished } from 'vitest'
import { emptyBroker } from '../peers/rabbitmq-server.ts'
import { findRedis } from '../peers/redis-server.ts'
import type { WorldName } from './world.ts'

/** What one process of a test has between itself and the others. */
export type Middleware = (clock: VirtualClock) => Promise<Pick<InviteMeTestOptions, 'queue' | 'notifier'>>

/** What stands between the processes of a world, under names nobody else uses. It ends with its test. */
export async function brokers(world: WorldName): Promise<Middleware> {
  const broker = await emptyBroker()
  onTestFinished(() => broker.remove())
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
      queue.consume((hints) => {
        for (const hint of hints) for (const name of namesOf(hint)) underWay.delete(name)
        return clock.track(handle(hints))
      }),
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
