/** What a Slack address is: somebody, to be written to directly, or a conversation. */
export interface SlackAddress {
  readonly kind: 'user' | 'conversation'
  readonly id: string
}

/**
 * Reads a Slack address: a user's id (`U…`, `W…`) or a channel's (`C…`, `G…`), as "Copy member ID" and "Copy channel ID"
 * give them. A direct conversation (`D…`) is refused: it is its member's, who answers and opts out under their own id.
 *
 * @returns `undefined` for anything else
 */
export function readSlackAddress(raw: string): SlackAddress | undefined {
  const id = raw.replaceAll(/^ +| +$/g, '')
  if (!/^[UWCG][A-Z0-9]{7,20}$/.test(id)) return undefined
  return { kind: /^[UW]/.test(id) ? 'user' : 'conversation', id }
}
