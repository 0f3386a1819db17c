import { Histogram, type Registry } from 'prom-client'
import type { RequestRecord } from '../app/watch-request.ts'

/** From what a cached answer takes to the longest wait of a long poll. */
const buckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Adds what became of requests. Returns what counts one. */
export function addHttpMetrics(registry: Registry): (record: RequestRecord) => void {
  const durations = new Histogram({
    name: 'invite_me_http_request_duration_seconds',
    help: 'Time until an HTTP answer began to leave, long polls included, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers: [registry],
  })
  return ({ method, route, status, durationMs }) => {
    durations.observe(
      { method: methods.has(method) ? method : 'other', route: pathOf(route), status: String(status) },
      Math.max(0, durationMs) / 1_000,
    )
  }
}

/** `POST /v1/messages` → `/v1/messages`: the method has a label of its own. */
function pathOf(route: string): string {
  return route.slice(route.indexOf(' ') + 1)
}
