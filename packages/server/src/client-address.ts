/**
 * Tells who sent a request, behind proxies of our own. Each proxy adds the address it was called from at the end of
 * `X-Forwarded-For`; what stands before those anybody could have written, so it is not believed.
 *
 * @param trustedProxies how many proxies of ours a request comes through; 0: the header is not looked at
 * @returns for {@link AppOptions.clientAddress}: the address, or `undefined` when it is not known
 */
export function forwardedAddress(
  trustedProxies: number,
): (request: Request, env: unknown) => string | undefined {
  return (request, env) => {
    const own = socketAddress(env)
    if (trustedProxies === 0) return own
    const named = request.headers.get('x-forwarded-for')?.split(',') ?? []
    const address = named.at(-trustedProxies)?.trim() ?? ''
    return /^[\da-fA-F.:]{3,45}$/.test(address) ? address : own
  }
}

function socketAddress(env: unknown): string | undefined {
  const incoming = (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming
  return incoming?.socket?.remoteAddress
}
