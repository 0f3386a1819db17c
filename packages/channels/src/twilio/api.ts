import { request, type HttpReply } from '../shared/http.ts'
import type { TwilioClient } from './client.ts'
import type { TwilioOptions } from './options.ts'

/** A call of the account's part of the API. */
export interface TwilioCall {
  /** Below `/2010-04-01/Accounts/<sid>`: `/Messages.json`. */
  readonly path: string
  /** Fields to post; absent: the resource is read. */
  readonly form?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Most bytes of the answer that are read; default 256 KiB. */
  readonly maxBytes?: number
}

/** Calls Twilio with the credentials of the options. Trouble comes back as a value. */
export type TwilioApi = (call: TwilioCall) => Promise<HttpReply>

/** Makes such a caller; nothing is opened yet. */
export function twilioApi(
  options: Pick<TwilioOptions, 'accountSid' | 'apiKey' | 'authToken' | 'baseUrl' | 'client'>,
): TwilioApi {
  const { accountSid, apiKey, authToken = '', baseUrl, client } = options
  const [user, password] = apiKey === undefined ? [accountSid, authToken] : [apiKey.sid, apiKey.secret]
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const way =
    client === undefined
      ? { headers: { accept: 'application/json', authorization } }
      : { fetch: fetchBy(client) }
  return ({ form, path, query = {}, signal, maxBytes }) => {
    const search = Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query).toString()}`
    return request(`${baseUrl}/2010-04-01/Accounts/${accountSid}${path}${search}`, {
      ...way,
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
      ...(maxBytes !== undefined && { maxBytes }),
      signal,
    })
  }
}

/** Lets a client of the package do requests: its own login, agent and headers, our deadline and reading. */
function fetchBy(client: TwilioClient): typeof globalThis.fetch {
  return async (input, init) => {
    const asked = new Request(input, init)
    const data =
      asked.method === 'POST' ? Object.fromEntries(new URLSearchParams(await asked.text())) : undefined
    const answered: unknown = await Promise.race([
      client.request({
        method: asked.method === 'POST' ? 'post' : 'get',
        uri: asked.url,
        ...(data !== undefined && { data }),
      }),
      aborted(asked.signal),
    ])
    return responseOf(answered)
  }
}

/** The package's answers have `statusCode`, `headers` and a body that is parsed when it was JSON (6.2.0). */
function responseOf(answered: unknown): Response {
  const { body, headers, statusCode } = Object(answered) as Readonly<Record<string, unknown>>
  const status = typeof statusCode === 'number' && statusCode >= 200 && statusCode <= 599 ? statusCode : 502
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {})
  const kept = Object.entries(Object(headers) as Readonly<Record<string, unknown>>).flatMap(
    ([name, value]): [string, string][] => (typeof value === 'string' ? [[name, value]] : []),
  )
  return new Response([204, 205, 304].includes(status) ? null : text, { status, headers: kept })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
