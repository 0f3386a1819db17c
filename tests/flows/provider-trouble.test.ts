import { yesNo, type SendOutcome } from '@invite-me/core'
import { scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { sam, startEngine, told } from './start-engine.ts'

const answer = yesNo()
const guest = (number: number) => ({ routes: { email: `guest-${String(number)}@guests.test` } })
const everybody = (count: number) => Array.from({ length: count }, (_, number) => guest(number))

describe('a message that failed for a moment', () => {
  test('is tried again, ever later, under the same key', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script(['retryable', 'retryable', 'retryable'])
    const invitation = await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('1m')
    expect(t.outbox.map(({ outcome }) => outcome?.status)).toEqual([
      'retryable',
      'retryable',
      'retryable',
      'accepted',
    ])
    expect(new Set(t.outbox.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
    const receipts = await t.inviteMe.receipts.list({ invitationId: invitation.id })
    expect(receipts.map(({ kind, attempt }) => [kind, attempt])).toEqual([
      ['failed', 1],
      ['failed', 2],
      ['failed', 3],
      ['accepted', 4],
    ])
  })

  test('waits at least as long as the provider says', async () => {
    const t = await startEngine({ channels: ['email'] })
    const start = t.clock.now()
    t.channel('email').script([{ status: 'retryable', scope: 'recipient', retryAfterMs: 600_000 }])
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('20m')
    expect(t.outbox).toHaveLength(2)
    expect((t.outbox[1]?.at.getTime() ?? 0) - start).toBeGreaterThanOrEqual(600_000)
  })

  test('is given up after its tries, and says so', async () => {
    const t = await startEngine({ channels: ['email'], policies: { retry: { tries: 3 } } })
    t.fail('email', { status: 'retryable', scope: 'recipient' })
    const invitation = await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('1h')
    expect(t.outbox).toHaveLength(3)
    expect(await invitation.state()).toBe('unreachable')
    const kinds = (await t.inviteMe.receipts.list({ invitationId: invitation.id })).map(({ kind }) => kind)
    expect(kinds).toEqual(['failed', 'failed', 'failed', 'exhausted'])
  })
})

describe('a rate limit', () => {
  test('costs no try and pauses the channel for all', async () => {
    const t = await startEngine({ channels: ['email'], policies: { retry: { tries: 2 } } })
    const start = t.clock.now()
    const limited: SendOutcome = { status: 'rate_limited', scope: 'sender', retryAfterMs: 60_000 }
    t.channel('email').script([limited])
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.clock.settle()
    t.channel('email').script([limited, limited, limited])
    await t.inviteMe.ask(guest(2), 'Dinner?', { answer })
    await t.advance('59s')
    expect(t.outbox).toHaveLength(1)
    await t.advance('20m')
    expect(t.outbox.filter(({ outcome }) => outcome?.status === 'accepted')).toHaveLength(2)
    expect(t.outbox.every(({ at }) => at.getTime() === start || at.getTime() >= start + 60_000)).toBe(true)
    const [delivery] = await t.inviteMe.deliveries.list()
    expect(delivery?.tries).toBe(0)
  })

  test('of one person holds up nobody else', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script([{ status: 'rate_limited', scope: 'recipient', retryAfterMs: 60_000 }])
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.clock.settle()
    await t.inviteMe.ask(guest(2), 'Dinner?', { answer })
    await t.clock.settle()
    expect(t.outbox.map(({ outcome }) => outcome?.status)).toEqual(['rate_limited', 'accepted'])
  })
})

describe('a provider that is down', () => {
  test('is left alone after some failures, and nobody loses tries meanwhile', async () => {
    const t = await startEngine({ channels: ['email'], policies: { retry: { tries: 6 } } })
    t.fail('email', 'retryable')
    const group = await t.inviteMe.ask(everybody(40), 'Dinner?', { answer })
    await t.advance('10s')
    expect(t.inviteMe.channels.list()).toMatchObject([
      { name: 'email', circuit: expect.stringMatching(/open/) },
    ])
    await t.advance('10m')
    const whileDown = t.outbox.length
    expect(whileDown).toBeLessThan(60)
    t.mend('email')
    await t.advance('20m')
    expect(t.inviteMe.channels.list()).toMatchObject([{ circuit: 'closed' }])
    const states = await Promise.all(group.invitations.map((invitation) => invitation.state()))
    expect(states.every((state) => state === 'pending')).toBe(true)
    expect(t.outbox.filter(({ outcome }) => outcome?.status === 'accepted')).toHaveLength(40)
    expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 40 })
  })

  test('for long lets who has another route go there', async () => {
    const t = await startEngine({ poll: '10s' })
    t.fail('telegram', 'retryable')
    const people = Array.from({ length: 12 }, (_, number) => ({
      routes: { telegram: String(number), email: `guest-${String(number)}@guests.test` },
    }))
    await t.inviteMe.ask(people, 'Dinner?', { answer })
    await t.advance('2h')
    expect(t.outbox.filter(({ channel }) => channel === 'email')).toHaveLength(12)
  })

  test('does not hold up another channel', async () => {
    const t = await startEngine()
    t.fail('telegram', 'retryable')
    await t.inviteMe.ask(
      Array.from({ length: 10 }, (_, number) => ({ routes: { telegram: String(number) } })),
      'Dinner?',
      { answer },
    )
    await t.advance('10s')
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.clock.settle()
    expect(t.outbox.at(-1)).toMatchObject({ channel: 'email', outcome: { status: 'accepted' } })
  })
})

