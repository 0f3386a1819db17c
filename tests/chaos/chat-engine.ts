import { createInviteMe, type Channel, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { leaseMs } from './engine.ts'

/** Makes an engine on the run's file, with short patience and many tries. */
export function openChatEngine({
  file,
  channel,
  dispatch,
}: {
  readonly file: string
  readonly channel: Channel
  readonly dispatch: boolean
}): Promise<InviteMe> {
  return createInviteMe({
    store: sqlite(file, { synchronous: 'full' }),
    channels: [channel],
    dispatch,
    lease: leaseMs,
    poll: 200,
    policies: {
      retry: { firstMs: 20, mostMs: 200, tries: 40, withinMs: '10m' },
      circuit: { failures: 8, pauseMs: 50, mostMs: 200 },
      crashes: 50,
    },
  })
}
