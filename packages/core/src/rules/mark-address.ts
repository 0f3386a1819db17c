import type { DomainEventType } from '../model/domain-event.ts'
import type { SendOutcome } from '../model/outcome.ts'

/** What an outcome says about the address itself. */
export interface AddressMark {
  readonly state: 'bounced' | 'opted_out'
  readonly reason: 'bounced' | 'opted_out'
  readonly event: DomainEventType
}

/** @returns how to mark the address, or `undefined` when the outcome says nothing about it */
export function markAddress(outcome: SendOutcome): AddressMark | undefined {
  if (outcome.status === 'opted_out')
    return { state: 'opted_out', reason: 'opted_out', event: 'recipient.opted_out' }
  if (outcome.status === 'permanent_recipient')
    return { state: 'bounced', reason: 'bounced', event: 'route.bounced' }
  return undefined
}
