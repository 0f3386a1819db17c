/** What live connections may cost. */
export interface LiveLimits {
  /** Sockets and streams of this process; default 10,000. */
  readonly connections: number
  /** Of them, sockets that have not yet said who they are; default 1,000. */
  readonly strangers: number
  /** Sockets and streams of one person; default 20. */
  readonly perPerson: number
  /** Sockets and streams of one key, which may serve many people; default 1,000. */
  readonly perKey: number
  /** Topics of one socket; default 100. */
  readonly topics: number
}

/** See {@link LiveLimits}. */
export const defaultLimits: LiveLimits = {
  connections: 10_000,
  strangers: 1_000,
  perPerson: 20,
  perKey: 1_000,
  topics: 100,
}
