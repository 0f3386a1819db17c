import type { Context } from 'hono'
import type { AppEnv } from './app-world.ts'

/**
 * Makes an answer that has every header answers have. They are given as a plain object, which Node's server writes down as it is;
 * a `Headers` would be filled, sorted and read again for each request.
 *
 * @param contentType of the body; absent when there is none
 */
export function completeResponse(
  context: Context<AppEnv>,
  status: number,
  body: string | null,
  contentType?: string,
): Response {
  const headers: Record<string, string> = { ...context.get('answerHeaders'), 'Cache-Control': 'no-store' }
  if (contentType !== undefined) headers['Content-Type'] = contentType
  context.set('isComplete', true)
  return new Response(body, { status, headers })
}

/** Gives an answer that came from elsewhere (a stream, a page) the headers answers have. */
export function completeForeign(context: Context<AppEnv>): void {
  if (context.get('isComplete') === true) return
  const response = context.res
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(context.get('answerHeaders'))) headers.set(name, value)
  if (!headers.has('cache-control')) headers.set('Cache-Control', 'no-store')
  try {
    for (const [name, value] of headers) response.headers.set(name, value)
  } catch {
    // It may refuse to be changed.
    context.res = undefined
    context.res = new Response(response.body, { status: response.status, headers })
  }
}
