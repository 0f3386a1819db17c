import type { PreferenceChoices, PreferenceView } from '@invite-me/core'
import type { InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const ann = { externalId: 'ann', routes: { telegram: '42', email: 'ann@guests.test' } }
const bare = { routes: { email: 'ann@guests.test' } }

/** Where messages went, in order. */
const ways = ({ outbox }: InviteMeTest): readonly string[] => outbox.map(({ channel }) => channel)

/** The secret of the link to stop that came with the newest message. */
function stopToken({ outbox }: InviteMeTest): string {
  return outbox.at(-1)?.message.links.unsubscribe?.split('/').at(-1) ?? ''
}

async function send(
  t: InviteMeTest,
  category: string,
  to: Parameters<InviteMeTest['inviteMe']['send']>[0] = 'ann',
) {
  const sent = await t.inviteMe.send(to, 'Hello', { category })
  await t.clock.settle()
  const [delivery] = await t.inviteMe.deliveries.list({ messageId: sent.messageId })
  return delivery?.plan.map(({ channel, use, reason }) => (use ? channel : `${channel}: ${reason}`))
}

describe('a category that is off for those who said nothing', () => {
  const options = { categories: { news: { default: 'off' as const } } }

  test('reaches only who switched it on, where they switched it on', async () => {
    const t = await startEngine(options)
    await t.inviteMe.recipients.upsert(ann)
    expect(await send(t, 'news')).toEqual([
      'telegram: category_not_switched_on',
      'email: category_not_switched_on',
    ])
    await t.inviteMe.recipients.setPreferences('ann', { on: [{ category: 'news', channel: 'email' }] })
    expect(await send(t, 'news')).toEqual(['telegram: category_not_switched_on', 'email'])
    expect(ways(t)).toEqual(['email'])
    expect(await send(t, 'news', bare)).toEqual(['email: category_not_switched_on'])
  })

  test('is not sent when it was switched off again before it left', async () => {
    const t = await startEngine({ ...options, dispatch: false })
    await t.inviteMe.recipients.upsert({ ...ann, preferences: { on: [{ category: 'news' }] } })
    const sent = await t.inviteMe.send('ann', 'Hello', { category: 'news' })
    await t.inviteMe.recipients.setPreferences('ann', { on: [] })
    t.inviteMe.start()
    await t.advance('1m')
    expect(t.outbox).toEqual([])
    expect(await t.inviteMe.receipts.list({ deliveryId: sent.deliveryIds[0] ?? '' })).toMatchObject([
      { detail: 'category_not_switched_on' },
      { detail: 'category_not_switched_on' },
    ])
  })
})

test('a required category comes whatever was switched off, and what a host requires is required', async () => {
  const t = await startEngine({ categories: { bills: { required: true } } })
  const off = ['bills', 'verification', 'news'].map((category) => ({ category }))
  await t.inviteMe.recipients.upsert({ ...ann, preferences: { off } })
  for (const category of ['bills', 'verification', 'news']) await send(t, category)
  expect(ways(t)).toEqual(['telegram', 'telegram'])
})

describe('a change of what a person wants counts for everything not yet sent', () => {
  test('for what waits for their hours: the new hours, the new order, and what is off now', async () => {
    const t = await startEngine()
    // It is nine in the morning in UTC, so four at night there.
    await t.inviteMe.recipients.upsert({ ...ann, zone: 'America/New_York' })
    const before = [
      await t.inviteMe.send('ann', 'Hello', { category: 'notice' }),
      await t.inviteMe.send('ann', 'News', { category: 'news' }),
    ]
    await t.advance('1m')
    expect(await t.inviteMe.deliveries.counts()).toEqual({ held: 2 })
    const wants = await t.inviteMe.recipients.setPreferences('ann', {
      order: ['email'],
      off: [{ category: 'news' }],
      window: 'any',
    })
    expect(wants).toEqual({
      order: ['email'],
      off: [{ category: 'news' }],
      on: [],
      window: 'any',
      zone: 'America/New_York',
    })
    await t.advance('1m')
    expect(ways(t)).toEqual(['email'])
    const [kept, dropped] = await Promise.all(
      before.map(async ({ messageId }) => (await t.inviteMe.deliveries.list({ messageId }))[0]),
    )
    expect([kept?.state, dropped?.state]).toEqual(['sent', 'failed'])
  })

  test('for what waits to be tried again', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.recipients.upsert(ann)
    t.fail('email', 'retryable')
    await send(t, 'news')
    const tried = t.outbox.length
    expect(tried).toBeGreaterThan(0)
    await t.inviteMe.recipients.setPreferences('ann', { off: [{ category: 'news', channel: 'email' }] })
    t.mend('email')
    await t.advance('1h')
    expect(t.outbox).toHaveLength(tried)
  })

  test('but not the order of a message that named its channels', async () => {
    const t = await startEngine({ dispatch: false })
    await t.inviteMe.recipients.upsert(ann)
    await t.inviteMe.send('ann', 'Hello', { via: ['telegram', 'email'] })
    await t.inviteMe.send('ann', 'Hello')
    await t.inviteMe.recipients.setPreferences('ann', { order: ['email', 'telegram'] })
    t.inviteMe.start()
    await t.clock.settle()
    expect(ways(t).toSorted()).toEqual(['email', 'telegram'])
  })

  test('part by part: what is not named stays, and null takes back', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert({
      ...ann,
      zone: 'Asia/Tokyo',
      preferences: { order: ['email'], window: { from: '10:00', to: '12:00' } },
    })
    const heard: unknown[] = []
    t.inviteMe.on('recipient.preferences_changed', ({ data }) => heard.push(data))
    const { setPreferences, preferences } = t.inviteMe.recipients
    await setPreferences('ann', { window: null, zone: null })
    expect(await preferences('ann')).toEqual({
      order: ['email'],
      off: [],
      on: [],
      window: undefined,
      zone: undefined,
    })
    await setPreferences('ann', { order: ['email'] })
    await t.advance('1s')
    expect(heard).toEqual([{ source: 'host', off: [], on: [] }])
    const wrong = { order: ['Big Channel'] }
    await expect(setPreferences('ann', wrong)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'order.0',
    })
    await expect(setPreferences('bob', {})).rejects.toMatchObject({ code: 'RECIPIENT_UNKNOWN' })
    await expect(preferences('bob')).rejects.toMatchObject({ code: 'RECIPIENT_UNKNOWN' })
  })
})

