import { createInviteMe, type StoreOpener } from '@invite-me/core'
import { nullChannel } from './null-channel.ts'

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
 * @param store where the workspace is kept; made when it is missing
 * @returns messages a second, from the first call of `send` until everything is written and the store is closed
 */
export async function engineRate(store: StoreOpener, { messages, batch }: Load): Promise<number> {
  const { channel, sent } = nullChannel(batch, messages)
  const inviteMe = await createInviteMe({ store, channels: [channel] })
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
