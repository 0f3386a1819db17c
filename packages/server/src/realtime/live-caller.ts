/** Who follows topics, and what they may follow. */
export interface LiveCaller {
  /** `key:…` or `person:…`; what connections are counted by. */
  readonly id: string
  /** Whose inbox they may mark: the host app's own id of a person; `null` for a key, which is nobody's. */
  readonly person: string | null
  /** Topics beside the person's own; `'all'` for a key. */
  readonly topics: readonly string[] | 'all'
  /** When they have to show a new token; `null` for a key, which is asked after again and again instead. */
  readonly expiresAt: Date | null
}

/**
 * Who a credential belongs to: what comes after `Bearer`. `undefined` when it belongs to nobody (any more).
 * Throws InviteMeError `FORBIDDEN` for a key that may not follow topics.
 */
export type IdentifyCaller = (credential: string) => Promise<LiveCaller | undefined>

/** Whether somebody may follow a topic: a key all of them, a person their own and those their token names. */
export function mayFollow({ person, topics }: LiveCaller, topic: string): boolean {
  return topics === 'all' || topic === `user:${person ?? ''}` || topics.includes(topic)
}
