/** What a link is good for. A link of one purpose never serves another. */
export type LinkPurpose = 'respond' | 'unsubscribe' | 'reply'

/** A per-delivery secret address; only the hash of its token is stored. */
export interface ResponseLink {
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly purpose: LinkPurpose
  readonly deliveryId: string
  readonly invitationId: string | null
  /** Index of the route in the delivery's plan it was sent by. */
  readonly position: number
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly createdAt: Date
}