describe('wrong credentials', () => {
  test('stop the channel at once and burn nobody; mended, everything goes out', async () => {
    const t = await startEngine({ channels: ['email'], policies: { retry: { tries: 2 } }, poll: '1m' })
    t.fail('email', 'permanent_config')
    await t.inviteMe.ask(everybody(5), 'Dinner?', { answer })
    await t.advance('3h')
    expect(t.troubles).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('circuit') }),
    )
    t.mend('email')
    await t.advance('30m')
    expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 5 })
  })
})

describe('a channel that may or may not have sent', () => {
  test('is asked again by default, and the message is marked as possibly sent twice', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script(['unknown'])
    const invitation = await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('1m')
    expect(t.outbox.map(({ outcome }) => outcome?.status)).toEqual(['unknown', 'accepted'])
    expect(await t.inviteMe.receipts.list({ invitationId: invitation.id })).toMatchObject([
      { kind: 'unknown', duplicatePossible: false },
      { kind: 'accepted', duplicatePossible: true },
    ])
  })

  test('is believed to have sent when the message says so', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script(['unknown'])
    const invitation = await t.inviteMe.ask(guest(1), 'Dinner?', { answer, onUnknown: 'assume-sent' })
    await t.advance('1h')
    expect(t.outbox).toHaveLength(1)
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'sent', doubtful: true },
    ])
    await t.reply(invitation, 'yes')
    expect(await invitation.state()).toBe('accepted')
  })

  test('because it hangs is called off at its deadline', async () => {
    const t = await startEngine({
      channels: [scriptedChannel({ name: 'email', limits: { timeoutMs: 5_000 } })],
    })
    const start = t.clock.now()
    t.channel('email').script(['hang'])
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('1m')
    expect(told(t.outbox, start)[0]).toEqual(['email', 0, 'unknown'])
    expect(t.outbox[1]?.at.getTime()).toBeGreaterThanOrEqual(start + 5_000)
    expect(t.outbox[1]?.outcome?.status).toBe('accepted')
  })

  test('because it does not even obey is given up soon after', async () => {
    const t = await startEngine({
      channels: [scriptedChannel({ name: 'email', limits: { timeoutMs: 5_000 } })],
    })
    t.channel('email').script([() => new Promise<never>(() => undefined)])
    const invitation = await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('1m')
    expect(t.outbox.at(-1)?.outcome?.status).toBe('accepted')
    expect(await t.inviteMe.receipts.list({ invitationId: invitation.id })).toMatchObject([
      { kind: 'unknown', providerCode: 'timeout' },
      { kind: 'accepted', duplicatePossible: true },
    ])
  })

  test('because it threw is told, and the message goes on', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script(['throw'])
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('1m')
    expect(t.outbox.at(-1)?.outcome?.status).toBe('accepted')
    expect(t.troubles).toContainEqual(expect.objectContaining({ level: 'error' }))
    expect(JSON.stringify(t.troubles)).not.toContain('guest-1@')
  })
})

