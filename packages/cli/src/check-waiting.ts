import type { Delivery, DeliveryState, InviteMe } from '@invite-me/core'
import type { Check } from './checks.ts'

/** States in which a delivery has something left to send. */
const waitingStates: readonly DeliveryState[] = ['planned', 'queued']
/** Deliveries of each state, and unmatched facts, that are looked at. */
const sampleSize = 1_000

/**
 * Looks whether messages wait for a channel nobody here can send by, and whether something came in that fits nothing.
 *
 * @param channels names of the channels that are set up here
 * @param now only deliveries due by then count: later ones may find their channel set up
 */
export async function checkWaiting(
  inviteMe: InviteMe,
  channels: readonly string[],
  now: Date,
): Promise<readonly Check[]> {
  return [...(await checkDeliveries(inviteMe, channels, now)), ...(await checkUnmatched(inviteMe))]
}

async function checkDeliveries(
  inviteMe: InviteMe,
  channels: readonly string[],
  now: Date,
): Promise<readonly Check[]> {
  const samples = await Promise.all(
    waitingStates.map((state) => inviteMe.deliveries.list({ state }, { limit: sampleSize })),
  )
  const counts = new Map<string, number>()
  for (const delivery of samples.flat()) {
    const channel = dueChannel(delivery, now)
    if (channel === undefined || channels.includes(channel)) continue
    counts.set(channel, (counts.get(channel) ?? 0) + 1)
  }
  if (counts.size === 0) return []
  const isCut = samples.some(({ length }) => length === sampleSize)
  const waiting = [...counts].map(([channel, count]) => `${count} for ${channel}`).join(', ')
  return [
    {
      name: 'deliveries',
      status: 'warning',
      detail: `${isCut ? 'at least ' : ''}${waiting} wait, and that is not set up here`,
      todo: 'Set the channel up, or run the process that has it.',
    },
  ]
}

/** Channel a delivery is to be sent by now; `undefined` when nothing is due. */
function dueChannel({ plan, position, dueAt }: Delivery, now: Date): string | undefined {
  return dueAt !== null && dueAt <= now ? plan[position]?.channel : undefined
}

async function checkUnmatched(inviteMe: InviteMe): Promise<readonly Check[]> {
  const { length } = await inviteMe.unmatched.list({ limit: sampleSize })
  if (length === 0) return []
  const count = `${length === sampleSize ? 'at least ' : ''}${length}`
  return [
    {
      name: 'unmatched',
      status: 'warning',
      detail: `${count} came in and ${length === 1 ? 'fits' : 'fit'} nothing that was sent`,
      todo: 'Look at them with: invite-me unmatched',
    },
  ]
}
