/** A secret by which a person connects a medium to their profile; only the hash of its token is stored. */
export interface ConnectLink {
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly recipientId: string
  readonly channel: string
  readonly expiresAt: Date
  /** When, and to which address it led; it works once, and again for the same address. */
  readonly usedAt: Date | null
  readonly usedBy: string | null
  readonly createdAt: Date
}
