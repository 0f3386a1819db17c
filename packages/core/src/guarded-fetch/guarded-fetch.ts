import { lookup } from 'node:dns/promises'
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { checkUrl, hostOf, type UrlRules } from './checked-url.ts'
import { isPublicAddress } from './public-address.ts'

/** Code of the error for a URL that must not be called: nothing was sent. */
export const refusedCode = 'ADDRESS_REFUSED'

/** What a guarded fetch lets through, and how it gets there. */
export interface GuardOptions extends UrlRules {
  /** Every address a name has; default the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly string[]>
  /** Certificates to trust instead of the system's, in PEM form. */
  readonly ca?: string
  /** Most bytes of an answer that are read (default 64 KiB); the rest is left. */
  readonly maxBytes?: number
}

/** Like `fetch`, for URLs of strangers. */
export type GuardedFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Makes a `fetch` for URLs strangers gave us, so that none of them reaches into our own network (server-side request
 * forgery): every address of the name must be public, and the connection goes to an address that was checked, not to what
 * a second look at the name would say. Redirects are answers like any other, connections are never shared.
 *
 * @returns a `fetch` that rejects with a `TypeError` whose cause has the code `ADDRESS_REFUSED`, or the network's own
 */
export function guardedFetch(options: GuardOptions = {}): GuardedFetch {
  return async (input, init) => {
    const text = input instanceof Request ? input.url : String(input)
    const checked = checkUrl(text, options)
    if (!checked.ok) throw failed(codedError(refusedCode, `The URL must not be called: ${checked.reason}.`))
    const request = new Request(input, init)
    const addresses = await checkedAddresses(hostOf(checked.url), request.signal, options)
    const body = new Uint8Array(await request.arrayBuffer())
    try {
      return await exchange({ url: checked.url, request, body, addresses, options })
    } catch (error) {
      throw failed(error)
    }
  }
}

/** @throws TypeError when one of them must not be connected to, or none is found in time */
async function checkedAddresses(
  host: string,
  signal: AbortSignal,
  { isAllowed = isPublicAddress, resolve = resolveBySystem }: GuardOptions,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const addresses = await beforeAbort(resolve(host), signal).catch((error: unknown) => {
    throw failed(error)
  })
  if (addresses.length === 0) throw failed(codedError('ENOTFOUND', 'The name has no address.'))
  // One private address among public ones is no mistake of an honest owner.
  if (!addresses.every((address) => isIP(address) !== 0 && isAllowed(address)))
    throw failed(codedError(refusedCode, 'The name leads into a private network.'))
  return addresses
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}

/** Resolvers cannot be called off. Nothing has been sent yet when time runs out here, and the code says so. */
function beforeAbort<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(codedError('EAI_AGAIN', 'The name was not resolved in time.'))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}

interface Exchange {
  readonly url: URL
  readonly request: Request
  readonly body: Uint8Array<ArrayBuffer>
  readonly addresses: readonly string[]
  readonly options: GuardOptions
}

function exchange({ addresses, body, options, request, url }: Exchange): Promise<Response> {
  const isSecure = url.protocol === 'https:'
  const host = hostOf(url)
  const wanted: RequestOptions & { readonly servername?: string; readonly ca?: string } = {
    host,
    path: `${url.pathname}${url.search}`,
    ...(url.port !== '' && { port: url.port }),
    method: request.method,
    headers: { ...Object.fromEntries(request.headers), 'content-length': String(body.length) },
    signal: request.signal,
    // A connection of its own: one left open by an earlier exchange may be closed by its server just now.
    agent: false,
    lookup: answerWith(addresses),
    // A name with a dot at its end is the same name; certificates are made out without it.
    ...(isSecure && isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
    ...(options.ca !== undefined && { ca: options.ca }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = (isSecure ? requestHttps : requestHttp)(wanted)
    // An answer in another protocol (101) closes the connection without an error.
    const closed = () => reject(codedError('ECONNRESET', 'The connection was closed without an answer.'))
    outgoing.on('error', reject).once('close', closed)
    outgoing.once('response', (incoming) => {
      // From here on the answer decides; a connection that breaks only cuts it short.
      outgoing
        .off('close', closed)
        .off('error', reject)
        .on('error', () => undefined)
      readAnswer(incoming, options.maxBytes ?? 65_536).then(resolve, reject)
    })
    outgoing.end(body)
  })
}

/** Answers every look at the name with the addresses that were checked. */
function answerWith(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, { all: wantsAll, family }, done) => {
    const fitting = family === 4 || family === 6 ? all.filter((one) => one.family === family) : all
    const [first] = fitting
    if (first === undefined) done(codedError('ENOTFOUND', 'No address of this family.'), [])
    else if (wantsAll === true) done(null, fitting)
    else done(null, first.address, first.family)
  }
}

/** A status says how it ended even when the body is cut short, so a body is given as far as it came. */
async function readAnswer(incoming: IncomingMessage, maxBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.subarray(0, maxBytes - size))
      size += chunk.length
      if (size >= maxBytes) break
    }
  } catch {
    // Cut short.
  } finally {
    incoming.destroy()
  }
  const status = incoming.statusCode ?? 0
  // No number `Response` can hold; `fetch` fails here as well.
  if (status < 200 || status > 599) throw codedError('ERR_HTTP_INVALID_STATUS_CODE', 'This is no answer.')
  const hasBody = status !== 204 && status !== 205 && status !== 304
  return new Response(hasBody ? Buffer.concat(chunks) : null, { status, headers: headersOf(incoming) })
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  return headers
}

function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}

function failed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause })
}
