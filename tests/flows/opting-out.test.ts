import { yesNo } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { inboundRequest } from '@invite-me/core/testing'
import { startEngine } from './start-engine.ts'

const answer = yesNo()
const ann = { externalId: 'ann', routes: { telegram: '42', email: 'ann@guests.test' } }

test('who opted out between accept and send is not written to there, but on the next route', async () => {
  const t = await startEngine({ dispatch: false })
  await t.inviteMe.recipients.upsert(ann)
  const invitation = await t.inviteMe.ask('ann', 'Dinner?', { answer })
  await t.inviteMe.recipients.optOut('telegram', '42')
  t.inviteMe.start()
  await t.clock.settle()
  expect(t.outbox.map(({ channel }) => channel)).toEqual(['email'])
  expect(await t.inviteMe.receipts.list({ invitationId: invitation.id })).toMatchObject([
    { kind: 'skipped', channel: 'telegram', detail: expect.stringMatching(/opted_out|suppressed/) },
    { kind: 'accepted', channel: 'email' },
  ])
})

test('who opted out everywhere ends as suppressed, and their question as unreachable', async () => {
  const t = await startEngine({ dispatch: false })
  await t.inviteMe.recipients.upsert(ann)
  const invitation = await t.inviteMe.ask('ann', 'Dinner?', { answer })
  await t.inviteMe.recipients.optOut('telegram', '42')
  await t.inviteMe.recipients.optOut('email', 'ann@guests.test')
  t.inviteMe.start()
  await t.clock.settle()
  expect(t.outbox).toEqual([])
  expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
    { state: 'suppressed', reason: 'opted_out', dueAt: null },
  ])
  expect(await invitation.answer()).toMatchObject({ kind: 'unreachable' })
})

test('who opted out before is not planned for, with the reason', async () => {
  const t = await startEngine()
  await t.inviteMe.recipients.upsert(ann)
  await t.inviteMe.recipients.optOut('telegram', '42')
  const invitation = await t.inviteMe.ask('ann', 'Dinner?', { answer })
  const [delivery] = await t.inviteMe.deliveries.list({ invitationId: invitation.id })
  expect(delivery?.plan).toMatchObject([
    { channel: 'telegram', use: false, reason: 'opted_out' },
    { channel: 'email', use: true, reason: 'carries_the_answer' },
  ])
  expect((await t.inviteMe.recipients.get('ann'))?.routes).toMatchObject([
    { channel: 'telegram', state: 'opted_out' },
    { channel: 'email', state: 'open' },
  ])
})

test('a bare address that opted out is known without a profile', async () => {
  const t = await startEngine({ channels: ['email'] })
  await t.inviteMe.recipients.optOut('email', 'ann@guests.test')
  const invitation = await t.inviteMe.ask({ routes: { email: 'ann@guests.test' } }, 'Dinner?', { answer })
  expect(await invitation.answer()).toMatchObject({ kind: 'unreachable' })
  await t.advance('1m')
  expect(t.outbox).toEqual([])
})

