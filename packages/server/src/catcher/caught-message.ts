import type { AnswerAction, AnswerInput, AnswerKind } from '@invite-me/core/channel'
import type { FactResult } from '@invite-me/core'
import type { MediumName } from './medium.ts'

/** What became of a reply; `waiting` until the engine has spoken. */
export type ReplyOutcome = NonNullable<FactResult['answer']> | 'waiting' | 'failed' | 'unmatched'

/** What a person did with a message in a fake medium. */
export interface CaughtReply {
  /** Words or the label of the button. */
  readonly said: string
  readonly at: Date
  readonly outcome: ReplyOutcome
}

/** A message that a fake medium holds. */
export interface CaughtMessage {
  /** Also the provider's id of the message. */
  readonly id: string
  readonly channel: MediumName
  readonly at: Date
  readonly to: string
  readonly name: string | undefined
  readonly from: string | undefined
  readonly subject: string | undefined
  readonly text: string
  readonly details: string | undefined
  readonly locale: string
  readonly isReminder: boolean
  /** `undefined` for a notice, which cannot be answered. */
  readonly answer: AnswerKind | undefined
  readonly actions: readonly AnswerAction[]
  readonly links: { readonly respond?: string; readonly unsubscribe?: string }
  readonly until: Date | null
  readonly replies: readonly CaughtReply[]
  /** What was written under it since, as its question is over: `Answered: Yes`. */
  readonly notice: string | undefined
}

/** How a message is answered from outside the page: with words, or by pressing a button. */
export type CatcherAnswer = Extract<AnswerInput, { kind: 'text' | 'option' }>
