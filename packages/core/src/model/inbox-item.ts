/** A message in a person's inbox within the host app. */
export interface InboxItem {
  readonly id: string
  /** Whose inbox: the route's address, usually the person's id in the host app. */
  readonly address: string
  readonly channel: string
  readonly deliveryId: string
  readonly messageId: string
  readonly invitationId: string | null
  readonly recipientId: string | null
  readonly createdAt: Date
  readonly readAt: Date | null
  readonly acknowledgedAt: Date | null
}