describe('the link to stop in a message of one kind', () => {
  test('switches that kind off for a person, on that channel alone', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert({ ...ann, preferences: { order: ['email'] } })
    await send(t, 'news')
    const token = stopToken(t)
    expect(await t.inviteMe.links.open(token, 'unsubscribe')).toMatchObject({
      channel: 'email',
      stop: { category: { name: 'news', title: { en: 'News' } }, hasPreferences: true },
    })
    const stop = () => t.inviteMe.links.unsubscribe(token, { from: 'category', by: 'one-click' })
    expect([await stop(), await stop()]).toEqual([{ status: 'done' }, { status: 'done' }])
    expect((await t.inviteMe.recipients.preferences('ann')).off).toEqual([
      { channel: 'email', category: 'news' },
    ])
    expect(await send(t, 'news')).toEqual(['email: category_switched_off', 'telegram'])
    expect(await send(t, 'notice')).toEqual(['email', 'telegram'])
    expect(ways(t)).toEqual(['email', 'telegram', 'email'])
  })

  test('suppresses that kind for an address nobody is known by, until it is taken back', async () => {
    const t = await startEngine({ channels: ['email'] })
    await send(t, 'news', bare)
    const waiting = t.inviteMe.links.unsubscribe(stopToken(t), { from: 'category', by: 'one-click' })
    expect(await waiting).toEqual({ status: 'done' })
    expect(await send(t, 'news', bare)).toEqual(['email: category_switched_off'])
    expect(await send(t, 'notice', bare)).toEqual(['email'])
    expect(await send(t, 'security', bare)).toEqual(['email'])
    const [refusal] = await t.inviteMe.suppressions.list()
    expect(refusal).toEqual({
      id: refusal?.id,
      channel: 'email',
      address: 'ann@guests.test',
      category: 'news',
      reason: 'opted_out',
      source: 'one-click',
      at: new Date(t.clock.now()),
    })
    await t.inviteMe.recipients.optIn('email', 'ann@guests.test', { category: 'news' })
    expect(await send(t, 'news', bare)).toEqual(['email'])
  })

  test('stops everything when that is asked, or when nobody can switch that kind off', async () => {
    for (const [category, from] of [
      ['news', 'everything'],
      ['security', 'category'],
    ] as const) {
      const t = await startEngine({ channels: ['email'] })
      await t.inviteMe.recipients.upsert(ann)
      await send(t, category)
      await t.inviteMe.links.unsubscribe(stopToken(t), { from })
      expect(await send(t, 'notice')).toContain('email: opted_out')
      expect(await t.inviteMe.suppressions.list()).toMatchObject([{ category: null, source: 'link' }])
    }
  })

  test('counts for what was accepted before', async () => {
    const t = await startEngine({ channels: ['email'], dispatch: false })
    await t.inviteMe.send(bare, 'One', { category: 'news', urgency: 'immediate' })
    t.inviteMe.start()
    await t.clock.settle()
    t.fail('email', 'retryable')
    await send(t, 'news', bare)
    const tried = t.outbox.length
    await t.inviteMe.links.unsubscribe(t.outbox[0]?.message.links.unsubscribe?.split('/').at(-1) ?? '', {
      from: 'category',
    })
    t.mend('email')
    await t.advance('1h')
    expect(t.outbox).toHaveLength(tried)
  })

  test('leads a known person to their preferences, and nobody else', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert(ann)
    await send(t, 'news')
    const link = await t.inviteMe.links.preferencesOf(stopToken(t))
    expect(link.status).toBe('done')
    const token = link.status === 'done' ? link.token : ''
    expect(await t.inviteMe.links.preferences(token)).toMatchObject({ status: 'open' })
    await send(t, 'news', bare)
    expect(await t.inviteMe.links.preferencesOf(stopToken(t))).toEqual({ status: 'unknown' })
    expect(await t.inviteMe.links.preferencesOf('0'.repeat(26))).toEqual({ status: 'unknown' })
  })
})

