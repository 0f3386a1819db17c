import { z } from 'zod'

/**
 * Which answers count towards a quorum: `accepted` a yes · `answered` any answer · else a value of the question's type: an option
 * of a choice (with several picked, each), `true` or `false`, `yes`, `no` or `maybe` of an rsvp, a date.
 */
export const quorumOfSchema = z.union([z.string().min(1).max(100), z.boolean()])
/** See {@link quorumOfSchema}. */
export type QuorumOf = z.infer<typeof quorumOfSchema>

/** Validates the option `quorum` of `ask`. */
export const quorumSchema = z.strictObject({
  count: z.number().int().min(1).max(100_000),
  of: quorumOfSchema.optional(),
  onReached: z.enum(['close', 'tell']),
})
/** The option `quorum` of `ask`. */
export type QuorumInput = Readonly<z.infer<typeof quorumSchema>>

/** How many of which answers are enough, and what happens then. */
export interface Quorum {
  readonly count: number
  readonly of: QuorumOf
  /** `close` calls the question off for all who have not answered, `tell` only announces it. */
  readonly onReached: 'close' | 'tell'
}

/** A quorum and how far it is. */
export interface QuorumStanding extends Quorum {
  /** Answers that count towards it now. */
  readonly counted: number
  /** When it was reached; it stays, also when an answer is changed afterwards. `null` until then. */
  readonly reachedAt: Date | null
}

/** What `group.quorum(n)` resolves to. */
export type QuorumResult =
  | { readonly reached: true; readonly counted: number }
  /**
   * `too_few_left`: together with those who have not answered there are not enough, since they said something else, ran out of time
   * or could not be reached · `called_off`: nobody is left to answer, since it was called off.
   */
  | { readonly reached: false; readonly counted: number; readonly why: 'too_few_left' | 'called_off' }
