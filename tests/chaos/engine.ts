import { email } from '@invite-me/channels/email'
import { createInviteMe, yesNo, type Channel, type InviteMe, type InviteMeOptions } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { plannedMessage } from './fault-plan.ts'

/** Shortest lease the engine takes: a dead worker's messages are free after it. */
export const leaseMs = 1_000

/** What every engine of a run shares, whichever process it lives in. */
export interface EngineOptions {
  readonly file: string
  readonly hook: Channel
  readonly smtpPort: number
  readonly dispatch: boolean
}

/** Makes an engine on the run's file, with short patience and many tries. */
export function openEngine({ file, hook, smtpPort, dispatch }: EngineOptions): Promise<InviteMe> {
  const store = sqlite(file, { synchronous: 'full' })
  return createInviteMe({ ...patience, store, channels: channelsOf(hook, smtpPort), dispatch })
}

/** The media of every run. @param smtpHost where the mail server is reached */
export function channelsOf(hook: Channel, smtpPort: number, smtpHost = '127.0.0.1'): readonly Channel[] {
  const smtp = `smtp://${smtpHost}:${String(smtpPort)}`
  return [hook, email({ smtp, from: 'dinner@hosts.test', connections: 8 })]
}

/** Options of every engine of a run: short patience and many tries. */
export const patience = {
  portal: { url: 'https://rsvp.hosts.test' },
  lease: leaseMs,
  poll: 200,
  policies: {
    retry: { firstMs: 20, mostMs: 200, tries: 40, withinMs: '10m' },
    circuit: { failures: 8, pauseMs: 50, mostMs: 200 },
    crashes: 50,
  },
} as const satisfies Partial<InviteMeOptions>

/** Accepts the n-th message of the plan; asking again with the same key changes nothing. @returns the message's id */
export async function acceptPlanned(inviteMe: InviteMe, index: number): Promise<string> {
  const { address, key, kind, via } = plannedMessage(index)
  const to = { routes: Object.fromEntries(via.map((channel) => [channel, address])) }
  const text = `Dinner on Friday at 8? (${String(index)})`
  const accepted =
    kind === 'notice'
      ? await inviteMe.send(to, text, { key, via })
      : await inviteMe.ask(to, text, { key, via, answer: yesNo() })
  return accepted.messageId
}
