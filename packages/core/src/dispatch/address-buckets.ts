import type { Lane } from '../model/lane.ts'
import type { Channel } from '../ports/channel.ts'
import { fullBucket, refill, take, untilNextToken, type Rate, type RateBucket } from '../rules/rate-bucket.ts'

/** One chat or mail domain. */
interface KeyedBucket {
  readonly rate: Rate
  readonly bucket: RateBucket
  /** The last moment promised to a send that was put off, by the queue it waits in. */
  readonly promisedMs: ReadonlyMap<string, number>
}

/** Buckets kept before those nobody needs are thrown away. */
const mostBuckets = 10_000
/** Tokens are fractions; without it a send that comes on the millisecond might find a billionth missing. */
const roundingError = 1e-9

/** What a look for work has reserved of one bucket. */
interface Reserved {
  leaving: number
  readonly rate: Rate
  readonly promisedMs: Map<string, number>
}

/** What a look for work has reserved; true only once it is written down, see {@link AddressBuckets.keep}. */
export type Reservations = Map<string, Reserved>

/** A send that asks whether it may leave. */
export interface BucketRequest {
  readonly address: string
  readonly lane: Lane
  /** True for one that comes back after it waited: it does not queue behind all that came meanwhile. */
  readonly hasWaited: boolean
}

/**
 * The limits within a channel: a bucket for each chat or mail domain. A send that finds its bucket empty is promised a
 * moment of its own, after those promised before, so that a hundred thousand of them are put off once each and not all again
 * at every token. Promises are only for this process: after a restart some are put off once more.
 */
export class AddressBuckets {
  readonly #bucketOf: NonNullable<Channel['limits']>['bucket']
  readonly #buckets = new Map<string, KeyedBucket>()
  #sweepAt = mostBuckets
  #latestMs = -Infinity

  constructor(channel: Channel) {
    this.#bucketOf = channel.limits?.bucket
  }

  /** Buckets held in memory: those of keys that were used within about their period. */
  get size(): number {
    return this.#buckets.size
  }

  /**
   * Reserves a send to an address, or a moment for it.
   *
   * @param reserved what the same look has reserved so far; this one is added
   * @returns whole milliseconds until it may leave; 0 now
   */
  reserve({ address, lane, hasWaited }: BucketRequest, reserved: Reservations, nowMs: number): number {
    const found = this.#find(address, nowMs)
    if (found === undefined) return 0
    const { key, rate, bucket, promisedMs } = found
    const mine = reserved.get(key) ?? { leaving: 0, rate, promisedMs: new Map(promisedMs) }
    reserved.set(key, mine)
    const left = take(bucket, mine.leaving)
    if (left.tokens >= 1 - roundingError) {
      mine.leaving += 1
      return 0
    }
    // Each lane has a queue of its own, or an urgent send would wait behind a campaign.
    const queue = `${String(lane)} ${String(hasWaited)}`
    const soonestMs = nowMs + untilNextToken(left, rate)
    const momentMs = Math.max(soonestMs, (mine.promisedMs.get(queue) ?? -Infinity) + rate.perMs / rate.count)
    mine.promisedMs.set(queue, momentMs)
    return Math.ceil(momentMs - nowMs)
  }

  /** Keeps what a look has promised, once it is written down: a transaction may be undone and run again. */
  keep(reserved: Reservations, nowMs: number): void {
    for (const [key, { rate, promisedMs }] of reserved) {
      if (promisedMs.size === 0) continue
      const bucket = this.#buckets.get(key)?.bucket ?? fullBucket(rate, nowMs)
      this.#buckets.set(key, { rate, bucket, promisedMs })
    }
  }

  /** Books a send that leaves now. */
  book(address: string, nowMs: number): void {
    const found = this.#find(address, nowMs)
    if (found === undefined) return
    const { key, rate, bucket, promisedMs } = found
    this.#buckets.set(key, { rate, bucket: take(bucket, 1), promisedMs })
    if (this.#buckets.size > this.#sweepAt) this.#sweep(nowMs)
  }

  #find(address: string, nowMs: number): (KeyedBucket & { readonly key: string }) | undefined {
    const named = this.#bucketOf?.(address)
    if (named === undefined || !isRate(named.rate)) return undefined
    this.#followClock(nowMs)
    const { key, rate } = named
    const known = this.#buckets.get(key)
    const bucket = known === undefined ? fullBucket(rate, nowMs) : refill(known.bucket, rate, nowMs)
    return { key, rate, bucket, promisedMs: known?.promisedMs ?? new Map() }
  }

  /** A clock that was set back would leave buckets empty, and promises far off, until it is where it was. */
  #followClock(nowMs: number): void {
    const jumpMs = this.#latestMs - nowMs
    this.#latestMs = nowMs
    if (jumpMs <= 0) return
    for (const [key, { rate, bucket, promisedMs }] of this.#buckets)
      this.#buckets.set(key, {
        rate,
        bucket: { ...bucket, atMs: bucket.atMs - jumpMs },
        promisedMs: new Map([...promisedMs].map(([queue, ms]) => [queue, ms - jumpMs])),
      })
  }

  /** Throws away what is as good as new, and looks again only when as many have come once more. */
  #sweep(nowMs: number): void {
    for (const [key, { rate, bucket, promisedMs }] of this.#buckets) {
      const isPromised = [...promisedMs.values()].some((ms) => ms > nowMs)
      if (!isPromised && refill(bucket, rate, nowMs).tokens >= rate.count) this.#buckets.delete(key)
    }
    this.#sweepAt = Math.max(mostBuckets, 2 * this.#buckets.size)
  }
}

/** Adapters come from anywhere: a rate that allows nothing would put a send off for ever. */
function isRate({ count, perMs }: Rate): boolean {
  return count > 0 && perMs > 0 && Number.isFinite(count / perMs)
}
