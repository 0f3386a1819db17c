import type { Channel } from '@invite-me/core'

/** A channel that takes every message without doing anything, and says when it has taken `expected`. */
export function nullChannel(
  concurrency: number,
  expected: number,
): { readonly channel: Channel; readonly sent: Promise<void> } {
  const { promise: sent, resolve } = Promise.withResolvers<void>()
  let count = 0
  const channel: Channel = {
    name: 'null',
    supports: { answers: [], links: false, tokens: [], reports: [], idempotent: true },
    limits: { concurrency },
    address: (raw) => ({ ok: true, address: raw }),
    send: async (_message, { idempotencyKey }) => {
      count += 1
      if (count === expected) resolve()
      return { status: 'accepted', providerMessageId: idempotencyKey }
    },
  }
  return { channel, sent }
}
