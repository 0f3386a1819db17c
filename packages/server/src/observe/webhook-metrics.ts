import type { PostResult, Store, WebhookSender } from '@invite-me/core'
import type { Clock } from '@invite-me/core/channel'
import { Counter, Gauge, type Registry } from 'prom-client'

/** Adds what is posted to webhook endpoints, and how late that is. */
export function addWebhookMetrics(
  registry: Registry,
  clock: Clock,
): {
  readonly countedSender: (sender: WebhookSender) => WebhookSender
  readonly watch: (webhooks: Pick<Store['webhooks'], 'waiting'>) => void
} {
  const posts = new Counter({
    name: 'invite_me_webhook_posts_total',
    help: 'Posts of this process to webhook endpoints, by the class of the status, or "none" when there was no answer.',
    labelNames: ['status'],
    registers: [registry],
  })
  return {
    countedSender: (sender) => ({
      ...sender,
      post: async (given, signal) => {
        try {
          const result = await sender.post(given, signal)
          posts.inc({ status: classOf(result) })
          return result
        } catch (error) {
          posts.inc({ status: 'none' })
          throw error
        }
      },
    }),
    watch: (webhooks) => {
      addWaiting(registry, clock, webhooks)
    },
  }
}

function classOf({ status }: PostResult): string {
  return status === null ? 'none' : `${String(Math.floor(status / 100))}xx`
}

type Waiting = Awaited<ReturnType<Store['webhooks']['waiting']>>

function addWaiting(registry: Registry, clock: Clock, webhooks: Pick<Store['webhooks'], 'waiting'>): void {
  // The store's trouble shows in the backlog; here the last figures stay then.
  const read = (): Promise<Waiting | undefined> => webhooks.waiting().catch(() => undefined)
  new Gauge({
    name: 'invite_me_webhooks_late_seconds',
    help: 'How long the oldest due post to a webhook endpoint has been due; 0 when none is.',
    registers: [registry],
    async collect() {
      const endpoints = await read()
      if (endpoints !== undefined) this.set(latenessOf(endpoints, clock.now()) / 1_000)
    },
  })
  new Gauge({
    name: 'invite_me_webhook_endpoints',
    help: 'Enabled webhook endpoints: idle have taken everything, waiting have posts to come, failing refuse them.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const endpoints = await read()
      if (endpoints === undefined) return
      const counts = { idle: 0, waiting: 0, failing: 0 }
      for (const { failingSince, dueAt } of endpoints)
        counts[failingSince !== null ? 'failing' : dueAt === null ? 'idle' : 'waiting'] += 1
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
    },
  })
}

function latenessOf(endpoints: Waiting, nowMs: number): number {
  const moments = endpoints.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt.getTime()]))
  return moments.length === 0 ? 0 : Math.max(0, nowMs - Math.min(...moments))
}
