/** A family of addresses that differ in a token only: `reply+…@guests.test`. */
export interface TaggedAddress {
  /** The address that carries this token. */
  with(token: string): string
  /** The token an address of the family carries; undefined for any other address. The domain is not compared. */
  tokenIn(address: string): string | undefined
}

/** Stands for the token in a template of an address. */
export const tokenPlace = '{token}'

/**
 * Makes a {@link TaggedAddress} from a template such as `reply+{token}@guests.test`.
 *
 * Forwarders rewrite domains, so only the part before the @ has to match; the token is the secret, not the domain.
 *
 * @param template holds `{token}` once, before the @
 */
export function taggedAddress(template: string): TaggedAddress {
  const [before = '', after = ''] = template.split(tokenPlace)
  const at = after.indexOf('@')
  const start = before.toLowerCase()
  const end = after.slice(0, at).toLowerCase()
  return {
    with: (token) => before + token + after,
    tokenIn: (address) => {
      const local = address.slice(0, address.lastIndexOf('@'))
      const folded = local.toLowerCase()
      if (!folded.startsWith(start) || !folded.endsWith(end)) return undefined
      const token = local.slice(start.length, local.length - end.length)
      return /^[A-Za-z0-9._-]{6,64}$/.test(token) ? token : undefined
    },
  }
}
