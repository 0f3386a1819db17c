/** What Discord is to be answered, as it travels in a fact's `replyTo`; never stored. */
export type ReplyTo =
  | { readonly kind: 'pong' }
  /** What became of the answer, for the person's eyes only. */
  | { readonly kind: 'word' }
  /** A window in which the answer to the question of this token is written. */
  | { readonly kind: 'window'; readonly token: string; readonly isLong: boolean; readonly locale: string }

/** Writes it for a fact. */
export function writeReplyTo(replyTo: ReplyTo): string {
  return JSON.stringify(replyTo)
}

/** Reads what {@link writeReplyTo} wrote. */
export function readReplyTo(text: string): ReplyTo {
  return JSON.parse(text) as ReplyTo
}
