/** The facts the engine announces; each is written in the transaction that made it true. */
export const domainEventTypes = [
  'message.accepted',
  'delivery.sent',
  'delivery.delivered',
  'delivery.read',
  'delivery.failed',
  'delivery.suppressed',
  'delivery.expired',
  'delivery.cancelled',
  'invitation.accepted',
  'invitation.declined',
  'invitation.answered',
  'invitation.revised',
  'invitation.withdrawn',
  'invitation.rescheduled',
  'invitation.expired',
  'invitation.cancelled',
  'invitation.unreachable',
  'question.quorum_reached',
  'response.refused',
  'response.unclear',
  'response.ambiguous',
  'response.proposed',
  'recipient.opted_out',
  'recipient.preferences_changed',
  'route.bounced',
  'route.connected',
  'route.moved',
  'inbound.unmatched',
  'inbox.added',
  'inbox.read',
  'inbox.acknowledged',
  'recipient.erased',
  'topic.published',
  'schedule.ran',
  'schedule.failed',
  'schedule.skipped',
] as const
/** See {@link domainEventTypes}. */
export type DomainEventType = (typeof domainEventTypes)[number]

/** A fact about to be written to the outbox. */
export interface NewDomainEvent {
  readonly type: DomainEventType
  readonly at: Date
  readonly messageId: string | null
  readonly deliveryId: string | null
  readonly invitationId: string | null
  readonly recipientId: string | null
  /** Live topic it is carried on beside its person's, `group:7`; default none. */
  readonly topic?: string
  /** Details by type; plain JSON, no addresses. */
  readonly data: Readonly<Record<string, unknown>>
}

/** A fact of the outbox; `cursor` grows and never repeats within a workspace. */
export interface DomainEvent extends NewDomainEvent {
  readonly cursor: number
}
