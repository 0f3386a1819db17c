/** `started` the channel was called or is about to be · `accepted`, `failed`, `unknown` as its receipt says. */
export type AttemptState = 'started' | 'accepted' | 'failed' | 'unknown'

/** One try on one route. */
export interface Attempt {
  readonly deliveryId: string
  /** From 1, over all routes of the delivery. */
  readonly number: number
  readonly position: number
  readonly channel: string
  readonly state: AttemptState
  readonly providerMessageId: string | null
  readonly startedAt: Date
  readonly settledAt: Date | null
}
