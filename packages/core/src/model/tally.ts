import type { InvitationState } from './invitation.ts'
import type { QuorumStanding } from './quorum.ts'

/** A value and how many gave it. */
export interface ValueCount {
  readonly value: string | number | boolean
  /** What the person reads; of an option that is no more asked for, its value. */
  readonly label: string
  readonly count: number
}

/** Numbers that were given. All but `count` are `null` when there are none. */
export interface NumberTally {
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
}

/** The answers to one field of a form. */
export type FieldTally =
  | ({ readonly kind: 'number' } & NumberTally)
  /** Every option, also those nobody picked, in the order they are asked in. */
  | { readonly kind: 'options'; readonly options: readonly ValueCount[] }
  /** Texts, dates and whatever is not one of few values: how many filled it in. */
  | { readonly kind: 'text'; readonly count: number }

/**
 * The answers that count, by the type of the question. A person counts once, with their last answer; what was said by somebody who
 * was forgotten since is in no count of values.
 */
export type AnswerTally =
  | { readonly type: 'yesNo'; readonly yes: number; readonly no: number }
  | {
      readonly type: 'choice'
      readonly multiple: boolean
      /** Every option, also those nobody picked, in the order they are asked in. */
      readonly options: readonly ValueCount[]
    }
  | ({ readonly type: 'number' } & NumberTally)
  | {
      readonly type: 'rsvp'
      readonly yes: number
      readonly no: number
      readonly maybe: number
      /** People who come, parties included. */
      readonly heads: number
      /** People who may come, parties included. */
      readonly maybeHeads: number
    }
  | {
      readonly type: 'date'
      /** Most wanted first, then by date; at most 366. */
      readonly dates: readonly { readonly value: string; readonly count: number }[]
      /** Answers with dates beyond those. */
      readonly others: number
    }
  | { readonly type: 'text'; readonly count: number }
  | {
      readonly type: 'form'
      /** By the field's name, dots between those of nested objects; at most the first 100 fields. */
      readonly fields: Readonly<Record<string, FieldTally>>
    }

/** How a question to many stands, at one moment. */
export interface Tally {
  readonly messageId: string
  /** People who were asked. */
  readonly asked: number
  /** How many invitations are in each state; every state is there. */
  readonly states: Readonly<Record<InvitationState, number>>
  /** How many have answered, a "no" included. */
  readonly answered: number
  readonly answers: AnswerTally
  /** The quorum it was asked with; `null` without one. */
  readonly quorum: QuorumStanding | null
}

/** What a store counted of a question; {@link Tally} is made of it by the type of the question. */
export interface TallyCounts {
  readonly states: Readonly<Partial<Record<InvitationState, number>>>
  /** Answers by value, of a form's field by `field`; `field` is empty for the answer itself. */
  readonly values: readonly { readonly field: string; readonly value: unknown; readonly count: number }[]
  /** Numbers, of a form's field by `field`. */
  readonly numbers: readonly (Omit<NumberTally, 'mean'> & { readonly field: string })[]
  /** How many gave a text, of a form's field by `field`. */
  readonly texts: readonly { readonly field: string; readonly count: number }[]
  readonly quorum: QuorumStanding | null
}

/** One row of an export: what became of the question to one person. */
export interface AnswerRow {
  readonly invitationId: string
  /** The externalId or bare address it went to. */
  readonly to: string
  readonly name: string | null
  readonly state: InvitationState
  readonly value: unknown
  readonly via: string | null
  readonly revision: number
  readonly answeredAt: Date | null
}
