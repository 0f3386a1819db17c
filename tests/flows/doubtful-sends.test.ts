import { yesNo } from '@invite-me/core'
import type { FindResult } from '@invite-me/core/channel'
import { scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const ann = { routes: { 'twilio-sms': '+491510000001' } }

/** A provider that can be asked what it has: says these things, the last one for ever. */
function askable(answers: readonly FindResult[]) {
  const asked: Date[] = []
  const channel = scriptedChannel({
    name: 'twilio-sms',
    find: async (_message, { since }) => {
      asked.push(since)
      return answers[Math.min(asked.length, answers.length) - 1] ?? { status: 'unknown' }
    },
  })
  return { channel, asked }
}

describe('a message that may have been sent', () => {
  test('is looked for at the provider, and not sent again when it is there', async () => {
    const { channel, asked } = askable([{ status: 'found', providerMessageId: 'SM1' }])
    channel.script(['unknown'])
    const t = await startEngine({ channels: [channel] })
    const began = t.clock.now()
    const sent = await t.inviteMe.send(ann, 'Doors open at 7.')
    await t.advance('1m')
    expect(channel.outbox).toHaveLength(1)
    expect(asked).toEqual([new Date(began)])
    const receipts = await t.inviteMe.receipts.list({ deliveryId: sent.deliveryIds[0] ?? '' })
    expect(receipts.map(({ kind }) => kind)).toEqual(['unknown', 'accepted'])
    expect(receipts[1]).toMatchObject({ providerMessageId: 'SM1', detail: expect.stringContaining('found') })
  })

  test('is sent again when the provider certainly does not have it', async () => {
    const { channel } = askable([{ status: 'absent' }])
    channel.script(['unknown'])
    const t = await startEngine({ channels: [channel] })
    await t.inviteMe.send(ann, 'Doors open at 7.', { onUnknown: 'assume-sent' })
    await t.advance('1m')
    expect(channel.outbox).toHaveLength(2)
  })

  test('is looked for three times; then what its sender wants in doubt is done', async () => {
    for (const [onUnknown, sends] of [
      ['assume-sent', 1],
      ['resend', 2],
    ] as const) {
      const { channel, asked } = askable([{ status: 'unknown' }])
      channel.script(['unknown'])
      const t = await startEngine({ channels: [channel] })
      const sent = await t.inviteMe.send(ann, 'Doors open at 7.', { onUnknown })
      await t.advance('10m')
      expect([onUnknown, channel.outbox.length]).toEqual([onUnknown, sends])
      expect(asked.length).toBeLessThanOrEqual(3)
      expect(await t.inviteMe.deliveries.get(sent.deliveryIds[0] ?? '')).toMatchObject({ state: 'sent' })
    }
  })

  test('a channel that fails while it looks costs a try, never the message', async () => {
    const channel = scriptedChannel({
      name: 'twilio-sms',
      find: () => Promise.reject(new Error('a fault of the adapter')),
    })
    channel.script(['unknown'])
    const t = await startEngine({ channels: [channel] })
    const sent = await t.inviteMe.send(ann, 'Doors open at 7.')
    await t.advance('30m')
    expect(channel.outbox.length).toBe(2)
    expect(await t.inviteMe.deliveries.get(sent.deliveryIds[0] ?? '')).toMatchObject({ state: 'sent' })
  })

  test('does not have its reminder taken for it: that is sent', async () => {
    const found: FindResult = { status: 'found', providerMessageId: 'SM1' }
    const { channel, asked } = askable([found])
    channel.script(['unknown'])
    const t = await startEngine({ channels: [channel] })
    const invitation = await t.inviteMe.ask(ann, 'Dinner?', { answer: yesNo(), remind: ['1h'] })
    await t.advance('2h')
    expect(asked).toHaveLength(1)
    expect(channel.outbox.map(({ message }) => message.purpose)).toEqual(['message', 'reminder'])
    // And one that may have been sent is looked for since its own beginning.
    channel.script(['unknown'])
    const lunch = await t.inviteMe.ask(ann, 'Lunch?', { answer: yesNo(), remind: ['1h'] })
    await t.advance('59m')
    channel.script(['unknown'])
    const reminded = t.clock.now() + 60_000
    await t.advance('10m')
    expect(asked.at(-1)?.getTime()).toBeGreaterThanOrEqual(reminded)
    expect([await invitation.state(), await lunch.state()]).toEqual(['pending', 'pending'])
  })

  test('is taken as sent at once when no try is left to look for it', async () => {
    const { channel, asked } = askable([{ status: 'absent' }])
    channel.script(['unknown'])
    const t = await startEngine({ channels: [channel], policies: { retry: { tries: 1 } } })
    const sent = await t.inviteMe.send(ann, 'Doors open at 7.', { onUnknown: 'assume-sent' })
    await t.advance('1h')
    expect([asked.length, channel.outbox.length]).toEqual([0, 1])
    expect(await t.inviteMe.deliveries.get(sent.deliveryIds[0] ?? '')).toMatchObject({ state: 'sent' })
  })
})
