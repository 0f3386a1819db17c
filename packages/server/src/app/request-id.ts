/** What an id from outside may look like: it goes into logs and back into a header. */
const shape = /^[A-Za-z0-9._-]{1,64}$/

/** The id of a request: what `X-Request-Id` says when it is harmless, else a new one. */
export function requestIdOf(header: string | undefined): string {
  return header !== undefined && shape.test(header) ? header : crypto.randomUUID()
}
