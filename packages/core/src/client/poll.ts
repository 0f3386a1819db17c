import type { ClientSettings } from './client-options.ts'
import type { Call } from './call.ts'
import type { Transport } from './transport.ts'

/** How long one request may wait at the server; less than the half minute after which many proxies cut a silent line. */
export const pollMs = 25_000
/** A server that does not wait although it was asked to is asked at most this often. */
const shortestRoundMs = 500

/** What a request that is part of a wait has of it. */
export type PartOfWait = Pick<Call<never>, 'signal' | 'isPatient'>

/** What everything in the client works with. */
export interface Remote {
  readonly transport: Transport
  readonly settings: ClientSettings
}

/**
 * Asks once. When asked to wait, it takes a while also with a server that does not.
 *
 * @param isWaiting whether the request waits at the server while there is nothing
 */
export async function oneRound<Value>(
  { transport, settings: { clock } }: Remote,
  call: Omit<Call<Value>, 'method' | 'waitMs'>,
  isWaiting: boolean,
  isNothing: (value: Value) => boolean = isEmptyPage,
): Promise<Value> {
  const beganMs = clock.now()
  const value = await transport.call<Value>({
    ...call,
    method: 'GET',
    isPatient: true,
    ...(isWaiting && { waitMs: pollMs }),
  })
  const tookMs = Math.max(clock.now() - beganMs, 0)
  if (isWaiting && tookMs < shortestRoundMs && isNothing(value))
    await transport.pause(shortestRoundMs - tookMs, call.signal)
  return value
}

function isEmptyPage(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'items' in value &&
    (value.items as readonly unknown[]).length === 0
  )
}

/**
 * Asks again and again until there is something; a request waits at the server, so this is neither slow nor a burden.
 *
 * @param call its `read` gives `undefined` while there is nothing
 * @throws InviteMeError as `Transport.call`; there is no other end
 */
export async function poll<Value>(
  remote: Remote,
  call: Omit<Call<Value | undefined>, 'method' | 'waitMs'>,
): Promise<Value> {
  for (;;) {
    const found = await oneRound(remote, call, true, (value) => value === undefined)
    if (found !== undefined) return found
  }
}

/** Reads a list to its end, page by page. */
export async function* everyRow<Row extends { readonly id: string }>(
  readPage: (page: { readonly limit: number; readonly after?: string }) => Promise<readonly Row[]>,
): AsyncGenerator<Row, void, undefined> {
  const limit = 1_000
  let after: string | undefined
  for (;;) {
    const rows = await readPage({ limit, ...(after !== undefined && { after }) })
    yield* rows
    after = rows.at(-1)?.id
    if (rows.length < limit) return
  }
}
