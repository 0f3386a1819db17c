import { yesNo } from '@invite-me/core'
import type { InviteMeTest, InviteMeTestOptions } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { soon, startEngine } from './start-engine.ts'

const answer = yesNo()
const minuteMs = 60_000

/** An engine at a time of Monday 5 January 2026, UTC. */
async function at(time: string, options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  const t = await startEngine(options)
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  t.clock.jump(((hours - 9) * 60 + minutes) * minuteMs)
  return t
}

function sentAt({ outbox }: InviteMeTest): readonly string[] {
  return outbox.map(({ at: moment, channel }) => `${channel} ${moment.toISOString().slice(5, 16)}`)
}

/** Ann, in a zone, with both of the usual channels. */
function ann(zone: string) {
  return { externalId: 'ann', zone, routes: { telegram: 'ann', email: 'ann@guests.test' } }
}

describe('what is not urgent waits for the hours of the person', () => {
  test('and is sent within a minute of their beginning, once', async () => {
    const t = await at('18:00')
    await t.inviteMe.recipients.upsert(ann('Asia/Kathmandu'))
    const asked = await t.inviteMe.ask('ann', 'Dinner?', { answer })
    await t.advance('1h')
    expect(t.outbox).toHaveLength(0)
    expect(await t.inviteMe.deliveries.counts()).toEqual({ held: 1 })
    expect(await asked.why()).toContain(
      'telegram held back until 2026-01-06 09:00 in Asia/Kathmandu, when the person may be written to',
    )
    await t.advance('1d')
    expect(sentAt(t)).toEqual(['telegram 01-06T03:15'])
    await t.reply('ann', 'yes')
    expect(await soon(t.clock, asked.answer())).toMatchObject({ kind: 'answered', value: true })
  })

  test('at once when they are in it', async () => {
    const t = await at('12:00')
    await t.inviteMe.recipients.upsert(ann('Asia/Kathmandu'))
    await t.inviteMe.send('ann', 'Hello')
    await t.advance('1s')
    expect(sentAt(t)).toEqual(['telegram 01-05T12:00'])
  })

  test('each in their own', async () => {
    const t = await at('22:00')
    const zones = ['Asia/Tokyo', 'Europe/Lisbon', 'America/Los_Angeles']
    for (const zone of zones)
      await t.inviteMe.recipients.upsert({ externalId: zone, zone, routes: { telegram: zone } })
    await t.inviteMe.send(zones, 'Hello')
    await t.advance('1d')
    expect(sentAt(t)).toEqual(['telegram 01-05T22:00', 'telegram 01-06T00:00', 'telegram 01-06T09:00'])
  })

  test('by hours of their own', async () => {
    const t = await at('12:00')
    const window = { sat: [{ from: '10:00', to: '12:00' }] }
    await t.inviteMe.recipients.upsert({ ...ann('Europe/Lisbon'), preferences: { window } })
    await t.inviteMe.send('ann', 'Hello')
    await t.advance('6d')
    expect(sentAt(t)).toEqual(['telegram 01-10T10:00'])
    expect((await t.inviteMe.recipients.get('ann'))?.preferences.window).toEqual(window)
  })

  test('also reminders, and the next route', async () => {
    const t = await at('20:45')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.inviteMe.ask('ann', 'Dinner?', {
      answer,
      via: ['telegram', { channel: 'email' }],
      next: { unlessAnswered: '30m' },
      remind: ['14h'],
    })
    await t.advance('1h')
    expect(sentAt(t)).toEqual(['telegram 01-05T20:45'])
    // What was sent once does not count as never sent.
    expect(await t.inviteMe.deliveries.counts()).toEqual({ sent: 1 })
    await t.advance('1d')
    expect(sentAt(t).slice(1)).toEqual(['email 01-06T09:00', 'email 01-06T10:45'])
  })

  test('and the answer to somebody who writes at night comes at night', async () => {
    const t = await at('20:30')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.inviteMe.ask('ann', 'Dinner?', { answer })
    await t.advance('3h')
    await t.reply('ann', 'perhaps, or not')
    await t.advance('1m')
    expect(sentAt(t)).toEqual(['telegram 01-05T20:30', 'telegram 01-05T23:30'])
  })
})

describe('what is urgent does not', () => {
  test.for([{ category: 'verification' }, { category: 'security' }, { urgency: 'immediate' }] as const)(
    '%o',
    async (options) => {
      const t = await at('23:00')
      await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
      await t.inviteMe.send('ann', 'Your code is 1234.', options)
      await t.advance('1s')
      expect(sentAt(t)).toEqual(['telegram 01-05T23:00'])
    },
  )

  test('and a workspace may say what is', async () => {
    const t = await at('23:00', { policies: { immediateCategories: ['news'] } })
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.inviteMe.send('ann', 'News', { category: 'news' })
    await t.inviteMe.send('ann', 'Your code is 1234.', { category: 'verification' })
    await t.advance('1s')
    expect(t.outbox.map(({ message }) => message.category)).toEqual(['news'])
  })
})

