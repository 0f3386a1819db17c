/**
 * Whether a page of this origin may open a socket. Browsers let every page open one anywhere and say whose page it was; what is
 * no browser says nothing and may (RFC 6455 §10.2).
 *
 * @param origin the header; `undefined` when there was none
 * @param host the `Host` header: pages of the server itself may
 * @param allowed origins as browsers write them, `https://app.guests.test`, or `*`
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true
  // Only the host: a proxy may speak TLS for us.
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host
}
