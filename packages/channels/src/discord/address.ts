/** What a Discord address is: somebody, to be written to directly, or a channel of a server. */
export interface DiscordAddress {
  readonly kind: 'user' | 'channel'
  readonly id: string
}

/**
 * Reads a Discord address: a user's id, or `channel:` and a channel's id, as "Copy User ID" and "Copy Channel ID" give them
 * in developer mode.
 *
 * @returns `undefined` for anything else
 */
export function readDiscordAddress(raw: string): DiscordAddress | undefined {
  const [, prefix, id] = /^ *(channel:)?([1-9]\d{16,19}) *$/.exec(raw) ?? []
  if (id === undefined || /[\r\n]/.test(raw)) return undefined
  return { kind: prefix === undefined ? 'user' : 'channel', id }
}

/** Writes it in its one spelling. */
export function spellDiscordAddress({ id, kind }: DiscordAddress): string {
  return kind === 'user' ? id : `channel:${id}`
}
