import { yesNo } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { sam, startEngine, told } from './start-engine.ts'

const hour = 3_600_000
const answer = yesNo()

describe('reminders', () => {
  test('are counted from the first acceptance and go by the route that was last accepted', async () => {
    const t = await startEngine()
    const start = t.clock.now()
    await t.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '2h' }, remind: ['1h', '5h'] })
    await t.advance('3d')
    expect(told(t.outbox, start)).toEqual([
      ['telegram', 0, 'accepted'],
      ['telegram', hour, 'accepted'],
      ['email', 3 * hour, 'accepted'],
      ['email', 5 * hour, 'accepted'],
    ])
    expect(t.outbox.map(({ message }) => message.purpose)).toEqual([
      'message',
      'reminder',
      'message',
      'reminder',
    ])
  })

  test('have a key of their own, which a retry keeps', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer, remind: ['1h'] })
    await t.advance('30m')
    t.channel('email').script([{ status: 'retryable', scope: 'recipient' }])
    await t.advance('40m')
    const keys = t.outbox.map(({ idempotencyKey }) => idempotencyKey)
    expect(keys).toHaveLength(3)
    expect(keys[0]).not.toBe(keys[1])
    expect(keys[1]).toBe(keys[2])
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9.-]+$/)
  })

  test('end with the answer', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, remind: ['1h', '2h'] })
    await t.advance('90m')
    await t.reply(invitation, 'yes')
    await t.advance('2d')
    expect(t.outbox).toHaveLength(2)
  })

  test('are not sent for what comes after the deadline', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', {
      answer,
      until: '3h',
      remind: ['1h', '3h', '4h'],
    })
    await t.advance('2d')
    expect(t.outbox).toHaveLength(2)
  })

  test('carry links that work as the first ones do', async () => {
    const t = await startEngine({ channels: ['email'] })
    const invitation = await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', {
      answer,
      remind: ['1h'],
    })
    await t.advance('2h')
    const tokens = t.outbox.map(({ message }) => message.links.respond?.split('/').at(-1) ?? '')
    expect(new Set(tokens).size).toBe(2)
    for (const token of tokens) expect((await t.inviteMe.links.open(token, 'respond')).status).toBe('open')
    await t.inviteMe.links.answer(tokens[0] ?? '', { kind: 'option', value: 'yes' })
    expect(await invitation.state()).toBe('accepted')
  })
})

describe('the deadline', () => {
  test('ends a question nobody answered, to the moment', async () => {
    const t = await startEngine()
    const until = new Date(t.clock.now() + 2 * hour)
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until })
    const answering = invitation.answer()
    await t.advance(2 * hour - 1)
    expect(await invitation.state()).toBe('pending')
    await t.advance(1)
    expect(await invitation.state()).toBe('expired')
    await t.advance('1s')
    expect(await answering).toEqual({ kind: 'expired', at: until })
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([{ dueAt: null }])
  })

  test('holds back what could not be sent before', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.fail('email', 'rate_limited')
    const invitation = await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', {
      answer,
      until: '1m',
    })
    await t.advance('2m')
    const sentBefore = t.outbox.length
    t.mend('email')
    await t.advance('1h')
    expect(t.outbox).toHaveLength(sentBefore)
    expect(await invitation.answer()).toMatchObject({ kind: 'expired' })
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'expired', reason: 'deadline' },
    ])
  })

  test('ends a question to several routes once', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, routing: 'all', until: '1h' })
    await t.advance('2h')
    const events: string[] = []
    for await (const { type } of invitation.events()) events.push(type)
    expect(events.filter((type) => type === 'invitation.expired')).toHaveLength(1)
  })

  test('makes an answer late, which is kept', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '1h' })
    await t.advance('2h')
    expect(await t.reply(invitation, 'yes')).toMatchObject({ result: 'recorded', answer: 'late' })
    expect(await invitation.state()).toBe('expired')
    expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([
      { status: 'late', value: 'yes', revision: null },
    ])
  })

  test('makes an answer late even before anybody looked', async () => {
    const t = await startEngine({ poll: '1m' })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '1h' })
    await t.clock.settle()
    t.clock.jump(2 * hour)
    expect(await t.reply(invitation, 'yes')).toMatchObject({ answer: 'late' })
    await t.advance('2m')
    expect(await invitation.state()).toBe('expired')
  })

  test('may be a time of day in the workspace’s zone', async () => {
    const t = await startEngine({ zone: 'Europe/Berlin' })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '2026-01-05T12:00' })
    const record = await t.inviteMe.invitations.get(invitation.id)
    expect(record?.until).toEqual(new Date('2026-01-05T11:00:00Z'))
  })

  test('of a notice ends it when it could not be sent', async () => {
    const t = await startEngine({ channels: ['email'] })
    t.fail('email', 'rate_limited')
    const sent = await t.inviteMe.send({ routes: { email: 'a@b.test' } }, 'Doors open at 7.', { until: '1m' })
    const settling = sent.settled()
    await t.advance('5m')
    expect(await settling).toMatchObject([{ state: 'expired', reason: 'deadline' }])
  })
})

describe('calling off', () => {
  test('ends everything that was still to come, and no answer counts', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '1h' } })
    await t.clock.settle()
    expect(await invitation.cancel()).toBe('cancelled')
    expect(await invitation.cancel()).toBe('cancelled')
    await t.advance('1d')
    expect(t.outbox).toHaveLength(1)
    expect(await t.reply(invitation, 'yes')).toMatchObject({ answer: 'late' })
    expect(await invitation.answer()).toMatchObject({ kind: 'cancelled' })
  })

  test('before it was sent sends nothing', async () => {
    const t = await startEngine({ dispatch: false })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await invitation.cancel()
    t.inviteMe.start()
    await t.advance('1h')
    expect(t.outbox).toEqual([])
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'cancelled', dueAt: null },
    ])
  })

  test('while it is being sent lets that send finish and nothing more', async () => {
    const t = await startEngine()
    t.fail('telegram', 'hang')
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.clock.settle()
    await invitation.cancel()
    await t.advance('2h')
    expect(t.outbox).toHaveLength(1)
    expect(await invitation.state()).toBe('cancelled')
    const [delivery] = await t.inviteMe.deliveries.list({ invitationId: invitation.id })
    expect(delivery?.dueAt).toBeNull()
  })

  test('changes nothing about an answer that was given', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.reply(invitation, 'yes')
    expect(await invitation.cancel()).toBe('accepted')
  })
})
