import { createInviteMe, type Channel } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'

/** How much work, and how much of it at once. */
export interface Load {
  readonly messages: number
  /** Callers of `send` at once, and sends under way at once. */
  readonly batch: number
}

/** The text of every message measured; the raw statements write the same. */
export const text = 'Dinner moved to Saturday at 8.'

/** Addresses as a host app would write them. */
export function addressOf(index: number): string {
  return `guest-${String(index)}@guests.test`
}

/**
 * Sends messages through the public face: accept, claim, a channel that takes everything at once, receipt.
 * @param path file of the workspace; made when it is missing
 * @returns messages a second, from the first call of `send` until everything is written and the file is closed
 */
export async function engineRate(path: string, { messages, batch }: Load): Promise<number> {
  const { channel, sent } = nullChannel(batch, messages)
  const inviteMe = await createInviteMe({ store: sqlite(path), channels: [channel] })
  const begin = performance.now()
  let next = 0
  const caller = async () => {
    while (next < messages) {
      next += 1
      await inviteMe.send(addressOf(next), text)
    }
  }
  await Promise.all(Array.from({ length: batch }, caller))
  await sent
  await inviteMe.stop()
  return (messages * 1_000) / (performance.now() - begin)
}

/** A channel that takes every message without doing anything, and says when it has taken `expected`. */
function nullChannel(
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
