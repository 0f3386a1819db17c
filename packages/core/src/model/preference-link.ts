/** A secret address of a person's page of preferences; only the hash of its token is stored. */
export interface PreferenceLink {
  /** SHA-256 of the token, hex. */
  readonly hash: string
  readonly recipientId: string
  readonly expiresAt: Date
  readonly createdAt: Date
}
