import { domainToASCII } from 'node:url'

/** An address in its one spelling, or why it cannot be one; the reason never repeats the address. */
export type EmailAddressResult =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly reason: string }

/** Most octets of a path without its angle brackets (RFC 5321 §4.5.3.1.3). */
const maxAddressOctets = 254
/** RFC 5321 §4.5.3.1.1. */
const maxLocalOctets = 64

// Letters outside ASCII are RFC 6531. `\p{M}` lets combining accents follow their letter.
const localPart = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainAsWritten = /^[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)*$/u
const domainInAscii = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const endsInNumber = /(?:^|\.)\d+$/

/**
 * Checks one bare address (`ann@guests.test`) and puts it in its one spelling: the domain in lower case and, when it is
 * international, in ASCII. The local part is kept as it is, because only its own server may say that case does not matter.
 *
 * Refused on purpose, although mail standards know them: quoted local parts, address literals, groups, lists, display
 * names and routes. Libraries have been seen to deliver such strings to somebody else.
 *
 * @param raw at most 254 octets; spaces and tabs around it are dropped
 * @returns never throws; `reason` is a sentence for the person who typed the address
 */
export function parseEmailAddress(raw: string): EmailAddressResult {
  if (/[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/.test(raw)) {
    return refuse('it holds a line break or another control character')
  }
  // Before any other work: what is too long by far is not looked at.
  if (raw.length > 2 * maxAddressOctets) return refuse(`it is longer than ${maxAddressOctets} characters`)
  const text = raw.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')
  if (text === '') return refuse('it is empty')
  if (/[<>]/.test(text)) return refuse('give the bare address, without a name and angle brackets')
  if (/[,;:]/.test(text)) return refuse('give one address; lists, groups and routes are not taken')
  if (/["\\()[\]]/.test(text)) return refuse('quotes, comments and address literals are not taken')
  if (/\s/.test(text)) return refuse('it holds a space')
  const at = text.indexOf('@')
  if (at === -1 || at !== text.lastIndexOf('@')) return refuse('it needs exactly one @')
  const local = text.slice(0, at)
  if (!localPart.test(local)) return refuse('the part before the @ is not a mailbox name')
  if (Buffer.byteLength(local) > maxLocalOctets)
    return refuse(`the part before the @ has more than ${maxLocalOctets} characters`)
  const domain = canonicalDomain(text.slice(at + 1))
  if (domain === undefined) return refuse('the part after the @ is not a domain name')
  const address = `${local}@${domain}`
  if (Buffer.byteLength(address) > maxAddressOctets)
    return refuse(`it is longer than ${maxAddressOctets} characters`)
  return { ok: true, address }
}

/**
 * Puts a domain name in its one spelling: lower case, ASCII (`bücher.test` becomes `xn--bcher-kva.test`).
 *
 * @returns undefined when it is not a domain name; IP addresses are none
 */
export function canonicalDomain(raw: string): string | undefined {
  if (!domainAsWritten.test(raw)) return undefined
  const ascii = (/[^\0-\x7f]/.test(raw) ? domainToASCII(raw) : raw).toLowerCase()
  const isName = ascii.length <= 253 && domainInAscii.test(ascii) && !endsInNumber.test(ascii)
  return isName ? ascii : undefined
}

function refuse(reason: string): EmailAddressResult {
  return { ok: false, reason: `not an e-mail address: ${reason}` }
}
