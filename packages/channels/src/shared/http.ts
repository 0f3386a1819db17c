import type { SendOutcome } from '@invite-me/core/channel'
import ky from 'ky'

export { retryAfterMs } from '@invite-me/core/channel'

/** Most bytes of an answer that are read; providers' answers are far smaller. */
const defaultMaxBytes = 262_144

/** A request to a provider. */
export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
  /** Most bytes of the answer that are read (default 256 KiB); the rest is left. */
  readonly maxBytes?: number
  /** Does the request; default the runtime's `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

/** What came of a request. */
export type HttpReply =
  | { readonly ok: true; readonly status: number; readonly headers: Headers; readonly body: string }
  /** No answer. `isSent` is false only when certainly no byte has left. */
  | { readonly ok: false; readonly isSent: boolean; readonly code: string | undefined }

/**
 * Sends one request: no retry (the engine owns retries), no redirect followed (it would carry message and credentials to a
 * server nobody named), a bounded answer. The deadline is the signal's.
 *
 * @returns any status as an answer; never throws for what the network or the server does
 */
export async function request(url: string, options: HttpRequest): Promise<HttpReply> {
  const { method = 'GET', headers = {}, body, signal, maxBytes = defaultMaxBytes, fetch } = options
  if (signal.aborted) return { ok: false, isSent: false, code: 'aborted' }
  try {
    const response = await ky(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(fetch !== undefined && { fetch }),
      signal,
      redirect: 'manual',
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    })
    return {
      ok: true,
      status: response.status,
      headers: response.headers,
      body: await readStart(response, maxBytes),
    }
  } catch (error) {
    const code = codeOf(error)
    return { ok: false, isSent: code === undefined || !beforeSending.test(code), code }
  }
}

/** Failures that come before a byte of the request has left: names, routes, connections, certificates. */
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+|\w+_CERT\w*|UNABLE_TO_VERIFY_LEAF_SIGNATURE|ERR_INVALID_URL|ADDRESS_REFUSED)$/

/** The network's own code, however deep the libraries have wrapped it. */
function codeOf(error: unknown): string | undefined {
  let current: unknown = error
  for (let depth = 0; depth < 6 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, cause, errors } = current as Readonly<Record<string, unknown>>
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code
    current = cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return undefined
}

/** Sorts a request that got no answer: what broke after it left may have been sent. */
export function outcomeOfSilence({
  isSent,
  code,
}: Extract<HttpReply, { ok: false }>): Extract<SendOutcome, { status: 'unknown' | 'retryable' }> {
  const told = { scope: 'provider', ...(code !== undefined && { providerCode: code }) } as const
  return isSent
    ? { ...told, status: 'unknown', detail: 'the connection broke before the provider answered' }
    : { ...told, status: 'retryable', detail: 'the provider cannot be reached' }
}

/** Reads a JSON object; anything else is an empty one. */
export function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

async function readStart(response: Response, maxBytes: number): Promise<string> {
  let text = ''
  let bytes = 0
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    text += decoder.decode(chunk, { stream: true })
    if (bytes > maxBytes) break
  }
  return text
}
