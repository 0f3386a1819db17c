import type { Attempt } from './attempt.ts'
import type { DeliveryReason, DeliveryState, DeliveryStep } from './delivery.ts'
import type { Lane } from './lane.ts'

/** The new state of a delivery, with the attempt it closes. */
export interface Settlement {
  readonly deliveryId: string
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  readonly position: number
  readonly step: DeliveryStep
  readonly dueAt: Date | null
  /** Channel of the next send; empty for a follow-up. */
  readonly dueChannel: string
  readonly dueLane: Lane
  readonly attempts: number
  readonly tries: number
  readonly routeSince: Date | null
  readonly acceptedAt: Date | null
  readonly firstAcceptedAt: Date | null
  readonly reminders: number
  readonly doubtful: boolean
  readonly crashes: number
  readonly updatedAt: Date
  /** Closes the attempt that was started, when there was one. */
  readonly attempt:
    | (Pick<Attempt, 'number' | 'state' | 'providerMessageId'> & {
        /** Further ids under which the provider will speak of the message, and its channel. */
        readonly otherIds?: { readonly channel: string; readonly ids: readonly string[] }
      })
    | null
}

/** A settlement by the worker that holds the delivery; written only while the lease is still its own. */
export interface LeasedSettlement extends Settlement {
  readonly leaseToken: number
}