describe('what is held back follows its person', () => {
  test('from Tokyo to Lisbon', async () => {
    const t = await at('14:00')
    await t.inviteMe.recipients.upsert(ann('Asia/Tokyo'))
    await t.inviteMe.send('ann', 'Hello')
    await t.advance('1h')
    expect(t.outbox).toHaveLength(0)
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.advance('1m')
    expect(sentAt(t)).toEqual(['telegram 01-05T15:00'])
  })

  test('from Lisbon to Tokyo', async () => {
    const t = await at('22:00')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    const { messageId } = await t.inviteMe.send('ann', 'Hello')
    await t.advance('1h')
    await t.inviteMe.recipients.upsert(ann('Asia/Tokyo'))
    await t.advance('1d')
    expect(sentAt(t)).toEqual(['telegram 01-06T00:00'])
    const held = (await t.inviteMe.receipts.list({ messageId })).filter(({ kind }) => kind === 'held')
    expect(held.map(({ detail }) => detail)).toEqual([
      'until 2026-01-06 09:00 in Europe/Lisbon',
      'until 2026-01-06 09:00 in Asia/Tokyo',
    ])
  })

  test('into other hours, and into none', async () => {
    const t = await at('22:00')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.inviteMe.send('ann', 'Hello')
    await t.advance('10m')
    await t.inviteMe.recipients.upsert({
      externalId: 'ann',
      preferences: { window: { from: '23:00', to: '01:00' } },
    })
    await t.advance('10m')
    expect(t.outbox).toHaveLength(0)
    await t.inviteMe.recipients.upsert({ externalId: 'ann', preferences: { window: 'any' } })
    await t.advance('1m')
    expect(sentAt(t)).toEqual(['telegram 01-05T22:20'])
  })

  test('a no that is said meanwhile counts', async () => {
    const t = await at('22:00')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.inviteMe.send('ann', 'News', { category: 'news' })
    await t.advance('1h')
    await t.inviteMe.recipients.upsert({ externalId: 'ann', preferences: { off: [{ category: 'news' }] } })
    await t.advance('1d')
    expect(t.outbox).toHaveLength(0)
    expect(await t.inviteMe.deliveries.counts()).not.toHaveProperty('held')
  })

  test('and is called off with its question', async () => {
    const t = await at('22:00')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    const asked = await t.inviteMe.ask('ann', 'Dinner?', { answer })
    await t.advance('1h')
    await asked.cancel()
    await t.advance('1d')
    expect(t.outbox).toHaveLength(0)
    expect(await t.inviteMe.deliveries.counts()).toEqual({ cancelled: 1 })
  })
})

describe('a deadline before the hours begin', () => {
  test('is more important than they are', async () => {
    const t = await at('22:00')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    await t.inviteMe.ask('ann', 'Dinner?', { answer, until: '10h' })
    await t.advance('1s')
    expect(sentAt(t)).toEqual(['telegram 01-05T22:00'])
  })

  test('unless the sender says otherwise: then nothing is sent', async () => {
    const t = await at('22:00')
    await t.inviteMe.recipients.upsert(ann('Europe/Lisbon'))
    const asked = await t.inviteMe.ask('ann', 'Dinner?', { answer, until: '10h', deliverBy: 'expire' })
    await t.advance('1d')
    expect(t.outbox).toHaveLength(0)
    expect(await soon(t.clock, asked.answer())).toMatchObject({ kind: 'expired' })
  })
})

describe('people whose zone nobody knows', () => {
  const bare = { routes: { telegram: 'bob' } }

  test('are written to at any hour', async () => {
    const t = await at('23:00')
    await t.inviteMe.send(bare, 'Hello')
    await t.advance('1s')
    expect(t.outbox).toHaveLength(1)
  })

  test('or, when the workspace wants it so, in the hours of its own zone', async () => {
    const t = await at('23:00', { zone: 'Europe/Lisbon', policies: { unknownZone: 'workspace' } })
    await t.inviteMe.send(bare, 'Hello')
    await t.advance('1d')
    expect(sentAt(t)).toEqual(['telegram 01-06T09:00'])
  })
})

test.for([
  ['zone', { zone: 'Mars/Phobos' }],
  ['preferences.window.from', { preferences: { window: { from: '09:00', to: '09:00' } } }],
  ['preferences.window.mon.0.from', { preferences: { window: { mon: [{ from: '9', to: '12:00' }] } } }],
] as const)('wrong hours are refused, naming the field %s', async ([field, wrong]) => {
  const t = await at('12:00')
  await expect(t.inviteMe.recipients.upsert({ externalId: 'ann', ...wrong })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    field,
  })
})
