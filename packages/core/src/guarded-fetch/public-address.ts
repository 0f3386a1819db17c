import { BlockList, isIP } from 'node:net'

/**
 * IPv4 that is not of the public internet, or not of one place in it (IANA, IPv4 special-purpose address registry, seen
 * 2026-11-22; RFC 5771 §3 for multicast).
 */
const special4 = blocks('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
])

/** All of IPv6 that is given to networks (IANA, IPv6 global unicast address space). */
const unicast6 = blocks('ipv6', [['2000::', 3]])

/** What within it is not of the public internet, 6to4 and Teredo included (IANA, IPv6 special-purpose address registry). */
const special6 = blocks('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
])

/**
 * True for an address of the public internet. What carries an IPv4 address inside (v4-mapped, NAT64) is judged by that one;
 * 6to4, Teredo and the old v4-compatible form (`::/96`) are never public.
 */
export function isPublicAddress(text: string): boolean {
  // With a zone it is an address of one interface here.
  const version = text.includes('%') ? 0 : isIP(text)
  if (version === 0) return false
  if (version === 4) return !special4.check(text)
  const inside = ipv4Inside(text)
  if (inside !== undefined) return isPublicAddress(inside)
  return unicast6.check(text, 'ipv6') && !special6.check(text, 'ipv6')
}

/** The last 32 bits of a v4-mapped (RFC 4291 §2.5.5.2) or NAT64 address (RFC 6052 §2.1), as IPv4. */
function ipv4Inside(text: string): string | undefined {
  // The URL parser writes every address in one spelling, hexadecimal and with its zeros left out (RFC 5952).
  const { hostname } = new URL(`http://[${text}]/`)
  const found = /^\[(?:::ffff|64:ff9b:):(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})\]$/.exec(hostname)
  if (found === null) return undefined
  const [high, low] = [found[1] ?? '0', found[2] ?? '0'].map((part) => Number.parseInt(part, 16))
  const bytes = [high ?? 0, low ?? 0].flatMap((part) => [part >> 8, part & 255])
  return bytes.join('.')
}

function blocks(version: 'ipv4' | 'ipv6', nets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, version)
  return list
}
