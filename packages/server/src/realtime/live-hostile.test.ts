import { once } from 'node:events'
import { virtualClock, type VirtualClock } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LiveClient } from './__fixtures__/live-client.ts'
import { startLivePlace, type LivePlace } from './__fixtures__/live-place.ts'
import { until } from './__fixtures__/until.ts'

let clock: VirtualClock
let place: LivePlace
const clients: LiveClient[] = []

beforeEach(async () => {
  clock = virtualClock()
  place = await startLivePlace({}, { clock })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.end()
  await place.stop()
})

async function open(
  token: string,
  options: ConstructorParameters<typeof LiveClient>[1] = {},
): Promise<LiveClient> {
  const client = new LiveClient(place.host, { headers: { authorization: `Bearer ${token}` }, ...options })
  clients.push(client)
  await once(client.socket, 'open')
  await client.hears('that it is known', ({ type }) => type === 'authenticated')
  return client
}

async function openStranger(): Promise<LiveClient> {
  const client = new LiveClient(place.host)
  clients.push(client)
  await once(client.socket, 'open')
  return client
}

/** Lets time pass in steps, so that what goes over real sockets keeps up. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) {
    await clock.advance(1_000)
    for (let turn = 0; turn < 5; turn += 1)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
  }
}

describe('messages that cannot be used', () => {
  it.each([
    ['no JSON', '{"type":'],
    ['not an object', '[]'],
    ['an unknown type', '{"type":"shutdown"}'],
    ['no topic', '{"type":"subscribe"}'],
    ['a member too many', '{"type":"ping","admin":true}'],
    ['a polluted prototype', '{"type":"ping","__proto__":{"type":"subscribe"}}'],
    ['bytes', Buffer.from('{"type":"ping"}')],
  ])('answers %s with an error that names the field, and goes on', async (_what, message) => {
    const client = await open(await place.tokenOf('sam'))
    client.say(message)
    const error = await client.hears('an error', ({ type }) => type === 'error')
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', detail: expect.any(String) })
    expect(await client.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('closes with 4400 after five in a row, not after five in all', async () => {
    const client = await open(await place.tokenOf('sam'))
    for (let round = 0; round < 3; round += 1) {
      for (let count = 0; count < 4; count += 1) client.say('nonsense')
      await client.ask({ type: 'ping' })
    }
    expect(client.closeCode).toBeUndefined()
    for (let count = 0; count < 5; count += 1) client.say('nonsense')
    expect(await client.isClosed()).toBe(4400)
  })

  it('closes with 1009 when one is longer than 16 KiB', async () => {
    const client = await open(await place.tokenOf('sam'))
    client.say({ type: 'subscribe', topic: 'x'.repeat(17_000) })
    expect(await client.isClosed()).toBe(1009)
    await until('it is forgotten', () => place.app.live.counts().connections === 0)
  })

  it('survives ten thousand subscriptions at once', async () => {
    const { secret } = await place.key()
    const client = await open(secret)
    for (let count = 0; count < 10_000; count += 1) client.say({ type: 'subscribe', topic: `group:${count}` })
    expect(await client.isClosed()).toBe(4400)
    expect(client.heard.filter(({ type }) => type === 'subscribed').length).toBeLessThanOrEqual(100)
    await until('nothing is left of it', () => {
      const { connections, topics } = place.app.live.counts()
      return connections === 0 && topics === 0
    })
    const other = await open(secret)
    expect(await other.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it.each([
    ['cursor', { type: 'subscribe', topic: 'user:sam', after: 'yesterday' }, 'after'],
    ['cursor of another workspace', { type: 'subscribe', topic: 'user:sam', after: 'OTk5OTk5' }, 'after'],
    ['channel', { type: 'ack', itemIds: [] }, 'itemIds'],
  ])('names the field of a wrong %s', async (_what, message, field) => {
    const client = await open(await place.tokenOf('sam'))
    client.say(message)
    expect(await client.hears('an error', ({ type }) => type === 'error')).toMatchObject({
      code: 'REQUEST_INVALID',
      field,
    })
  })
})

describe('connections that should not last', () => {
  it('sends away with 4401 who does not say who they are within 5 seconds', async () => {
    const silent = await openStranger()
    await pass(4)
    expect(silent.closeCode).toBeUndefined()
    await pass(2)
    expect(await silent.isClosed()).toBe(4401)
  })

  it('cuts a half-open socket within 60 seconds of its last sign of life, and keeps one that answers pings', async () => {
    const token = await place.tokenOf('sam')
    const alive = await open(token)
    const gone = await open(token, { autoPong: false })
    await pass(50)
    expect(gone.closeCode).toBeUndefined()
    await pass(20)
    expect(await gone.isClosed()).toBe(1006)
    expect(alive.closeCode).toBeUndefined()
    expect(await alive.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('closes the sockets of a revoked key with 4401 within 10 seconds, and no others', async () => {
    const [bad, good] = [await place.key(), await place.key()]
    const [first, second, other] = [await open(bad.secret), await open(bad.secret), await open(good.secret)]
    await pass(6)
    await place.inviteMe.keys.revoke(bad.id)
    await pass(10)
    expect(await Promise.all([first.isClosed(), second.isClosed()])).toEqual([4401, 4401])
    expect(await other.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('says a minute before that a token ends, takes a new one, and closes with 4401 without', async () => {
    const lifeMs = 120_000
    const [renewing, careless] = [
      await open(await place.tokenOf('sam', { lifeMs })),
      await open(await place.tokenOf('sam', { lifeMs })),
    ]
    await renewing.ask({ type: 'subscribe', topic: 'user:sam' })
    await pass(70)
    await renewing.hears('that it ends', ({ type }) => type === 'expiring')
    const token = await place.tokenOf('sam', { lifeMs })
    expect(await renewing.ask({ type: 'authenticate', token })).toMatchObject({
      type: 'authenticated',
      expiresAt: new Date(Math.floor(clock.now() / 1_000) * 1_000 + lifeMs).toISOString(),
    })
    await pass(60)
    expect(await careless.isClosed()).toBe(4401)
    await place.inviteMe.send({ routes: { 'in-app': 'sam' } }, 'Still there?')
    await clock.settle()
    await renewing.hears('the entry', ({ event }) => event?.type === 'inbox.added')
  })

  it("does not take somebody else's token, and takes away topics a new one does not name", async () => {
    const sam = await open(await place.tokenOf('sam', { topics: ['group:7'] }))
    await sam.ask({ type: 'subscribe', topic: 'group:7' })
    const anns = await place.tokenOf('ann')
    expect(await sam.ask({ type: 'authenticate', token: anns })).toMatchObject({
      code: 'FORBIDDEN',
      field: 'token',
    })
    await sam.ask({ type: 'authenticate', token: await place.tokenOf('sam') })
    await sam.hears('that it left', ({ type, topic }) => type === 'unsubscribed' && topic === 'group:7')
    await place.inviteMe.topics.publish('group:7', { secret: true })
    await sam.ask({ type: 'ping' })
    expect(sam.told('group:7')).toEqual([])
  })

  it('holds little for a client that does not read, and gives it up after 30 seconds with the others undisturbed', async () => {
    const { secret } = await place.key()
    const [slow, quick] = [await open(secret), await open(secret)]
    await slow.ask({ type: 'subscribe', topic: 'group:a' })
    await quick.ask({ type: 'subscribe', topic: 'group:a' })
    slow.socket.pause()
    const filler = 'x'.repeat(60_000)
    for (let number = 0; number < 200; number += 1)
      await place.inviteMe.topics.publish('group:a', { number, filler })
    await until('the quick one has all', () => quick.told('group:a').length === 200)
    const { waitingBytes } = place.app.live.counts()
    expect(waitingBytes).toBeGreaterThan(0)
    expect(waitingBytes).toBeLessThan(200_000)
    await pass(40)
    await until('it is given up', () => place.app.live.counts().connections === 1)
    expect(await quick.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('holds as little for one that asks for everything there ever was and does not read it', async () => {
    const { secret } = await place.key()
    const filler = 'x'.repeat(60_000)
    for (let number = 0; number < 200; number += 1)
      await place.inviteMe.topics.publish('group:a', { number, filler })
    const greedy = await open(secret)
    await greedy.ask({ type: 'ping' })
    greedy.socket.pause()
    greedy.say({ type: 'subscribe', topic: 'group:a', after: 'MA' })
    await until('it is full', () => place.app.live.counts().waitingBytes > 64 * 1_024)
    // Whatever would still be carried is carried by then.
    for (let turn = 0; turn < 500; turn += 1)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    expect(place.app.live.counts().waitingBytes).toBeLessThan(200_000)
    greedy.socket.resume()
    await until('all has come', () => greedy.told('group:a').length === 200)
    expect(greedy.told('group:a').map(({ number }) => number)).toEqual(
      Array.from({ length: 200 }, (_, index) => index),
    )
  })
})
