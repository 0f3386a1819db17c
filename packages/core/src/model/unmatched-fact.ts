import type { InboundFact } from './inbound-fact.ts'

/** Something that came in and fits nothing we sent: kept for a human, and for a report that was faster than our own record. */
export interface UnmatchedFact {
  readonly id: string
  readonly channel: string
  /** The provider's id it speaks of, when it does. */
  readonly providerMessageId: string | null
  readonly receivedAt: Date
  readonly fact: InboundFact
}
