import { expect, onTestFinished, test } from 'vitest'
import { yesNo } from '../model/answer.ts'
import type { Channel } from '../ports/channel.ts'
import { inviteMe, type InviteMeTest, type InviteMeTestOptions } from './invite-me-test.ts'

async function start(options?: InviteMeTestOptions): Promise<InviteMeTest> {
  const t = await inviteMe.test(options)
  onTestFinished(() => t.stop())
  return t
}
const sam = { routes: { telegram: 'sam', email: 'sam@guests.test' } }

test('six lines ask, wait and answer', async () => {
  const t = await inviteMe.test({ channels: ['telegram', 'email'] })
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', {
    answer: yesNo(),
    next: { unlessAnswered: '30m' },
  })
  await t.advance('31m')
  await t.reply(invitation, 'yes')
  expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'email' })
  await t.stop()
})

test('the outbox holds everything that went to any channel, in order', async () => {
  const t = await start()
  t.fail('telegram', 'permanent_recipient')
  await t.inviteMe.send(sam, 'Hello')
  await t.clock.settle()
  expect(t.outbox.map(({ channel, outcome }) => [channel, outcome?.status])).toEqual([
    ['telegram', 'permanent_recipient'],
    ['email', 'accepted'],
  ])
  expect(t.channel('email').outbox).toHaveLength(1)
  expect(t.outbox[1]).toEqual(t.channel('email').outbox[0])
})

test('somebody answers by invitation, by name, by address or by what was sent', async () => {
  const t = await start()
  await t.inviteMe.recipients.upsert({ externalId: 'ann', routes: { email: 'ann@guests.test' } })
  const ask = () => t.inviteMe.ask('ann', 'Dinner?', { answer: yesNo() })
  const [one, two, three, four] = [await ask(), await ask(), await ask(), await ask()]
  await t.clock.settle()
  expect(await t.reply(one, 'yes')).toMatchObject({ invitationId: one.id, answer: 'counted' })
  expect(await t.press(two.id, 'no')).toMatchObject({ invitationId: two.id })
  expect(await t.reply('ann', 'yes')).toMatchObject({ invitationId: four.id })
  expect(await t.reply('ann@guests.test', 'yes')).toMatchObject({ invitationId: four.id, answer: 'repeated' })
  expect(await t.reply(t.outbox[2] ?? '', 'yes')).toMatchObject({ invitationId: three.id })
})

test('who got nothing cannot answer', async () => {
  const t = await start()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  const told = { code: 'DELIVERY_UNKNOWN', message: expect.stringContaining('No message reached') }
  await expect(t.reply('nobody', 'yes')).rejects.toMatchObject(told)
  await expect(t.reply(invitation, 'yes', { via: 'email' })).rejects.toMatchObject(told)
})

test('a channel of one’s own is recorded, and is not scripted', async () => {
  const own: Channel = {
    name: 'own',
    supports: { answers: [], links: true, tokens: ['respond'], reports: [], idempotent: false },
    send: async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { status: 'accepted', providerMessageId: 'own-1' }
    },
  }
  const t = await start({ channels: [own, 'email'] })
  await t.inviteMe.send({ routes: { own: 'ann' } }, 'Hello')
  await t.clock.settle()
  expect(t.outbox).toMatchObject([{ channel: 'own', outcome: { status: 'accepted' } }])
  expect(() => t.channel('own')).toThrow(/no scripted channel "own"/)
  expect(() => t.fail('pigeon')).toThrow(/no scripted channel "pigeon"/)
})

test('the same test gives the same ids, tokens and times', async () => {
  const story = async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), remind: ['1h'] })
    t.channel('telegram').script(['retryable', 'retryable'])
    await t.advance('2h')
    return JSON.stringify([invitation.id, t.outbox])
  }
  expect(await story()).toBe(await story())
})

test('months pass quickly, and nothing falls due at another time for it', async () => {
  const t = await start({ channels: ['email'] })
  const invitation = await t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Party in summer?', {
    answer: yesNo(),
    remind: ['30d', '60d'],
    until: '2026-06-01',
  })
  const answering = invitation.answer()
  await t.advance('200d')
  expect(t.outbox.map(({ at }) => at.toISOString())).toEqual([
    '2026-01-05T09:00:00.000Z',
    '2026-02-04T09:00:00.000Z',
    '2026-03-06T09:00:00.000Z',
  ])
  expect(await answering).toEqual({ kind: 'expired', at: new Date('2026-06-02T00:00:00.000Z') })
})

test('stopping twice is stopping once, also while everything hangs', async () => {
  const t = await start()
  t.fail('telegram')
  await t.inviteMe.send(sam, 'Hello')
  await t.clock.settle()
  await Promise.all([t.stop(), t.stop()])
  expect(t.outbox[0]?.outcome?.status).toBe('unknown')
})
