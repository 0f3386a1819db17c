import type { Clock } from '@invite-me/core'
import type { Context } from 'hono'
import type { AppEnv } from './app-world.ts'
import { completeForeign } from './complete-response.ts'
import { requestIdOf } from './request-id.ts'

/** What became of one request; holds no address, no key and no path, which may hold a token. */
export interface RequestRecord {
  readonly method: string
  /** `POST /v1/messages`, or `unmatched`. */
  readonly route: string
  /** 499 when the client went away before there was an answer. */
  readonly status: number
  /** Until the answer began to leave. */
  readonly durationMs: number
  readonly requestId: string
  /** Id of the key it came with, when it came with one. */
  readonly keyId: string | undefined
}

/** Gives each request its id, and its answer the headers every answer has; tells what became of it. */
export function watchRequest(
  clock: Pick<Clock, 'now'>,
  onRequest: ((record: RequestRecord) => void) | undefined,
) {
  return async (context: Context<AppEnv>, next: () => Promise<void>): Promise<void> => {
    const began = clock.now()
    const requestId = requestIdOf(context.req.header('x-request-id'))
    context.set('requestId', requestId)
    context.set('route', 'unmatched')
    context.set('answerHeaders', { 'X-Request-Id': requestId, 'X-Content-Type-Options': 'nosniff' })
    await next()
    completeForeign(context)
    if (onRequest === undefined) return
    const caller = context.get('caller')
    onRequest({
      method: context.req.method,
      route: context.get('route'),
      status: hasGone(context) ? 499 : context.res.status,
      durationMs: clock.now() - began,
      requestId,
      keyId: caller?.kind === 'key' ? caller.key.id : undefined,
    })
  }
}

/** Whether the client went away before its answer; where Node serves, its response says so without an `AbortSignal` being made. */
function hasGone({ env, req }: Context<AppEnv>): boolean {
  const { outgoing } = env as { readonly outgoing?: { readonly destroyed: boolean } }
  return outgoing?.destroyed ?? req.raw.signal.aborted
}
