import type { AnswerInput } from './answer.ts'
import type { SendOutcome } from './outcome.ts'

/** How a fact from outside finds its delivery: by the token we sent, or by the provider's id of our message. */
export type FactReference =
  | { readonly by: 'token'; readonly token: string }
  | { readonly by: 'provider-message'; readonly providerMessageId: string }
  /** The newest open question sent to this address on this channel. */
  | { readonly by: 'address'; readonly address: string }

interface FactBase {
  /** Deterministic: the same event received twice has the same id, so it changes nothing the second time. */
  readonly id: string
  readonly at: Date
}

/** What a channel makes of something its provider (or a person) sent us. */
export type InboundFact =
  | (FactBase & {
      readonly kind: 'answer'
      readonly reference: FactReference
      readonly input: AnswerInput
      /** Address it came from, compared with the one invited. */ readonly from?: string
    })
  | (FactBase & { readonly kind: 'delivered' | 'read'; readonly reference: FactReference })
  | (FactBase & {
      readonly kind: 'failed'
      readonly reference: FactReference
      readonly outcome: Exclude<SendOutcome, { status: 'accepted' | 'unknown' }>
    })
  | (FactBase & { readonly kind: 'opted_out' | 'opted_in'; readonly address: string })
  /** Seen and understood, but nothing to do: an out-of-office note. */
  | (FactBase & { readonly kind: 'ignored'; readonly reason: string })

/** What became of one fact. */
export interface FactResult {
  readonly id: string
  readonly kind: InboundFact['kind']
  /** `recorded` it changed something or was kept · `repeated` seen before · `unmatched` no delivery fits · `ignored` by its channel. */
  readonly result: 'recorded' | 'repeated' | 'unmatched' | 'ignored'
  readonly invitationId: string | null
  /** For answers: what became of it. */
  readonly answer: 'counted' | 'repeated' | 'refused' | 'unclear' | 'late' | null
  /** For an answer that was refused or unclear: what to send instead, in the person's language. */
  readonly hint: string | null
}
