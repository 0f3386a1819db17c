import { yesNo } from '@invite-me/core'
import { scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

/** One message a second to each chat; others are not held up. */
const chats = () =>
  scriptedChannel({
    name: 'telegram',
    limits: { bucket: (address) => ({ key: address, rate: { count: 1, perMs: 1_000 } }) },
  })

describe('a limit within a channel', () => {
  test('lets one chat wait without holding up the others, and costs no try', async () => {
    const channel = chats()
    const t = await startEngine({ channels: [channel] })
    const began = t.clock.now()
    for (let index = 0; index < 5; index += 1)
      await t.inviteMe.send({ routes: { telegram: 'ann' } }, `Number ${String(index)}`)
    await t.inviteMe.send({ routes: { telegram: 'ben' } }, 'For Ben')
    await t.advance('10s')
    const to = (address: string) =>
      channel.outbox
        .filter(({ message }) => message.to.address === address)
        .map(({ at }) => at.getTime() - began)
    expect(to('ben')).toEqual([0])
    const times = to('ann')
    expect(times).toHaveLength(5)
    times.forEach((time, index) => {
      expect(time).toBeGreaterThanOrEqual(index * 1_000 - 50)
      expect(time).toBeLessThan(index * 1_000 + 1_200)
    })
    const deliveries = await t.inviteMe.deliveries.list()
    expect(deliveries.every(({ state, attempts }) => state === 'sent' && attempts === 1)).toBe(true)
  })

  test('a hundred messages to one chat leave one after the other, in order', async () => {
    const channel = chats()
    const t = await startEngine({ channels: [channel] })
    for (let index = 0; index < 100; index += 1)
      await t.inviteMe.send({ routes: { telegram: 'ann' } }, `Number ${String(index)}`)
    await t.advance('3m')
    expect(channel.outbox).toHaveLength(100)
  })

  test('does not make a question outlive its deadline while it waits for its turn', async () => {
    const t = await startEngine({ channels: [chats()] })
    const ann = { routes: { telegram: 'ann' } }
    for (let index = 0; index < 600; index += 1) await t.inviteMe.send(ann, `Number ${String(index)}`)
    await t.advance('5s')
    const invitation = await t.inviteMe.ask(ann, 'Dinner?', { answer: yesNo(), until: '1m', lane: 5 })
    await t.advance('61s')
    expect(await invitation.state()).toBe('expired')
  })

  test('puts a crowd off once each, and an urgent message does not wait behind it', async () => {
    const channel = chats()
    const t = await startEngine({ channels: [channel] })
    const ann = { routes: { telegram: 'ann' } }
    const sent = []
    for (let index = 0; index < 300; index += 1)
      sent.push(await t.inviteMe.send(ann, `Number ${String(index)}`, { lane: 5 }))
    await t.advance('10s')
    const before = channel.outbox.length
    await t.inviteMe.send(ann, 'Your code is 4711.', { lane: 1 })
    await t.advance('3s')
    expect(channel.outbox.slice(before).map(({ message }) => message.content.text)).toContain(
      'Your code is 4711.',
    )
    await t.advance('6m')
    expect(channel.outbox).toHaveLength(301)
    const last = await t.inviteMe.deliveries.get(sent.at(-1)?.deliveryIds[0] ?? '')
    expect(last).toMatchObject({ state: 'sent', attempts: 1, tries: 0 })
  })
})
