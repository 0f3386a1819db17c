/** A token bucket: refills evenly, holds at most one period's worth. */
export interface RateBucket {
  readonly tokens: number
  readonly atMs: number
}

/** At most `count` in any `perMs`, evenly. */
export interface Rate {
  readonly count: number
  readonly perMs: number
}

/** A bucket that allows a full burst now. */
export function fullBucket(rate: Rate, nowMs: number): RateBucket {
  return { tokens: rate.count, atMs: nowMs }
}

/** The bucket as it stands now. A clock that jumped back refills nothing. */
export function refill(bucket: RateBucket, rate: Rate, nowMs: number): RateBucket {
  const passedMs = Math.max(0, nowMs - bucket.atMs)
  return { tokens: Math.min(rate.count, bucket.tokens + (passedMs * rate.count) / rate.perMs), atMs: nowMs }
}

/** The bucket after `count` tokens were taken. */
export function take(bucket: RateBucket, count: number): RateBucket {
  return { ...bucket, tokens: bucket.tokens - count }
}

/** Milliseconds until a whole token is there; 0 when one is. */
export function untilNextToken(bucket: RateBucket, rate: Rate): number {
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) * rate.perMs) / rate.count)
}