/** What a page would post that was left as it is. */
function untouched(view: PreferenceView): PreferenceChoices {
  if (view.status !== 'open') throw new Error('The page is not open.')
  return {
    order: view.channels.map(({ channel }) => channel),
    channels: view.channels.map(({ channel, isOn }) => ({ channel, isOn })),
    categories: [...view.choices],
    window: view.window,
    zone: view.zone,
  }
}

describe('a person’s page of preferences', () => {
  async function open(t: InviteMeTest) {
    const { url } = await t.inviteMe.recipients.preferencesLink('ann')
    const token = url.split('/p/')[1] ?? ''
    const view = await t.inviteMe.links.preferences(token)
    return { token, view, choices: view.status === 'open' ? untouched(view) : undefined }
  }

  test('shows the media they have and all kinds of messages, and changes what they change', async () => {
    const t = await startEngine({ categories: { news: { default: 'off' } } })
    await t.inviteMe.recipients.upsert({ ...ann, name: 'Ann', locale: 'ru' })
    const { token, view, choices } = await open(t)
    expect(view).toMatchObject({
      status: 'open',
      name: 'Ann',
      locale: 'ru',
      channels: [
        { channel: 'telegram', isOn: true, isStopped: false },
        { channel: 'email', isOn: true, isStopped: false },
      ],
      window: null,
      zone: null,
    })
    expect(choices?.categories).toContainEqual({ channel: 'email', category: 'news', isOn: false })
    expect(choices?.categories).toContainEqual({ channel: 'email', category: 'security', isOn: true })
    if (choices === undefined) return
    const flip = (channel: string, category: string, isOn: boolean) =>
      choices.categories.map((one) =>
        one.channel === channel && one.category === category ? { ...one, isOn } : one,
      )
    // Left as it is, nothing is written down.
    expect(await t.inviteMe.links.savePreferences(token, choices)).toEqual({ status: 'done' })
    expect(await t.inviteMe.recipients.preferences('ann')).toMatchObject({ off: [], on: [] })
    await t.inviteMe.links.savePreferences(token, {
      ...choices,
      order: ['email', 'telegram'],
      channels: [{ channel: 'telegram', isOn: false }],
      categories: flip('email', 'news', true),
      window: { mon: { from: '18:00', to: '22:00' } },
      zone: 'Europe/Berlin',
    })
    expect(await t.inviteMe.recipients.preferences('ann')).toEqual({
      order: ['email', 'telegram'],
      off: [{ channel: 'telegram' }],
      on: [{ channel: 'email', category: 'news' }],
      window: { mon: [{ from: '18:00', to: '22:00' }] },
      zone: 'Europe/Berlin',
    })
    expect((await open(t)).view).toMatchObject({
      channels: [
        { channel: 'email', isOn: true },
        { channel: 'telegram', isOn: false },
      ],
    })
  })

  test('shows what an address refused by a link, and takes it back when it is switched on', async () => {
    const t = await startEngine({ channels: ['email'] })
    await send(t, 'news', bare)
    await t.inviteMe.links.unsubscribe(stopToken(t), { from: 'category' })
    await t.inviteMe.recipients.upsert(ann)
    const { token, choices } = await open(t)
    expect(choices?.categories).toContainEqual({ channel: 'email', category: 'news', isOn: false })
    if (choices === undefined) return
    await t.inviteMe.links.savePreferences(token, {
      ...choices,
      categories: [{ channel: 'email', category: 'news', isOn: true }],
    })
    expect(await t.inviteMe.suppressions.list()).toEqual([])
    expect(await send(t, 'news')).toContain('email')
  })

  test('takes nothing that nobody can switch off, and nothing they were not shown', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert(ann)
    const { token, choices } = await open(t)
    if (choices === undefined) return
    await t.inviteMe.links.savePreferences(token, {
      ...choices,
      channels: [{ channel: 'fax', isOn: false }],
      categories: [
        { channel: 'email', category: 'security', isOn: false },
        { channel: 'email', category: 'secret', isOn: false },
        { channel: 'fax', category: 'news', isOn: false },
      ],
    })
    expect((await t.inviteMe.recipients.preferences('ann')).off).toEqual([])
  })

  test('runs out, ends with its person, and is nobody’s to guess', async () => {
    const t = await startEngine()
    await t.inviteMe.recipients.upsert(ann)
    const { url, expiresAt } = await t.inviteMe.recipients.preferencesLink('ann', { expiresIn: '1h' })
    const token = url.split('/p/')[1] ?? ''
    expect(url).toBe(`https://portal.test/p/${token}`)
    expect(expiresAt.getTime() - t.clock.now()).toBe(3_600_000)
    const { choices } = await open(t)
    await t.advance('61m')
    expect(await t.inviteMe.links.preferences(token)).toMatchObject({ status: 'expired' })
    if (choices !== undefined)
      expect(await t.inviteMe.links.savePreferences(token, choices)).toEqual({ status: 'expired' })
    const fresh = (await open(t)).token
    await t.inviteMe.recipients.erase('ann')
    expect(await t.inviteMe.links.preferences(fresh)).toEqual({ status: 'unknown' })
    expect(await t.inviteMe.links.preferences('0'.repeat(26))).toEqual({ status: 'unknown' })
    await expect(t.inviteMe.recipients.preferencesLink('ann')).rejects.toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
    })
  })
})