describe('an adapter that returns', () => {
  test.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no status', {}],
    ['a status of its own', { status: 'weird' }],
    ['a word', 'accepted'],
    ['a pause without length', { status: 'rate_limited', scope: 'sender' }],
    ['a pause that is no number', { status: 'rate_limited', scope: 'sender', retryAfterMs: Number.NaN }],
    ['a pause into the past', { status: 'rate_limited', scope: 'recipient', retryAfterMs: -5 }],
    ['a pause of ages', { status: 'rate_limited', scope: 'recipient', retryAfterMs: 1e300 }],
    ['an endless pause', { status: 'retryable', scope: 'recipient', retryAfterMs: Infinity }],
    ['an id that is an object', { status: 'accepted', providerMessageId: { a: 1 } }],
    ['a detail that is a big integer', { status: 'retryable', scope: 'recipient', detail: 7n }],
  ])('%s stops nothing', async (_name, value) => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').script([() => value as SendOutcome])
    await t.inviteMe.ask(guest(1), 'Dinner?', { answer })
    await t.advance('2d')
    expect(t.outbox.length).toBeLessThan(10)
    expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 1 })
  })
})

describe('a dead address', () => {
  test('is marked, so that the next message does not try it', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert({ externalId: 'sam', routes: sam.routes })
    t.channel('telegram').script(['permanent_recipient'])
    await t.inviteMe.ask('sam', 'Dinner?', { answer })
    await t.clock.settle()
    expect((await t.inviteMe.recipients.get('sam'))?.routes[0]).toMatchObject({ state: 'bounced' })
    await t.inviteMe.ask('sam', 'Lunch?', { answer })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram', 'email', 'email'])
  })

  test('of one person costs nobody else anything', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.channel('email').failAlways(({ to }) =>
      to.address.startsWith('guest-1')
        ? { status: 'permanent_recipient', scope: 'recipient' }
        : { status: 'accepted' },
    )
    await t.inviteMe.ask(everybody(20), 'Dinner?', { answer })
    await t.advance('1m')
    expect(t.inviteMe.channels.list()).toMatchObject([{ circuit: 'closed' }])
    expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 9, failed: 11 })
  })
})

describe('limits of a channel', () => {
  test('no more sends at once than it allows', async () => {
    const t = await startEngine({
      channels: [scriptedChannel({ name: 'email', limits: { concurrency: 3 } })],
    })
    t.fail('email', 'hang')
    await t.inviteMe.ask(everybody(10), 'Dinner?', { answer })
    await t.advance('10s')
    expect(t.outbox).toHaveLength(3)
    t.mend('email')
    await t.advance('5m')
    expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 10 })
  })

  test('no more in a time than it allows', async () => {
    const limits = { rate: { count: 5, perMs: 60_000 } }
    const t = await startEngine({ channels: [scriptedChannel({ name: 'email', limits })] })
    const start = t.clock.now()
    await t.inviteMe.ask(everybody(20), 'Dinner?', { answer })
    await t.advance('10m')
    expect(t.outbox).toHaveLength(20)
    const moments = t.outbox.map(({ at }) => at.getTime() - start)
    for (const [index, moment] of moments.entries()) {
      const inWindow = moments.slice(index).filter((other) => other < moment + 60_000)
      // A bucket that was full and refilled meanwhile lets through at most twice its size.
      expect(inWindow.length).toBeLessThanOrEqual(10)
    }
    expect(moments.at(-1)).toBeGreaterThanOrEqual(3 * 60_000 - 1_000)
  })

  test('urgent messages overtake, and the least urgent still move', async () => {
    const t = await startEngine({
      channels: [scriptedChannel({ name: 'email', limits: { concurrency: 2 } })],
    })
    const slow = async () =>
      new Promise<SendOutcome>((resolve) => t.clock.schedule(1_000, () => resolve({ status: 'accepted' })))
    t.channel('email').failAlways(slow)
    const send = (text: string, lane: 1 | 6) => t.inviteMe.send(everybody(100), text, { lane })
    await send('campaign', 6)
    await t.advance('3s')
    await send('code', 1)
    await t.advance('2s')
    expect(t.outbox.slice(-2).some(({ message }) => message.content.text === 'code')).toBe(true)
    const before = t.outbox.length
    await t.advance('40s')
    const lately = t.outbox.slice(before).map(({ message }) => message.content.text)
    expect(lately.filter((text) => text === 'code').length).toBeGreaterThan(60)
    expect(lately.filter((text) => text === 'campaign').length).toBeGreaterThan(0)
  })
})
