import { yesNo } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { sam, startEngine, told } from './start-engine.ts'

const minute = 60_000
const answer = yesNo()

describe('the next route is taken', () => {
  test('when the first does not accept', async () => {
    const t = await startEngine()
    const start = t.clock.now()
    t.fail('telegram', 'permanent_recipient')
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.reply(invitation, 'yes')
    expect(told(t.outbox, start)).toEqual([
      ['telegram', 0, 'permanent_recipient'],
      ['email', 0, 'accepted'],
    ])
    expect(await invitation.answer()).toMatchObject({ via: 'email' })
  })

  test('when the first keeps failing for a while, and not before', async () => {
    const t = await startEngine({ policies: { circuit: { failures: 100 } } })
    t.fail('telegram', { status: 'retryable', scope: 'recipient' })
    await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.advance('31m')
    const channels = t.outbox.map(({ channel }) => channel)
    expect(channels.slice(0, -1).every((channel) => channel === 'telegram')).toBe(true)
    expect(channels.length - 1).toBeGreaterThan(1)
    expect(channels.length - 1).toBeLessThanOrEqual(8)
    expect(channels.at(-1)).toBe('email')
  })

  test('when the message is not delivered in time', async () => {
    const t = await startEngine()
    const start = t.clock.now()
    const next = { unlessDelivered: '10m' } as const
    await t.inviteMe.ask(sam, 'Dinner?', { answer, next })
    const arrived = await t.inviteMe.ask(
      { routes: { telegram: 'ann', email: 'ann@guests.test' } },
      'Dinner?',
      {
        answer,
        next,
      },
    )
    await t.advance('5m')
    await t.report(arrived, 'delivered')
    await t.advance('1h')
    expect(told(t.outbox, start)).toEqual([
      ['telegram', 0, 'accepted'],
      ['telegram', 0, 'accepted'],
      ['email', 10 * minute, 'accepted'],
    ])
    expect(t.outbox[2]?.message.to.address).toBe('sam@guests.test')
  })

  test('when the message is not seen in time', async () => {
    const t = await startEngine()
    const next = { unlessSeen: '10m' } as const
    const delivered = await t.inviteMe.ask(sam, 'Dinner?', { answer, next })
    await t.report((await t.clock.settle(), delivered), 'delivered')
    const read = await t.inviteMe.ask({ routes: { telegram: 'ann', email: 'ann@guests.test' } }, 'Dinner?', {
      answer,
      next,
    })
    await t.report((await t.clock.settle(), read), 'read')
    await t.advance('1h')
    expect(
      t.outbox.filter(({ channel }) => channel === 'email').map(({ message }) => message.to.address),
    ).toEqual(['sam@guests.test'])
  })

  test('when nobody answers in time, and an answer by the first still counts', async () => {
    const t = await startEngine()
    const start = t.clock.now()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '30m' } })
    await t.advance('29m')
    expect(t.outbox).toHaveLength(1)
    await t.advance('2m')
    expect(told(t.outbox, start)).toEqual([
      ['telegram', 0, 'accepted'],
      ['email', 30 * minute, 'accepted'],
    ])
    await t.reply(invitation, 'yes', { via: 'telegram' })
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', via: 'telegram' })
    await t.advance('2d')
    expect(t.outbox).toHaveLength(2)
  })

  test('by the rule each route has of its own', async () => {
    const t = await startEngine({ channels: ['telegram', 'sms', 'email'] })
    const start = t.clock.now()
    const somebody = { routes: { telegram: 'sam', sms: '+1', email: 'sam@guests.test' } }
    const via = [
      { channel: 'sms', next: { unlessDelivered: '5m' } },
      { channel: 'telegram', next: { unlessAnswered: '1h' } },
      'email',
    ] as const
    await t.inviteMe.ask(somebody, 'Dinner?', { answer, via })
    await t.advance('2h')
    expect(told(t.outbox, start)).toEqual([
      ['sms', 0, 'accepted'],
      ['telegram', 5 * minute, 'accepted'],
      ['email', 65 * minute, 'accepted'],
    ])
  })

  test('when the provider takes its acceptance back', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, via: ['email', 'telegram'] })
    await t.clock.settle()
    const [entry] = t.outbox
    if (entry === undefined) throw new Error('nothing was sent')
    await t.advance('1m')
    const bounce = t.channel('email').bounce(entry)
    await t.inviteMe.receive('email', bounce)
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['email', 'telegram'])
    expect(await invitation.state()).toBe('pending')
    const [receipt] = await t.inviteMe.receipts.list({ invitationId: invitation.id, channel: 'telegram' })
    expect(receipt?.kind).toBe('accepted')
  })

  test('when an adapter is not configured any more', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.recipients.upsert({
      externalId: 'sam',
      routes: { signal: '+1', email: 'sam@guests.test' },
    })
    const invitation = await t.inviteMe.ask('sam', 'Dinner?', { answer })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['email'])
    expect(await t.inviteMe.receipts.list({ invitationId: invitation.id })).toMatchObject([
      { kind: 'skipped', channel: 'signal', detail: 'adapter_unavailable' },
      { kind: 'accepted', channel: 'email' },
    ])
  })
})

test('an answer that comes while the next route is waiting closes it', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '30m' } })
  await t.advance('10m')
  await t.reply(invitation, 'no')
  await t.advance('5h')
  expect(t.outbox).toHaveLength(1)
})

