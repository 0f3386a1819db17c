import type { InviteMe } from '@invite-me/core'
import { Hono } from 'hono'

/** Longest time the store may take to say that it is there. */
const storeDeadlineMs = 2_000

/** What a process without the HTTP interface tells of itself. */
export interface HealthOptions {
  readonly inviteMe: Pick<InviteMe, 'events'>
  /** False once it is stopping. */
  readonly isReady: () => boolean
  /** Absent: no metrics. */
  readonly metrics?: () => Promise<{ readonly body: string; readonly contentType: string }>
}

/** Serves `/healthz`, `/readyz` and `/metrics`, as the HTTP interface does, for processes that only work. */
export function healthPages({
  inviteMe,
  isReady,
  metrics,
}: HealthOptions): (request: Request) => Promise<Response> {
  const app = new Hono({ strict: true })
  app.get('/healthz', (context) => context.json({ status: 'ok' }))
  app.get('/readyz', async (context) => {
    if (isReady() && (await answers(inviteMe))) return context.json({ status: 'ready' })
    return context.json({ status: isReady() ? 'store unavailable' : 'stopping' }, 503, { 'retry-after': '1' })
  })
  if (metrics !== undefined)
    app.get('/metrics', async () => {
      const { body, contentType } = await metrics()
      return new Response(body, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } })
    })
  app.notFound((context) => context.text('There are /healthz, /readyz and /metrics.\n', 404))
  return async (request) => app.fetch(request)
}

async function answers({ events }: Pick<InviteMe, 'events'>): Promise<boolean> {
  let overdue: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    overdue = setTimeout(() => resolve(false), storeDeadlineMs)
  })
  try {
    return await Promise.race([events.last().then(() => true), late])
  } catch {
    return false
  } finally {
    clearTimeout(overdue)
  }
}