describe('the list of suppressions', () => {
  test('says by whose word each is', async () => {
    const t = await startEngine({ channels: ['email', 'telegram'] })
    await t.inviteMe.recipients.optOut('email', 'host@guests.test')
    await t.inviteMe.receive('telegram', t.channel('telegram').consent('42', 'opted_out'))
    t.fail('email', 'opted_out')
    await send(t, 'news', { routes: { email: 'provider@guests.test' } })
    const all = await t.inviteMe.suppressions.list()
    expect(all.map(({ channel, reason, source }) => `${channel} ${reason} ${source}`)).toEqual([
      'email opted_out host',
      'telegram opted_out reply',
      'email opted_out provider',
    ])
    expect(await t.inviteMe.suppressions.list({ source: 'reply' })).toEqual([all[1]])
    expect(await t.inviteMe.suppressions.list({}, { limit: 2, after: all[0]?.id ?? '' })).toEqual(
      all.slice(1),
    )
  })

  test('is taken from elsewhere and handed on, and bad lines cost only themselves', async () => {
    const t = await startEngine({ channels: ['email', 'telegram'] })
    await t.inviteMe.recipients.upsert(ann)
    const report = await t.inviteMe.suppressions.import([
      { suppression: { channel: 'email', address: 'ann@guests.test', reason: 'bounced' } },
      {
        suppression: {
          channel: 'email',
          address: 'bob@guests.test',
          category: 'news',
          at: '2025-06-01T10:00:00Z',
        },
      },
      { line: 17, problem: 'the line is not JSON' },
      { suppression: { channel: 'pigeon', address: 'loft 7' } },
      { suppression: { channel: 'email', address: 'bob@guests.test', category: 'Big News' } },
      { suppression: { channel: 'email', address: 'bob@guests.test', category: 'news', reason: 'manual' } },
    ])
    expect(report).toMatchObject({
      imported: 2,
      repeated: 1,
      problems: [
        { line: 17, message: 'the line is not JSON' },
        { line: 4, field: 'channel' },
        { line: 5, field: 'category' },
      ],
    })
    expect((await t.inviteMe.recipients.get('ann'))?.routes).toContainEqual(
      expect.objectContaining({ channel: 'email', state: 'bounced' }),
    )
    expect(await send(t, 'news', { routes: { email: 'bob@guests.test' } })).toEqual([
      'email: category_switched_off',
    ])
    const all = []
    for await (const { channel, address, category, source, at } of t.inviteMe.suppressions.export())
      all.push([channel, address, category, source, at.toISOString().slice(0, 4)].join(' '))
    expect(all).toEqual([
      `email ann@guests.test  import ${String(new Date(t.clock.now()).getUTCFullYear())}`,
      'email bob@guests.test news import 2025',
    ])
  })
})