describe('somebody opts out', () => {
  test('by the link in a message, once for all', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.send({ routes: { email: 'ann@guests.test' } }, 'News', { category: 'news' })
    await t.clock.settle()
    const token = t.outbox[0]?.message.links.unsubscribe?.split('/').at(-1) ?? ''
    expect(await t.inviteMe.links.open(token, 'unsubscribe')).toMatchObject({
      status: 'open',
      channel: 'email',
      category: 'news',
    })
    expect(await t.inviteMe.links.unsubscribe(token)).toEqual({ status: 'done' })
    expect(await t.inviteMe.links.unsubscribe(token)).toEqual({ status: 'done' })
    expect(await t.inviteMe.links.unsubscribe('0'.repeat(26))).toEqual({ status: 'unknown' })
    const sent = await t.inviteMe.send({ routes: { email: 'ann@guests.test' } }, 'More news')
    await t.advance('1m')
    expect(await sent.settled()).toMatchObject([{ state: 'failed', reason: 'no_route' }])
    expect(t.outbox).toHaveLength(1)
  })

  test('twice, and is heard once', async () => {
    const t = await startEngine({ channels: ['telegram'] })
    const heard: unknown[] = []
    t.inviteMe.on('recipient.opted_out', ({ data }) => heard.push(data))
    await t.inviteMe.recipients.optOut('telegram', '42')
    await t.inviteMe.recipients.optOut('telegram', '42')
    await t.advance('1s')
    expect(heard).toEqual([{ channel: 'telegram' }])
  })

  test('by telling the provider, and takes it back', async () => {
    const t = await startEngine({ channels: ['telegram'] })
    await t.inviteMe.recipients.upsert({ externalId: 'ann', routes: { telegram: '42' } })
    const telegram = t.channel('telegram')
    await t.inviteMe.receive('telegram', telegram.consent('42', 'opted_out'))
    const refused = await t.inviteMe.ask('ann', 'Dinner?', { answer })
    expect(await refused.state()).toBe('unreachable')
    await t.inviteMe.receive('telegram', telegram.consent('42', 'opted_in'))
    const asked = await t.inviteMe.ask('ann', 'Dinner?', { answer })
    await t.clock.settle()
    expect(await asked.state()).toBe('pending')
    expect(t.outbox).toHaveLength(1)
  })

  test('as the provider tells when it refuses, and the next route is taken', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert(ann)
    t.fail('telegram', 'opted_out')
    await t.inviteMe.ask('ann', 'Dinner?', { answer })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram', 'email'])
    expect((await t.inviteMe.recipients.get('ann'))?.routes[0]?.state).toBe('opted_out')
    t.mend('telegram')
    await t.inviteMe.ask('ann', 'Lunch?', { answer })
    await t.clock.settle()
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['telegram', 'email', 'email'])
  })
})

test('what a person switched off stays off, but for what nobody can switch off', async () => {
  const t = await startEngine()
  await t.inviteMe.recipients.upsert({
    ...ann,
    preferences: { off: [{ channel: 'telegram' }, { channel: 'email', category: 'news' }] },
  })
  const send = async (category: string) => {
    await t.inviteMe.send('ann', 'Hello', { category })
    await t.clock.settle()
    return t.outbox.map(({ channel }) => channel)
  }
  expect(await send('news')).toEqual([])
  expect(await send('party')).toEqual(['email'])
  expect(await send('security')).toEqual(['email', 'telegram'])
})

test('a route that changed between accept and send is not used any more', async () => {
  const t = await startEngine({ dispatch: false })
  await t.inviteMe.recipients.upsert(ann)
  await t.inviteMe.ask('ann', 'Dinner?', { answer, via: ['email'] })
  await t.inviteMe.recipients.upsert({ externalId: 'ann', routes: { email: 'new@guests.test' } })
  t.inviteMe.start()
  await t.clock.settle()
  expect(t.outbox).toEqual([])
})

test('a stop in reply to a message shuts the address it went to, whoever wrote', async () => {
  const t = await startEngine({ channels: ['email'] })
  await t.inviteMe.send({ routes: { email: 'ann@guests.test' } }, 'Doors open at 7.')
  await t.clock.settle()
  const token = t.outbox[0]?.message.replyToken ?? ''
  const stop = (id: string, known: string) =>
    t.inviteMe.receive(
      'email',
      inboundRequest('email', [
        {
          id,
          at: new Date(0),
          kind: 'opted_out',
          address: 'ann.private@guests.test',
          inReplyTo: { by: 'token', token: known },
        },
      ]),
    )
  expect(await stop('stop-1', 'x'.repeat(26))).toMatchObject([{ result: 'unmatched' }])
  expect(await stop('stop-2', token)).toMatchObject([{ result: 'recorded' }])
  await t.inviteMe.send({ routes: { email: 'ann@guests.test' } }, 'And again.')
  await t.inviteMe.send({ routes: { email: 'ann.private@guests.test' } }, 'To the other one.')
  await t.clock.settle()
  expect(t.outbox.map(({ message }) => message.to.address)).toEqual([
    'ann@guests.test',
    'ann.private@guests.test',
  ])
})
