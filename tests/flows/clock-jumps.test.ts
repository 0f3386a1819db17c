import { yesNo } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

const hour = 3_600_000
const answer = yesNo()

describe.each([
  ['an hour forward', hour],
  ['an hour back', -hour],
  ['a day forward', 24 * hour],
  ['a day back', -24 * hour],
])('when the clock is set %s', (_name, jumpMs) => {
  test('new questions go out and are answered', async () => {
    const t = await startEngine()
    await t.inviteMe.ask(sam, 'Before?', { answer })
    await t.clock.settle()
    t.clock.jump(jumpMs)
    const invitation = await t.inviteMe.ask(sam, 'After?', { answer })
    await t.clock.settle()
    await t.advance('2s')
    expect(t.outbox).toHaveLength(2)
    await t.reply(invitation, 'yes')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true })
    expect(t.troubles).toEqual([])
  })

  test('a message in hand is sent once', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script(['hang'])
    const invitation = await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', {
      answer,
      onUnknown: 'assume-sent',
    })
    await t.clock.settle()
    t.clock.jump(jumpMs)
    await t.advance('2m')
    expect(t.outbox).toHaveLength(1)
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'sent' },
    ])
  })

  test('a retry comes, and the message arrives once', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script([{ status: 'retryable', scope: 'recipient', retryAfterMs: 30_000 }])
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    t.clock.jump(jumpMs)
    await t.advance(Math.max(0, -jumpMs) + 5 * 60_000)
    expect(t.outbox.map(({ outcome }) => outcome?.status)).toEqual(['retryable', 'accepted'])
  })

  test('a reminder is sent once', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer, remind: ['2h'] })
    await t.advance('1h')
    t.clock.jump(jumpMs)
    await t.advance('3d')
    expect(t.outbox.map(({ message }) => message.purpose)).toEqual(['message', 'reminder'])
  })

  test('a channel’s pace recovers', async () => {
    const { scriptedChannel } = await import('@invite-me/core/testing')
    const limits = { rate: { count: 2, perMs: 60_000 } }
    const t = await startEngine({ channels: [scriptedChannel({ name: 'email', limits })] })
    const people = Array.from({ length: 6 }, (_, number) => ({
      routes: { email: `g${String(number)}@b.test` },
    }))
    await t.inviteMe.ask(people, 'Dinner?', { answer })
    await t.advance('1s')
    t.clock.jump(jumpMs)
    await t.advance(Math.max(0, -jumpMs) + 10 * 60_000)
    expect(t.outbox).toHaveLength(6)
  })

  test('a circuit that was open closes again', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.fail('email', 'permanent_config')
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    t.mend('email')
    t.clock.jump(jumpMs)
    await t.advance(Math.max(0, -jumpMs) + 10 * 60_000)
    expect(t.outbox.at(-1)?.outcome?.status).toBe('accepted')
    expect(t.inviteMe.channels.list()).toMatchObject([{ circuit: 'closed' }])
  })
})

test('a pause of a channel does not last as much longer as the clock was set back', async () => {
  const t = await startEngine({ channels: ['email'] })
  t.fail('email', 'permanent_config')
  await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Before?', { answer })
  await t.clock.settle()
  t.mend('email')
  t.clock.jump(-24 * hour)
  await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'After?', { answer })
  await t.advance('10s')
  expect(t.outbox.at(-1)).toMatchObject({
    message: { content: { text: 'After?' } },
    outcome: { status: 'accepted' },
  })
})

test('a deadline is judged by the clock as it is set', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '2h' })
  await t.clock.settle()
  t.clock.jump(3 * hour)
  await t.advance('2s')
  expect(await invitation.state()).toBe('expired')
})

test('ids go on in order when the clock is set back', async () => {
  const t = await startEngine()
  const before = await t.inviteMe.ask(sam, 'One?', { answer })
  t.clock.jump(-24 * hour)
  const after = await t.inviteMe.ask(sam, 'Two?', { answer })
  expect(before.id < after.id).toBe(true)
})
