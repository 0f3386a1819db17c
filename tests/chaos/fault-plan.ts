import { seededRandom } from '@invite-me/core/testing'

/**
 * What a provider does with one call.
 *
 * - `ok` takes the message and says so
 * - `slow` the same, after a while
 * - `limited` 429 with Retry-After
 * - `broken` a temporary error of the provider
 * - `cut-before` cuts the connection before a byte of the message has come
 * - `cut-after` reads the whole message, drops it and cuts the connection
 * - `silent` takes the message and cuts the connection without an answer
 * - `refused` there is no such recipient
 */
export type Fault = 'ok' | 'slow' | 'limited' | 'broken' | 'cut-before' | 'cut-after' | 'silent' | 'refused'

/** How long a slow provider takes: longer than a third of the lease, so that signs of life must be given meanwhile. */
export const slowMs = 400

/** Providers by the channel that calls them. */
export type ProviderName = 'hook' | 'email'

/** Who gets the n-th message, and by which routes. */
export interface PlannedMessage {
  readonly index: number
  readonly key: string
  readonly address: string
  /** `notice` wants no answer; a `question` goes by e-mail and, when that fails for good, by the hook. */
  readonly kind: 'notice' | 'question'
  readonly via: readonly ProviderName[]
}

/** The n-th message of a run. */
export function plannedMessage(index: number): PlannedMessage {
  const share = index % 10
  const kind = share < 8 ? 'notice' : 'question'
  const via: readonly ProviderName[] = share < 5 ? ['hook'] : share < 8 ? ['email'] : ['email', 'hook']
  return { index, key: `chaos-${String(index)}`, address: `m${String(index)}@guests.test`, kind, via }
}

/** The faults a provider shows a message: one a call, the last one for ever. */
export function faultsOf(seed: number, provider: ProviderName, address: string): readonly Fault[] {
  const index = Number(/^m(\d+)@/.exec(address)?.[1] ?? 0)
  const { fraction: random } = seededRandom(seed * 2_000_003 + index * 2 + (provider === 'hook' ? 0 : 1))
  if (random() < 0.7) return ['ok']
  const count = 1 + Math.floor(random() * 3)
  const faults = Array.from({ length: count }, () => drawFault(random, provider))
  // Who is answered "ok", late or not, does not call again: a refusal could not follow.
  return [...faults, random() < 0.12 && !faults.includes('slow') ? 'refused' : 'ok']
}

/** Whether a provider refuses this message for good, sooner or later. */
export function isRefused(seed: number, provider: ProviderName, address: string): boolean {
  return faultsOf(seed, provider, address).at(-1) === 'refused'
}

const transient = ['slow', 'broken', 'broken', 'cut-before', 'cut-after', 'silent'] as const

function drawFault(random: () => number, provider: ProviderName): Fault {
  // A limit stops the whole channel for a second, so a few are enough; mail servers ask for minutes, so they have none.
  if (provider === 'hook' && random() < 0.003) return 'limited'
  return transient[Math.floor(random() * transient.length)] ?? 'broken'
}
