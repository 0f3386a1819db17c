const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** True when the request names this machine, so that no web page that points its own name here can read along (DNS rebinding). */
export function isLoopback(request: Request): boolean {
  return loopbackHosts.has(new URL(request.url).hostname)
}

/**
 * True when a change may come from here: the page itself, or a program that is no browser. A browser always names the
 * origin of a POST, and cannot send JSON to another origin without being allowed to.
 */
export function isFromSamePage(request: Request): boolean {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  return (
    type === 'application/json' &&
    (origin === null || origin === new URL(request.url).origin) &&
    (site === null || site === 'same-origin')
  )
}
