/** What a Slack address is: somebody, to be written to directly, or a conversation. */
export interface SlackAddress {
  readonly kind: 'user' | 'conversation'
  readonly id: string
}

/**
 * Reads a Slack address: a user's id (`U…`, `W…`) or a conversation's (`C…`, `G…`, `D…`), as "Copy member ID" and "Copy
 * channel ID" give them.
 *
 * @returns `undefined` for anything else
 */
export function readSlackAddress(raw: string): SlackAddress | undefined {
  const id = raw.replaceAll(/^ +| +$/g, '')
  if (!/^[UWCGD][A-Z0-9]{7,20}$/.test(id)) return undefined
  return { kind: /^[UW]/.test(id) ? 'user' : 'conversation', id }
}
