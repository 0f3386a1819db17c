import type { AnswerInput } from './answer.ts'
import type { SendOutcome } from './outcome.ts'

/** How a fact from outside finds its delivery: by the token we sent, or by the provider's id of our message. */
export type FactReference =
  | { readonly by: 'token'; readonly token: string }
  | { readonly by: 'provider-message'; readonly providerMessageId: string }
  /** The newest open question sent to this address on this channel; when several could be meant, the person is asked which. */
  | { readonly by: 'address'; readonly address: string }

interface FactBase {
  /** Deterministic: the same event received twice has the same id, so it changes nothing the second time. */
  readonly id: string
  readonly at: Date
  /** Whatever the channel's `acknowledge` needs to answer this event at once (a callback's id). Never stored. */
  readonly replyTo?: string
}

/** What a channel makes of something its provider (or a person) sent us. */
export type InboundFact =
  | (FactBase & {
      readonly kind: 'answer'
      readonly reference: FactReference
      readonly input: AnswerInput
      /** Address it came from, compared with the one invited. */ readonly from?: string
      /** True for words that may mean something else (`CANCEL`): dropped, without asking back, unless they are a clear answer. */
      readonly onlyIfClear?: boolean
      /** From a calendar: which version of the entry was answered; an answer to an earlier time does not count. */
      readonly calendarSequence?: number
    })
  /** A vote was taken back: the question is open again. */
  | (FactBase & { readonly kind: 'withdrawn'; readonly reference: FactReference; readonly from?: string })
  /** A wish instead of an answer (a calendar's counter-proposal); kept for the host, changes nothing. */
  | (FactBase & {
      readonly kind: 'proposed'
      readonly reference: FactReference
      readonly text: string
      readonly from?: string
    })
  | (FactBase & {
      readonly kind: 'delivered' | 'read'
      readonly reference: FactReference
      /** One plain sentence for the receipt: the final price. */ readonly detail?: string
    })
  | (FactBase & {
      readonly kind: 'failed'
      readonly reference: FactReference
      readonly outcome: Exclude<SendOutcome, { status: 'accepted' | 'unknown' }>
    })
  | (FactBase & {
      readonly kind: 'opted_out' | 'opted_in'
      readonly address: string
      /** Whose word it is: the person's own reply (default), or what the provider says of them. */
      readonly source?: 'reply' | 'provider'
      /** The message it replies to: then the address that one went to is meant, whoever wrote. */
      readonly inReplyTo?: FactReference
    })
  /** The person called our message spam: the address it went to is suppressed at once. */
  | (FactBase & { readonly kind: 'complained'; readonly reference: FactReference })
  /** The person opened the address of `connectUrl`: from now on they can be reached here. */
  | (FactBase & { readonly kind: 'connected'; readonly token: string; readonly address: string })
  /** An address goes on under another one (a group that was upgraded). */
  | (FactBase & { readonly kind: 'moved'; readonly address: string; readonly to: string })
  /** Seen and understood, but nothing to do: an out-of-office note. */
  | (FactBase & { readonly kind: 'ignored'; readonly reason: string })

/** What became of one fact. */
export interface FactResult {
  readonly id: string
  readonly kind: InboundFact['kind']
  /** `recorded` it changed something or was kept · `repeated` seen before · `unmatched` nothing fits it (it is stored) · `ignored` by its channel. */
  readonly result: 'recorded' | 'repeated' | 'unmatched' | 'ignored'
  readonly invitationId: string | null
  /** For answers: what became of it. */
  readonly answer: 'counted' | 'repeated' | 'refused' | 'unclear' | 'ambiguous' | 'late' | null
  /**
   * For answers: one or two sentences for the person, in their language: that it counted, that the question is closed, or what to
   * write instead.
   */
  readonly feedback: string | null
}
