import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** Which URLs of strangers may be called. */
export interface UrlRules {
  /** Takes `http://` too; default only `https://`. */
  readonly allowHttp?: boolean
  /** Ports beside 443, 8443 (and 80, 8080 with `allowHttp`); `any` takes all. */
  readonly ports?: readonly number[] | 'any'
  /** Whether an IP address may be connected to; default {@link isPublicAddress}. */
  readonly isAllowed?: (address: string) => boolean
}

/** A URL that may be called, or why it may not. Reasons never repeat the URL. */
export type CheckedUrl =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly reason: string }

/** Where web servers live; any other port is more likely a database, a mail server or an administrator's door. */
const usualPorts: Readonly<Record<string, readonly number[]>> = {
  'https:': [443, 8443],
  'http:': [80, 8080],
}

/**
 * Parses a URL a stranger gave us as `fetch` would (WHATWG) and checks what can be told without asking for its name: scheme,
 * user name, port, and addresses written as numbers in any spelling. What a name leads to is checked by `guardedFetch`.
 */
export function checkUrl(text: string, rules: UrlRules = {}): CheckedUrl {
  const { allowHttp = false, isAllowed = isPublicAddress, ports = [] } = rules
  // The parser would drop or turn these quietly, and the text would then not be the address it seems to be.
  if (/[\p{Cc}\p{Zs}\u2028\u2029\\]/u.test(text)) return refused('it must be one URL without spaces')
  if (!URL.canParse(text)) return refused('it is not a URL')
  const url = new URL(text)
  if (url.protocol !== 'https:' && !(allowHttp && url.protocol === 'http:'))
    return refused('it must begin with https://')
  if (url.username !== '' || url.password !== '') return refused('it must not carry a user name')
  const usual = usualPorts[url.protocol] ?? []
  if (ports !== 'any' && url.port !== '' && ![...usual, ...ports].includes(Number(url.port)))
    return refused('its port is not one that is called')
  const host = hostOf(url)
  const address = /(^|\.)localhost\.?$/.test(host) ? '127.0.0.1' : host
  if (isIP(address) !== 0 && !isAllowed(address)) return refused('it leads into a private network')
  return { ok: true, url }
}

/** The host as resolvers and sockets want it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1')
}

function refused(reason: string): CheckedUrl {
  return { ok: false, reason }
}