test('an answer that comes while the next message is being sent leaves one answer and no further message', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', {
    answer,
    next: { unlessAnswered: '30m' },
    remind: ['1h'],
  })
  t.fail('email', 'hang')
  await t.advance('30m')
  expect(t.outbox.at(-1)).toMatchObject({ channel: 'email', outcome: undefined })
  await t.reply(invitation, 'yes', { via: 'telegram' })
  t.mend('email')
  await t.advance('5h')
  expect(t.outbox).toHaveLength(2)
  expect(await invitation.state()).toBe('accepted')
})

test('routing "all" uses every open route at once, and one answer closes all', async () => {
  const t = await startEngine()
  const start = t.clock.now()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, routing: 'all' })
  await t.clock.settle()
  expect(told(t.outbox, start)).toHaveLength(2)
  expect(told(t.outbox, start)).toEqual(
    expect.arrayContaining([
      ['email', 0, 'accepted'],
      ['telegram', 0, 'accepted'],
    ]),
  )
  await t.reply(invitation, 'yes', { via: 'email' })
  const again = await t.reply(invitation, 'yes', { via: 'telegram' })
  expect(again.answer).toBe('repeated')
  expect(await invitation.answer()).toMatchObject({ via: 'email', revision: 1 })
})

test('routing "all" is unreachable only when every route failed', async () => {
  const t = await startEngine()
  t.fail('telegram', 'permanent_recipient')
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, routing: 'all' })
  await t.clock.settle()
  expect(await invitation.state()).toBe('pending')
  const [entry] = t.outbox.filter(({ channel }) => channel === 'email')
  if (entry === undefined) throw new Error('nothing was sent by email')
  await t.inviteMe.receive('email', t.channel('email').bounce(entry))
  await t.clock.settle()
  expect(await invitation.answer()).toMatchObject({ kind: 'unreachable' })
})

test('calling off what goes by every route leaves the failed route failed', async () => {
  const t = await startEngine()
  t.fail('telegram', 'permanent_recipient')
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, routing: 'all', until: '2d' })
  await t.clock.settle()
  await invitation.cancel()
  const deliveries = await t.inviteMe.deliveries.list({ invitationId: invitation.id })
  const states = new Map(deliveries.map(({ plan, position, state }) => [plan[position]?.channel, state]))
  expect(states).toEqual(
    new Map([
      ['telegram', 'failed'],
      ['email', 'sent'],
    ]),
  )
})

describe('an invitation is unreachable', () => {
  test('when every route failed', async () => {
    const t = await startEngine()
    t.fail('telegram', 'permanent_recipient')
    t.fail('email', 'permanent_content')
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.clock.settle()
    expect(await invitation.answer()).toMatchObject({ kind: 'unreachable' })
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'failed', reason: 'permanent', dueAt: null },
    ])
  })

  test('at once when no route can be used, and nobody else is touched', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.recipients.upsert({ externalId: 'ann', routes: { pigeon: 'loft 7' } })
    await t.inviteMe.recipients.upsert({ externalId: 'bob', routes: { email: 'bob@guests.test' } })
    const group = await t.inviteMe.ask(['ann', 'bob'], 'Dinner?', { answer })
    const [ann, bob] = group.invitations
    expect(await ann?.answer()).toMatchObject({ kind: 'unreachable' })
    await t.clock.settle()
    expect(await bob?.state()).toBe('pending')
    expect(t.outbox).toHaveLength(1)
    expect(await t.inviteMe.deliveries.list({ invitationId: ann?.id ?? '' })).toMatchObject([
      { state: 'failed', reason: 'no_route' },
    ])
  })

  test('and can still be answered by who got it after all', async () => {
    const t = await startEngine({ channels: ['email'] })
    const invitation = await t.inviteMe.ask('ann@guests.test', 'Dinner?', { answer }).catch(() => undefined)
    expect(invitation).toBeUndefined()
    const asked = await t.inviteMe.ask({ routes: { email: 'ann@guests.test' } }, 'Dinner?', { answer })
    await t.clock.settle()
    const [entry] = t.outbox
    if (entry === undefined) throw new Error('nothing was sent')
    await t.inviteMe.receive('email', t.channel('email').bounce(entry))
    expect(await asked.state()).toBe('unreachable')
    await t.reply(entry, 'yes')
    expect(await asked.state()).toBe('accepted')
  })
})

test('a route that cannot carry the answer by itself needs a link, and is left out without one', async () => {
  const mute = { answers: [], links: true, tokens: ['respond'] } as const
  const { scriptedChannel } = await import('@invite-me/core/testing')
  const channels = [scriptedChannel({ name: 'sms', supports: mute }), 'email']
  const ask = async (options: Parameters<typeof startEngine>[0], capability: 'link' | 'native' = 'link') => {
    const t = await startEngine({ ...options })
    await t.inviteMe.ask({ routes: { sms: '+1', email: 'a@b.test' } }, 'Dinner?', { answer, capability })
    await t.clock.settle()
    return t.outbox.map(({ channel }) => channel)
  }
  expect(await ask({ channels })).toEqual(['sms'])
  const again = () => [scriptedChannel({ name: 'sms', supports: mute }), 'email']
  expect(await ask({ channels: again() }, 'native')).toEqual(['email'])
})
