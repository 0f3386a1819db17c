import { isIP } from 'node:net'
import { InviteMeError } from '@invite-me/core'
import type { Gatekeeper } from './authenticate.ts'

/**
 * Where no key is asked for, refuses a request to a host name that is not known to be ours. A foreign page can have its own name
 * lead to this machine (DNS rebinding); its browser then takes us for the server the page came from. A name cannot do that to
 * `localhost`, nor to an address in figures.
 *
 * @param host as in the `Host` header, with its port or without
 * @throws InviteMeError `FORBIDDEN`
 */
export function refuseForeignHost(
  { hosts = [], keys }: Pick<Gatekeeper, 'hosts' | 'keys'>,
  host: string | undefined,
): void {
  if (keys !== 'off') return
  const name = hostNameOf(host ?? '')
  if (name !== undefined && (isOfThisMachine(name) || hosts.includes(name))) return
  throw new InviteMeError(
    'FORBIDDEN',
    'No key is asked for here, so only known host names may be called: name this one in `hosts`.',
    { field: 'header.host' },
  )
}

/** Without the port and the brackets of IPv6, in lower case. */
function hostNameOf(host: string): string | undefined {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : undefined
}

/** RFC 6761 §6.3: `localhost`, and what is below it, never leaves the machine. */
function isOfThisMachine(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0
}
