import { InviteMeError } from '@invite-me/core'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** How often callers may call. All are counted per minute and per process: two processes together allow twice as much. */
export interface RateLimitOptions {
  /** Calls of one key or token that change something; default 6,000: a campaign of 100,000 single messages then takes 17 minutes. */
  readonly writesPerMinute?: number
  /** Calls of one key or token that look; default 6,000. */
  readonly readsPerMinute?: number
  /**
   * Refused keys, tokens and provider signatures from one address; default 60. Further ones are told to wait. Whoever has a good
   * key is let in all the same: many may share an address, and one of them must not be able to lock the others out.
   */
  readonly refusalsPerMinute?: number
}

/** Where a caller stands, for the `RateLimit-*` headers. */
export interface RateLimitState {
  readonly limit: number
  readonly remaining: number
  /** Whole seconds until the count begins anew, at least 1. */
  readonly resetSeconds: number
}

const windowSeconds = 60

/** Counts calls in the memory of this process, forgetting a caller a minute after their first call. */
export class RateLimits {
  readonly #limiters: Readonly<Record<'write' | 'read' | 'refusal', RateLimiterMemory>>

  constructor({
    writesPerMinute = 6_000,
    readsPerMinute = 6_000,
    refusalsPerMinute = 60,
  }: RateLimitOptions = {}) {
    const limiter = (points: number) => new RateLimiterMemory({ points, duration: windowSeconds })
    this.#limiters = {
      write: limiter(writesPerMinute),
      read: limiter(readsPerMinute),
      refusal: limiter(refusalsPerMinute),
    }
  }

  /**
   * Counts one call.
   * @returns where the caller stands now; `isOver` when this call was one too many
   */
  async count(kind: 'write' | 'read', who: string): Promise<RateLimitState & { readonly isOver: boolean }> {
    const limiter = this.#limiters[kind]
    try {
      return { ...stateOf(limiter, await limiter.consume(who)), isOver: false }
    } catch (error) {
      if (error instanceof RateLimiterRes) return { ...stateOf(limiter, error), isOver: true }
      throw error
    }
  }

  /**
   * Counts a refusal of an address.
   * @returns how it stands when that was one too many
   */
  async countRefusal(address: string): Promise<RateLimitState | undefined> {
    const limiter = this.#limiters.refusal
    const counted = await limiter.penalty(networkOf(address))
    return counted.consumedPoints > limiter.points ? stateOf(limiter, counted) : undefined
  }
}

/** The error of a call too many. */
export function tooMany({ limit, resetSeconds }: RateLimitState): InviteMeError {
  return new InviteMeError(
    'RATE_LIMITED',
    `More than ${String(limit)} calls in a minute. Try again in ${String(resetSeconds)} s.`,
  )
}

function stateOf(
  limiter: RateLimiterMemory,
  { remainingPoints, msBeforeNext }: RateLimiterRes,
): RateLimitState {
  return {
    limit: limiter.points,
    remaining: Math.max(0, remainingPoints),
    resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
  }
}

/** One customer usually has a whole /64 of IPv6 addresses; counting each would count nobody. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail] = address.split('::', 2)
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4).join(':')
}
