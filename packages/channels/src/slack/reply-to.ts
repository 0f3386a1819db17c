/** Where a word back to the person goes, as it travels in a fact's `replyTo`; never stored. */
export type ReplyTo =
  | { readonly kind: 'challenge'; readonly challenge: string }
  /** The answer to a pressed button (`response_url`). */
  | { readonly kind: 'interaction'; readonly url: string }
  | { readonly kind: 'thread'; readonly channel: string; readonly ts: string }

/** Writes it for a fact. */
export function writeReplyTo(replyTo: ReplyTo): string {
  return JSON.stringify(replyTo)
}

/** Reads what {@link writeReplyTo} wrote. */
export function readReplyTo(text: string): ReplyTo {
  return JSON.parse(text) as ReplyTo
}
