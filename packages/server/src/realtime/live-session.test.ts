import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { sqlite } from '@invite-me/core/sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import type { AppOptions } from '../app/create-app.ts'
import { LiveClient, refusedWith } from './__fixtures__/live-client.ts'
import { startLivePlace, type LivePlace } from './__fixtures__/live-place.ts'
import { until } from './__fixtures__/until.ts'

const places: LivePlace[] = []
const clients: LiveClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.end()
  for (const place of places.splice(0)) await place.stop()
})

async function start(...options: Parameters<typeof startLivePlace>): Promise<LivePlace> {
  const place = await startLivePlace(...options)
  places.push(place)
  return place
}

async function open(place: LivePlace, token: string): Promise<LiveClient> {
  const client = await LiveClient.open(place.host, token)
  clients.push(client)
  return client
}

describe('a socket of live topics', () => {
  it('brings what is published and what concerns the person, as it happens', async () => {
    const place = await start()
    const sam = await open(place, await place.tokenOf('sam', { topics: ['group:7'] }))
    expect(await sam.ask({ type: 'subscribe', topic: 'user:sam' })).toMatchObject({ type: 'subscribed' })
    expect(await sam.ask({ type: 'subscribe', topic: 'group:7' })).toMatchObject({ type: 'subscribed' })
    await place.inviteMe.topics.publish('group:7', { typing: 'ann' })
    await place.inviteMe.send({ routes: { 'in-app': 'sam' } }, 'The door code is 4711')
    const added = await sam.hears('the entry', ({ event }) => event?.type === 'inbox.added')
    expect(added).toMatchObject({
      topic: 'user:sam',
      event: { entry: { content: { text: 'The door code is 4711' } } },
    })
    await until('the publication came', () => sam.told('group:7').length === 1)
    expect(sam.told('group:7')).toEqual([{ typing: 'ann' }])
  })

  it('is opened by a browser with a token in its first message, never in the address', async () => {
    const place = await start()
    const ann = new LiveClient(place.host)
    clients.push(ann)
    await once(ann.socket, 'open')
    const token = await place.tokenOf('ann')
    expect(await ann.ask({ type: 'authenticate', token })).toMatchObject({ type: 'authenticated' })
    expect(await ann.ask({ type: 'subscribe', topic: 'user:ann' })).toMatchObject({ type: 'subscribed' })
  })

  it.each([
    ['a wrong token', { type: 'authenticate', token: 'imk_wrong' }],
    ['a message before the token', { type: 'subscribe', topic: 'user:ann' }],
  ])('ends with 4401 on %s', async (_what, message) => {
    const place = await start()
    const client = new LiveClient(place.host)
    clients.push(client)
    await once(client.socket, 'open')
    client.say(message)
    expect(await client.isClosed()).toBe(4401)
  })

  it('refuses what is wrong before a socket is opened', async () => {
    const place = await start({ origins: ['https://app.guests.test'] })
    const authorization = `Bearer ${await place.tokenOf('sam')}`
    const noLive = await place.inviteMe.keys.create({ name: 'reader', scopes: ['read'] })
    expect(await refusedWith(place.host, { headers: { authorization: 'Bearer imk_no' } })).toBe(401)
    expect(await refusedWith(place.host, { headers: { authorization: `Bearer ${noLive.secret}` } })).toBe(403)
    expect(await refusedWith(place.host, { protocols: [] })).toBe(422)
    expect(await refusedWith(place.host, { protocols: ['invite-me.v9'] })).toBe(422)
    expect(await refusedWith(place.host, { headers: { authorization }, origin: 'https://evil.test' })).toBe(
      403,
    )
    const plain = await fetch(`http://${place.host}/v1/live`)
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket'])
    for (const origin of ['https://app.guests.test', `https://${place.host}`]) {
      const allowed = new LiveClient(place.host, { headers: { authorization }, origin })
      clients.push(allowed)
      await once(allowed.socket, 'open')
    }
  })

  it("never shows somebody else's topic, and says which", async () => {
    const place = await start()
    const eve = await open(place, await place.tokenOf('eve', { topics: ['group:1'] }))
    for (const topic of ['user:sam', 'group:2', 'user:', 'user:null'])
      expect(await eve.ask({ type: 'subscribe', topic })).toMatchObject({
        type: 'error',
        code: 'FORBIDDEN',
        field: 'topic',
      })
    await place.inviteMe.send({ routes: { 'in-app': 'sam' } }, 'For Sam alone')
    expect(await eve.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
    expect(eve.heard.filter(({ type }) => type === 'event')).toEqual([])
  })

  it('marks entries of its own person only, and keeps it', async () => {
    const place = await start()
    await place.inviteMe.send([{ routes: { 'in-app': 'sam' } }, { routes: { 'in-app': 'ann' } }], 'Hello')
    const [sams, anns] = [place.inviteMe.inbox('sam'), place.inviteMe.inbox('ann')]
    await until('both have it', async () => (await sams.count()) + (await anns.count()) === 2)
    const ids = [...(await sams.list()), ...(await anns.list())].map(({ id }) => id)
    const sam = await open(place, await place.tokenOf('sam'))
    expect(await sam.ask({ type: 'ack', itemIds: ids })).toMatchObject({
      type: 'marked',
      as: 'acknowledged',
      changed: 1,
    })
    expect(await sam.ask({ type: 'read', itemIds: 'all' })).toMatchObject({ as: 'read', changed: 0 })
    expect(await Promise.all([sams.count('unacknowledged'), anns.count('unread')])).toEqual([0, 1])
    const { secret } = await place.key()
    const host = await open(place, secret)
    expect(await host.ask({ type: 'ack', itemIds: ids })).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('resumes where it was cut off, without a gap and without a double', async () => {
    const place = await start()
    const { secret } = await place.key()
    const got: number[] = []
    let cursor: string | undefined
    const publishing = (async () => {
      for (let number = 1; number <= 200; number += 1)
        await place.inviteMe.topics.publish('group:a', { number })
    })()
    for (let round = 0; got.length < 200; round += 1) {
      const client = await open(place, secret)
      const after = cursor === undefined ? { after: 'MA' } : { after: cursor }
      client.say({ type: 'subscribe', topic: 'group:a', ...after })
      await client.hears('some', ({ type }) => type === 'event')
      // Cut in the middle, at another place each time.
      client.end()
      for (const { type, cursor: place, event } of client.heard.slice(0, 2 + (round % 37))) {
        if (type !== 'event') continue
        cursor = place
        got.push(event.data.number)
      }
    }
    await publishing
    expect(got).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
  })

  it('hears of what another process does on the same store', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'live-'))
    try {
      const file = join(folder, 'invites.db')
      const [one, other] = [
        await start({}, { store: sqlite(file) }),
        await start({}, { store: sqlite(file) }),
      ]
      const { secret } = await one.key()
      const client = await open(other, secret)
      await client.ask({ type: 'subscribe', topic: 'event:42' })
      await one.inviteMe.topics.publish('event:42', { from: 'one' })
      await other.inviteMe.topics.publish('event:42', { from: 'other' })
      await until('both came', () => client.told('event:42').length === 2)
      expect(client.told('event:42')).toEqual([{ from: 'one' }, { from: 'other' }])
      await Promise.all(places.splice(0).map((place) => place.stop()))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('says good-bye with a time to come back, and closes with 1012', async () => {
    const place = await start()
    const sam = await open(place, await place.tokenOf('sam'))
    await sam.ask({ type: 'subscribe', topic: 'user:sam' })
    await place.app.live.close()
    const bye = sam.heard.at(-1)
    expect(bye.type).toBe('bye')
    expect(bye.reconnectAfterMs).toBeGreaterThanOrEqual(1_000)
    expect(bye.reconnectAfterMs).toBeLessThanOrEqual(10_000)
    expect(await sam.isClosed()).toBe(1012)
    expect(
      await refusedWith(place.host, { headers: { authorization: `Bearer ${await place.tokenOf('sam')}` } }),
    ).toBe(503)
    expect(place.app.live.counts()).toMatchObject({ connections: 0, topics: 0 })
  })
})

describe('limits of live connections', () => {
  const limited = (liveLimits: NonNullable<AppOptions['liveLimits']>) => start({ liveLimits })

  it('lets a person have several sockets, but not too many', async () => {
    const place = await limited({ perPerson: 2 })
    const authorization = `Bearer ${await place.tokenOf('sam')}`
    const [first] = [
      await open(place, await place.tokenOf('sam')),
      await open(place, await place.tokenOf('sam')),
    ]
    expect(await refusedWith(place.host, { headers: { authorization } })).toBe(429)
    const late = new LiveClient(place.host)
    clients.push(late)
    await once(late.socket, 'open')
    late.say({ type: 'authenticate', token: await place.tokenOf('sam') })
    expect(await late.isClosed()).toBe(4429)
    first.end()
    await until('one has gone', () => place.app.live.counts().connections === 1)
    await open(place, await place.tokenOf('sam'))
    await open(place, await place.tokenOf('ann'))
  })

  it('bounds the sockets of a process, and those that say nothing', async () => {
    const place = await limited({ connections: 2, strangers: 1 })
    const stranger = new LiveClient(place.host)
    clients.push(stranger)
    await once(stranger.socket, 'open')
    expect(await refusedWith(place.host, {})).toBe(429)
    await open(place, await place.tokenOf('sam'))
    expect(
      await refusedWith(place.host, { headers: { authorization: `Bearer ${await place.tokenOf('ann')}` } }),
    ).toBe(429)
  })

  it('bounds the topics of a socket; one that is let go makes room', async () => {
    const place = await limited({ topics: 2 })
    const { secret } = await place.key()
    const client = await open(place, secret)
    await client.ask({ type: 'subscribe', topic: 'group:1' })
    await client.ask({ type: 'subscribe', topic: 'group:2' })
    expect(await client.ask({ type: 'subscribe', topic: 'group:2' })).toMatchObject({ type: 'subscribed' })
    expect(await client.ask({ type: 'subscribe', topic: 'group:3' })).toMatchObject({ code: 'RATE_LIMITED' })
    await client.ask({ type: 'unsubscribe', topic: 'group:1' })
    expect(await client.ask({ type: 'subscribe', topic: 'group:3' })).toMatchObject({ type: 'subscribed' })
  })
})
