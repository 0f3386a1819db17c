/** `started` the channel was called or is about to be · `accepted`, `failed`, `unknown` as its receipt says. */
export type AttemptState = 'started' | 'accepted' | 'failed' | 'unknown'

/** One try on one route. */
export interface Attempt {
  readonly deliveryId: string
  /** From 1, over all routes of the delivery. */
  readonly number: number
  readonly position: number
  readonly channel: string
  /** The address it went to, kept only where answers may come by address alone (a text message has no thread); else `null`. */
  readonly address: string | null
  readonly state: AttemptState
  readonly providerMessageId: string | null
  /**
   * The reply token, kept only for messages with a calendar entry: calendars tie an entry to its organizer's address, so every
   * update must come from the same one. `null` otherwise; then only the token's hash is stored.
   */
  readonly replyToken: string | null
  readonly startedAt: Date
  readonly settledAt: Date | null
}
