import type { AnswerInput } from './answer.ts'

/** An answer that fits several open questions, kept until the person has said which is meant. One for each address. */
export interface Clarification {
  readonly channel: string
  readonly address: string
  /** In the order they were offered: number 1 is the first. */
  readonly candidates: readonly { readonly invitationId: string; readonly deliveryId: string }[]
  readonly input: AnswerInput
  readonly at: Date
}
