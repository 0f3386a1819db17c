import { isInviteMeError, yesNo } from '@invite-me/core'
import { inboundRequest, scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const start = () => {
  const telegram = scriptedChannel({ name: 'telegram' })
  telegram.connectUrl = (token) => `https://t.me/guests_bot?start=${token}`
  return startEngine({ channels: [telegram, 'email'] })
}
type Engine = Awaited<ReturnType<typeof start>>

const connected = (t: Engine, token: string, address: string, id = `start-${address}`) =>
  t.inviteMe.receive(
    'telegram',
    inboundRequest('telegram', [{ id, at: new Date(0), kind: 'connected', token, address }]),
  )

const address = async (t: Engine, options = {}) => {
  const { url, expiresAt } = await t.inviteMe.recipients.connectAddress('sam', 'telegram', options)
  return { token: new URL(url).searchParams.get('start') ?? '', expiresAt }
}

describe('a person who opens the address made for them', () => {
  test('is reached there from now on, and nobody typed a chat id', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({
      externalId: 'sam',
      locale: 'de',
      routes: { email: 'sam@guests.test' },
    })
    const { token } = await address(t)
    expect(token).toMatch(/^[A-Za-z0-9_-]{16,64}$/)
    const [result] = await connected(t, token, '4711')
    expect(result).toMatchObject({ result: 'recorded', feedback: expect.stringMatching(/./) })
    const sam = await t.inviteMe.recipients.get('sam')
    expect(sam?.routes).toMatchObject([
      { channel: 'email' },
      { channel: 'telegram', address: '4711', verified: true, state: 'open' },
    ])
    await t.inviteMe.ask('sam', 'Dinner?', { answer: yesNo(), via: ['telegram'] })
    await t.clock.settle()
    expect(t.outbox[0]?.message.to.address).toBe('4711')
  })

  test('and said stop there before, is written to again', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'sam' })
    await t.inviteMe.recipients.optOut('telegram', '4711')
    await connected(t, (await address(t)).token, '4711')
    await t.inviteMe.ask('sam', 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    expect(t.outbox).toHaveLength(1)
  })

  test('the address works once: for nobody else, and again for the same chat', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'sam' })
    const { token } = await address(t)
    await connected(t, token, '4711')
    expect((await connected(t, token, '666'))[0]).toMatchObject({ result: 'unmatched' })
    expect((await connected(t, token, '4711', 'start-again'))[0]).toMatchObject({ result: 'recorded' })
    expect((await t.inviteMe.recipients.get('sam'))?.routes).toHaveLength(1)
  })

  test('too late, or with a token that is not ours, changes nothing', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'sam' })
    const { token, expiresAt } = await address(t, { expiresIn: '1h' })
    expect(expiresAt.getTime() - t.clock.now()).toBe(3_600_000)
    await t.advance('1h')
    for (const bad of [token, 'x'.repeat(26), '../etc/passwd'])
      expect((await connected(t, bad, '4711', `start-${bad}`))[0]).toMatchObject({ result: 'unmatched' })
    expect((await t.inviteMe.recipients.get('sam'))?.routes).toEqual([])
  })

  test('unknown people and media without such an address are refused by name', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'sam' })
    const refusal = (externalId: string, channel: string) =>
      t.inviteMe.recipients
        .connectAddress(externalId, channel)
        .catch((error: unknown) => (isInviteMeError(error) ? [error.code, error.field] : error))
    expect(await refusal('nobody', 'telegram')).toEqual(['RECIPIENT_UNKNOWN', 'externalId'])
    expect(await refusal('sam', 'email')).toEqual(['CHANNEL_UNKNOWN', 'channel'])
    expect(await refusal('sam', 'pigeon-post')).toEqual(['CHANNEL_UNKNOWN', 'channel'])
  })

  test('by a stranger’s token, or that of another medium, makes nobody known and is not kept', async () => {
    const whatsApp = scriptedChannel({ name: 'twilio-whatsapp' })
    whatsApp.connectUrl = (token) => `https://wa.me/1?start=${token}`
    const telegram = scriptedChannel({ name: 'telegram' })
    const t = await startEngine({ channels: [telegram, whatsApp] })
    await t.inviteMe.recipients.upsert({ externalId: 'sam' })
    const { url } = await t.inviteMe.recipients.connectAddress('sam', 'twilio-whatsapp')
    const theirs = new URL(url).searchParams.get('start') ?? ''
    for (const token of [theirs, 'a'.repeat(26)])
      expect((await connected(t, token, '666', `start-${token}`))[0]).toMatchObject({
        result: 'unmatched',
        feedback: null,
      })
    expect(await t.inviteMe.recipients.list()).toMatchObject([{ externalId: 'sam', routes: [] }])
    expect(await t.inviteMe.unmatched.list()).toEqual([])
  })
})

describe('an address that moved', () => {
  test('is followed, by what is still to be sent too', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'club', routes: { telegram: '-100' } })
    t.channel('telegram').script(['retryable'])
    await t.inviteMe.send('club', 'Doors open at 7.')
    await t.clock.settle()
    const moved = { id: 'move-1', at: new Date(0), kind: 'moved', address: '-100', to: '-100200' } as const
    await t.inviteMe.receive('telegram', inboundRequest('telegram', [moved]))
    await t.advance('1m')
    expect(t.outbox.map(({ message }) => message.to.address)).toEqual(['-100', '-100200'])
    expect((await t.inviteMe.recipients.get('club'))?.routes[0]?.address).toBe('-100200')
  })

  test('is learned from a send as well', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'club', routes: { telegram: '-100' } })
    t.channel('telegram').script([{ status: 'accepted', providerMessageId: 'm1', movedTo: '-100200' }])
    await t.inviteMe.send('club', 'Doors open at 7.')
    await t.clock.settle()
    expect((await t.inviteMe.recipients.get('club'))?.routes[0]?.address).toBe('-100200')
  })
})
