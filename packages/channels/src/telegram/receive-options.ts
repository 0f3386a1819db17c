/** What reading an update needs beside it. */
export interface ReceiveOptions {
  readonly botToken: string
  /** Secrets any of which the request may show. */
  readonly secrets: readonly string[]
  /** The bot's user name, asked for only where a command in a group names a bot. */
  readonly botName: () => Promise<string | undefined>
  /** Unix milliseconds. */
  readonly nowMs: number
}
