import { createHash, createHmac } from 'node:crypto'
import { isSameSecret } from '../shared/webhook.ts'

/** What Twilio signs. */
export interface SignedRequest {
  /** As Twilio called it, with its query. */
  readonly url: string
  readonly body: Uint8Array
  /** Header X-Twilio-Signature. */
  readonly signature: string
}

/**
 * Checks X-Twilio-Signature: base64 of HMAC-SHA1 over the address and every field of the form, in order of their names. A
 * body that is no form is covered by its SHA-256 in the query (`bodySHA256`).
 *
 * The port may have been signed or not, and some of Twilio's services sign the query in another spelling; each is tried, as
 * the official libraries do (twilio-node 6.2.0, webhooks.ts; its 17 vectors are in the test). There is no time in it, so a
 * request stays good for ever: whoever uses it must know again what was seen before.
 *
 * @param tokens auth tokens, any of which may have signed
 */
export function isSigned({ body, signature, url }: SignedRequest, tokens: readonly string[]): boolean {
  const digest = bodyDigest(url)
  const fields = digest === undefined ? joinedFields(new URLSearchParams(Buffer.from(body).toString())) : ''
  if (digest !== undefined && !isSameSecret(digest, createHash('sha256').update(body).digest('hex')))
    return false
  const expected = spellings(url).flatMap((spelt) =>
    tokens.map((token) => createHmac('sha1', token).update(`${spelt}${fields}`).digest('base64')),
  )
  // All are compared, so that the time does not tell which one was near.
  return expected.filter((one) => isSameSecret(one, signature)).length > 0
}

/** Whether a request carries something else than a form. */
export function bodyDigest(url: string): string | undefined {
  return URL.canParse(url) ? (new URL(url).searchParams.get('bodySHA256') ?? undefined) : undefined
}

/** Names and values one after the other; a name given several times has its distinct values in order. */
function joinedFields(form: URLSearchParams): string {
  const names = [...new Set(form.keys())].toSorted(byCodeUnit)
  return names
    .flatMap((name) => [...new Set(form.getAll(name))].toSorted(byCodeUnit).map((value) => `${name}${value}`))
    .join('')
}

function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}

function spellings(url: string): readonly string[] {
  const bare = url.replace(/#.*$/s, '')
  const normal = URL.canParse(bare) ? new URL(bare).href : bare
  return [
    ...new Set(
      [bare, normal, withPlainQuery(normal)].flatMap((spelt) => [withoutPort(spelt), withPort(spelt)]),
    ),
  ]
}

const parts = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(:\d*)?(.*)$/is

function withoutPort(url: string): string {
  return url.replace(parts, '$1$2$3$5')
}

function withPort(url: string): string {
  const port = parts.exec(url)?.[4]
  if (port !== undefined) return url
  return url.replace(parts, `$1$2$3${/^https:/i.test(url) ? ':443' : ':80'}$5`)
}

/** The query as Node's old `querystring` writes it, which escapes more than a URL needs. */
function withPlainQuery(url: string): string {
  const start = url.indexOf('?')
  if (start === -1 || start === url.length - 1) return url
  const query = [...new URLSearchParams(url.slice(start + 1))]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
  return `${url.slice(0, start)}?${query}`
}
