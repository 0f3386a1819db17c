import type { DomainEventType } from '../model/domain-event.ts'

/** An event as it leaves. */
export interface OutgoingEvent {
  /** `evt_` and the cursor: the same however often it is handed over, and the `webhook-id` of the same event. */
  readonly id: string
  readonly type: DomainEventType
  /** When it happened. */
  readonly at: Date
  /** The JSON text webhooks carry. */
  readonly body: string
}

/** Hands every event to a system that passes it on, a message broker. */
export interface EventPublisher {
  /**
   * Hands events over in this order; returns when the other side has all of them for good, and always after a while.
   * @throws when that is not known: they are handed over again, from the first on, under the same ids
   */
  publish(events: readonly OutgoingEvent[]): Promise<void>
  /** Releases connections; may be called twice. */
  close(): Promise<void>
}
