import { isInviteMeError, yesNo } from '@invite-me/core'
import { inApp } from '@invite-me/channels/in-app'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const sam = { routes: { 'in-app': 'sam', email: 'sam@guests.test' } }
const start = () => startEngine({ channels: [inApp({}), 'email'] })

describe('an inbox within the app', () => {
  test('holds the question, is answered in place, and the other routes are not used', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday?', {
      answer: yesNo(),
      via: ['in-app', 'email'],
      next: { unlessAnswered: '30m' },
    })
    await t.clock.settle()
    const inbox = t.inviteMe.inbox('sam')
    const [entry] = await inbox.list({ only: 'unread' })
    expect(entry).toMatchObject({
      content: { text: 'Dinner on Friday?' },
      answer: { type: 'yesNo' },
      invitation: { state: 'pending' },
      readAt: null,
    })
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'delivered' },
    ])
    const receipt = await inbox.answer(entry?.id ?? '', { kind: 'option', value: 'yes' })
    expect(receipt).toMatchObject({ status: 'counted', value: true })
    await t.advance('2h')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['in-app'])
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', via: 'in-app' })
    expect((await inbox.list())[0]?.invitation).toMatchObject({ state: 'accepted', value: true })
  })

  test('read is read: a fallback unless seen is called off', async () => {
    const t = await start()
    await t.inviteMe.ask(sam, 'Dinner?', {
      answer: yesNo(),
      via: ['in-app', 'email'],
      next: { unlessSeen: '30m' },
    })
    await t.clock.settle()
    const inbox = t.inviteMe.inbox('sam')
    const [entry] = await inbox.list()
    expect(await inbox.read([entry?.id ?? ''])).toBe(1)
    expect(await inbox.read([entry?.id ?? ''])).toBe(0)
    await t.advance('2h')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['in-app'])
  })

  test('counts, pages, marks one, many and all, and tells who listens', async () => {
    const t = await start()
    const heard: string[] = []
    const inbox = t.inviteMe.inbox('sam')
    const stop = inbox.on(({ type }) => heard.push(type))
    for (let index = 0; index < 5; index += 1) {
      await t.inviteMe.send({ routes: { 'in-app': 'sam' } }, `Notice ${String(index)}`)
      await t.clock.settle()
    }
    await t.inviteMe.send({ routes: { 'in-app': 'ann' } }, 'For Ann')
    await t.clock.settle()
    expect(await inbox.count('unread')).toBe(5)
    const newest = await inbox.list({ limit: 2 })
    expect(newest.map(({ content }) => content.text)).toEqual(['Notice 4', 'Notice 3'])
    const rest = await inbox.list({ limit: 10, after: newest[1]?.id ?? '' })
    expect(rest.map(({ content }) => content.text)).toEqual(['Notice 2', 'Notice 1', 'Notice 0'])
    expect(await inbox.acknowledge([newest[0]?.id ?? ''])).toBe(1)
    expect(await inbox.count('unread')).toBe(4)
    expect(await inbox.count('unacknowledged')).toBe(4)
    expect(await inbox.read('all')).toBe(4)
    expect(await inbox.count('unread')).toBe(0)
    expect(await t.inviteMe.inbox('ann').count('unread')).toBe(1)
    await t.clock.settle()
    expect(new Set(heard)).toEqual(new Set(['inbox.added', 'inbox.acknowledged', 'inbox.read']))
    expect(heard.filter((type) => type === 'inbox.added')).toHaveLength(5)
    stop()
  })

  test('nobody answers or marks what is in another inbox', async () => {
    const t = await start()
    await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    const [entry] = await t.inviteMe.inbox('sam').list()
    const eve = t.inviteMe.inbox('eve')
    expect(await eve.read([entry?.id ?? ''])).toBe(0)
    const refused = await eve
      .answer(entry?.id ?? '', { kind: 'option', value: 'no' })
      .catch((error: unknown) => (isInviteMeError(error) ? error.code : error))
    expect(refused).toBe('INVITATION_UNKNOWN')
    expect(await t.inviteMe.inbox('sam').count('unread')).toBe(1)
  })

  test('a reminder takes the place of the first message, unread again', async () => {
    const t = await start()
    await t.inviteMe.ask({ routes: { 'in-app': 'sam' } }, 'Dinner?', { answer: yesNo(), remind: ['1h'] })
    await t.clock.settle()
    const inbox = t.inviteMe.inbox('sam')
    await inbox.read('all')
    await t.advance('1h')
    expect(await inbox.list()).toHaveLength(1)
    expect(await inbox.count('unread')).toBe(1)
  })

  test('that is full is read at once, in portions, and what comes meanwhile stays unread', async () => {
    const t = await startEngine({ channels: [inApp({})] })
    for (let number = 0; number < 450; number += 1)
      await t.inviteMe.send({ routes: { 'in-app': 'sam' } }, `Number ${String(number)}`)
    await t.advance('1m')
    const inbox = t.inviteMe.inbox('sam')
    expect(await inbox.count('unread')).toBe(450)
    const reading = inbox.read('all')
    await t.inviteMe.send({ routes: { 'in-app': 'sam' } }, 'One more')
    expect(await reading).toBe(450)
    await t.clock.settle()
    expect(await inbox.count('unread')).toBe(1)
    expect(await inbox.acknowledge('all')).toBe(451)
    expect([await inbox.read('all'), await inbox.acknowledge('all')]).toEqual([0, 0])
  })
})
