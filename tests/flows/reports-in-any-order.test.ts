import { yesNo } from '@invite-me/core'
import { inboundRequest, seededRandom, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const phone = '+491510000001'
const sam = { routes: { 'twilio-sms': phone, email: 'sam@guests.test' } }

type Report = 'delivered' | 'read' | 'failed' | 'complained' | 'answered'

/** One thing a provider tells about the first message; the same one has the same id. */
function request(report: Report): Request {
  const base = { id: `report-${report}`, at: new Date(0) }
  const reference = { by: 'provider-message', providerMessageId: 'twilio-sms-1' } as const
  switch (report) {
    case 'failed': {
      const outcome = { status: 'permanent_recipient', scope: 'recipient' } as const
      return inboundRequest('twilio-sms', [{ ...base, kind: 'failed', reference, outcome }])
    }
    case 'answered': {
      const input = { kind: 'option', value: 'yes' } as const
      return inboundRequest('twilio-sms', [{ ...base, kind: 'answer', reference, input }])
    }
    case 'delivered':
    case 'read':
    case 'complained':
      return inboundRequest('twilio-sms', [{ ...base, kind: report, reference }])
  }
}

/** Everything by which one order could differ from another, without moments and ids. */
async function outcomeOf(reports: readonly Report[], via: readonly string[]): Promise<unknown> {
  const t = await startEngine({ channels: ['twilio-sms', 'email'] })
  await t.inviteMe.recipients.upsert({ externalId: 'sam', ...sam })
  const invitation = await t.inviteMe.ask('sam', 'Dinner?', { answer: yesNo(), via, until: '1h' })
  await t.clock.settle()
  for (const report of reports) {
    await t.inviteMe.receive('twilio-sms', request(report))
    // What waits for a worker to finish waits by the clock, which stands still here.
    await t.clock.settle()
  }
  const outcome = await pictureOf(t, invitation.id)
  await t.stop()
  return outcome
}

async function pictureOf(t: InviteMeTest, invitationId: string) {
  const deliveries = await t.inviteMe.deliveries.list({ invitationId })
  const invitation = await t.inviteMe.invitations.get(invitationId)
  const recipient = await t.inviteMe.recipients.get('sam')
  return {
    deliveries: deliveries.map(({ dueAt, position, reason, state }) => ({ dueAt, position, reason, state })),
    invitation: { state: invitation?.state, revision: invitation?.revision, value: invitation?.value },
    routes: recipient?.routes.map(({ channel, state }) => [channel, state]),
    sent: t.outbox.map(({ channel }) => channel),
    unmatched: (await t.inviteMe.unmatched.list()).length,
  }
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  )
}

/** The order with every report once or twice more, somewhere after its first time. */
function withRepeats(order: readonly Report[], seed: number): readonly Report[] {
  const { fraction } = seededRandom(seed)
  const repeated = [...order]
  for (const report of order) {
    const first = repeated.indexOf(report)
    repeated.splice(first + 1 + Math.floor(fraction() * (repeated.length - first)), 0, report)
  }
  return repeated
}

describe('reports of a provider, in any order and however often', () => {
  test.each<[string, readonly Report[], readonly string[]]>([
    ['arrived and read', ['delivered', 'read'], ['twilio-sms']],
    ['arrived, or not, with no other way', ['delivered', 'read', 'failed'], ['twilio-sms']],
    ['arrived, or not, with another way', ['delivered', 'failed'], ['twilio-sms', 'email']],
    ['arrived and called spam', ['delivered', 'read', 'complained'], ['twilio-sms', 'email']],
    ['arrived and answered', ['delivered', 'read', 'answered'], ['twilio-sms', 'email']],
  ])('%s: end in the same', async (_, reports, via) => {
    const [first, ...others] = permutations(reports)
    const expected = await outcomeOf(first ?? [], via)
    for (const [number, order] of others.entries()) {
      expect([order, await outcomeOf(order, via)]).toEqual([order, expected])
      const repeats = withRepeats(order, number + 1)
      expect([repeats, await outcomeOf(repeats, via)]).toEqual([repeats, expected])
    }
  })

  test('a state never moves backwards', async () => {
    const t = await startEngine({ channels: ['twilio-sms'] })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['twilio-sms'] })
    await t.clock.settle()
    const states: (string | undefined)[] = []
    for (const kind of ['delivered', 'read', 'delivered', 'read'] as const) {
      await t.report(invitation, kind)
      states.push((await t.inviteMe.deliveries.list({ invitationId: invitation.id }))[0]?.state)
    }
    expect(states).toEqual(['delivered', 'read', 'read', 'read'])
  })
})
