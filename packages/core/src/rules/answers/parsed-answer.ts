/** What the understood answer means for the invitation: a yes, a no, or any other answer. */
export type Stance = 'accepted' | 'declined' | 'answered'

/**
 * What became of one answer.
 *
 * - `understood` `value` is valid for the question
 * - `refused` it is an answer, but not one this question can take: another type, out of range, not one of the options
 * - `unclear` nobody but a person can tell what it means; never guessed
 *
 * `hint` is one or two sentences for the person who answered, in their language, and says what to send instead.
 */
export type ParsedAnswer =
  | { readonly status: 'understood'; readonly value: unknown; readonly stance: Stance }
  | { readonly status: 'refused'; readonly hint: string }
  | { readonly status: 'unclear'; readonly hint: string }

/** Makes an `understood` answer; without a stance it is neither a yes nor a no. */
export function understood(value: unknown, stance: Stance = 'answered'): ParsedAnswer {
  return { status: 'understood', value, stance }
}

/** Makes a `refused` answer. */
export function refused(hint: string): ParsedAnswer {
  return { status: 'refused', hint }
}

/** Makes an `unclear` answer. */
export function unclear(hint: string): ParsedAnswer {
  return { status: 'unclear', hint }
}
