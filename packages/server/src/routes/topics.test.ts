import { virtualClock, type VirtualClock } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EventReader } from '../realtime/__fixtures__/event-reader.ts'
import { startLivePlace, type LivePlace } from '../realtime/__fixtures__/live-place.ts'
import { until } from '../realtime/__fixtures__/until.ts'

let clock: VirtualClock
let place: LivePlace
let authorization: string
const readers: EventReader[] = []

beforeEach(async () => {
  clock = virtualClock()
  place = await startLivePlace({ liveLimits: { perPerson: 2 } }, { clock })
  authorization = `Bearer ${(await place.key()).secret}`
})
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close()
  await place.stop()
})

async function stream(path: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const reader = await EventReader.open(`http://${place.host}${path}`, { authorization, ...headers })
  readers.push(reader)
  return reader
}

interface Asking extends Omit<RequestInit, 'headers'> {
  readonly headers?: Readonly<Record<string, string>>
}

async function ask(path: string, init: Asking = {}) {
  const response = await fetch(`http://${place.host}${path}`, {
    ...init,
    headers: { authorization, 'content-type': 'application/json', ...init.headers },
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}

const say = (topic: string, number: number) => place.inviteMe.topics.publish(topic, { number })
const numbersOf = (events: readonly { readonly data: { readonly number: number } }[]) =>
  events.map(({ data }) => data.number)
/** Lets time pass in steps, so that what goes over real sockets keeps up. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) await clock.advance(1_000)
}

describe('a topic as pages', () => {
  it('is read page by page, and goes on', async () => {
    for (const number of [1, 2, 3]) await say('group:a', number)
    const first = await ask('/v1/topics/group:a?limit=2')
    expect(numbersOf(first.body.items)).toEqual([1, 2])
    const second = await ask(`/v1/topics/group:a?limit=2&after=${first.body.next}`)
    expect(numbersOf(second.body.items)).toEqual([3])
    const third = await ask(`/v1/topics/group:a?after=${second.body.next}`)
    expect(third.body).toEqual({ items: [], next: second.body.next })
  })

  it('is waited for, and the wait ends with what happens', async () => {
    await say('group:a', 1)
    const { body: now } = await ask('/v1/topics/group:a?after=now')
    expect(now.items).toEqual([])
    const waiting = ask(`/v1/topics/group:a?after=${now.next}&wait=30s`)
    await until('somebody waits', () => place.app.live.counts().connections === 1)
    await say('group:b', 2)
    await say('group:a', 3)
    const { body } = await waiting
    expect(numbersOf(body.items)).toEqual([3])
    expect(place.app.live.counts()).toMatchObject({ connections: 0, topics: 0 })
  })

  it('is waited for in vain no longer than asked', async () => {
    await say('group:b', 1)
    const waiting = ask('/v1/topics/group:a?wait=20s')
    await until('somebody waits', () => place.app.live.counts().connections === 1)
    await clock.advance('19s')
    expect(place.app.live.counts().connections).toBe(1)
    await clock.advance('1s')
    expect(await waiting).toMatchObject({ status: 200, body: { items: [] } })
  })

  it('stops waiting when the client goes away', async () => {
    const gone = new AbortController()
    const waiting = ask('/v1/topics/group:a?wait=60s', { signal: gone.signal })
    await until('somebody waits', () => place.app.live.counts().connections === 1)
    gone.abort()
    await expect(waiting).rejects.toThrow('aborted')
    await until('nobody waits', () => place.app.live.counts().connections === 0)
  })

  it('ends waits when the server stops', async () => {
    const waiting = ask('/v1/topics/group:a?wait=60s')
    await until('somebody waits', () => place.app.live.counts().connections === 1)
    await place.app.live.close()
    expect(await waiting).toMatchObject({ status: 200, body: { items: [] } })
    expect(await ask('/v1/topics/group:a?wait=60s')).toMatchObject({ status: 503, body: { code: 'STOPPED' } })
  })

  it.each([
    ['/v1/topics/room:7', 422, 'path.topic'],
    ['/v1/topics/group:a?after=yesterday', 422, 'query.after'],
    ['/v1/topics/group:a?limit=0', 422, 'query.limit'],
    ['/v1/topics/group:a?wait=2m', 422, 'query.wait'],
  ])('refuses %s', async (path, status, field) => {
    expect(await ask(path)).toMatchObject({ status, body: { code: 'REQUEST_INVALID', field } })
  })

  it("keeps a person's token to its topics", async () => {
    const own = { authorization: `Bearer ${await place.tokenOf('sam', { topics: ['group:7'] })}` }
    expect((await ask('/v1/topics/user:sam', { headers: own })).status).toBe(200)
    expect((await ask('/v1/topics/group:7', { headers: own })).status).toBe(200)
    expect(await ask('/v1/topics/user:ann', { headers: own })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', field: 'path.topic' },
    })
    const post = { method: 'POST', body: JSON.stringify({ data: {} }), headers: own }
    expect((await ask('/v1/topics/group:7', post)).status).toBe(403)
  })
})

describe('saying something on a topic', () => {
  const post = (topic: string, body: unknown) =>
    ask(`/v1/topics/${topic}`, { method: 'POST', body: JSON.stringify(body) })

  it('is heard by who follows', async () => {
    const reader = await stream('/v1/topics/group:a')
    expect(await post('group:a', { data: { typing: 'ann' } })).toEqual({ status: 202, body: undefined })
    await until('it came', () => reader.events.length === 1)
    expect(reader.events[0]).toMatchObject({
      type: 'topic.published',
      topic: 'group:a',
      data: { typing: 'ann' },
    })
  })

  it.each([
    ["somebody's own topic", 'user:sam', { data: {} }, 'path.topic'],
    ['no data', 'group:a', {}, 'data'],
    ['data that is no object', 'group:a', { data: [1] }, 'data'],
    ['too much data', 'group:a', { data: { text: 'x'.repeat(70_000) } }, 'data'],
  ])('refuses %s', async (_what, topic, body, field) => {
    expect(await post(topic, body)).toMatchObject({ status: 422, body: { code: 'REQUEST_INVALID', field } })
  })
})

describe('a topic as server-sent events', () => {
  it('tells its place at once, then what happens, each with its cursor', async () => {
    await say('group:a', 1)
    const reader = await stream('/v1/topics/group:a')
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    })
    await until('the place came', () => reader.blocks.length === 1)
    expect(Number(reader.blocks[0]?.['retry'])).toBeGreaterThanOrEqual(1_000)
    const begin = reader.lastId ?? ''
    await say('group:a', 2)
    await until('the event came', () => reader.events.length === 1)
    const again = await stream('/v1/topics/group:a', { 'last-event-id': begin })
    await until('it came again', () => again.events.length === 1)
    expect(again.blocks.at(-1)).toEqual(reader.blocks.at(-1))
  })

  it('goes on after the last event a browser had, whatever the address says', async () => {
    for (const number of [1, 2, 3, 4]) await say('group:a', number)
    const { body } = await ask('/v1/topics/group:a?limit=1')
    const all = await stream(`/v1/topics/group:a?after=${body.next}`)
    await until('three came', () => all.events.length === 3)
    const id = all.blocks[2]?.['id'] ?? ''
    const resumed = await stream(`/v1/topics/group:a?after=${body.next}`, { 'last-event-id': id })
    await until('the rest came', () => resumed.events.length > 0)
    expect(numbersOf(resumed.events)).toEqual([4])
  })

  it('shows every 25 seconds that it lives', async () => {
    const reader = await stream('/v1/topics/group:a')
    await until('it began', () => reader.blocks.length === 1)
    await pass(30)
    await until('a sign of life came', () => reader.blocks.length === 2)
    expect(reader.blocks[1]).toEqual({ '': 'still here' })
  })

  it('brings a thousand events a slow start left behind, in order', async () => {
    const reader = await stream('/v1/topics/group:a?after=MA')
    reader.response.pause()
    for (let number = 1; number <= 1_000; number += 1) await say('group:a', number)
    reader.response.resume()
    await until('all came', () => reader.events.length === 1_000)
    expect(numbersOf(reader.events)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
  })

  it('is ended for a client that does not read, one that goes away, a revoked key and a token that ends', async () => {
    const bad = await place.key()
    const [slow, gone, revoked, expired, stays] = [
      await stream('/v1/topics/group:a'),
      await stream('/v1/topics/group:a'),
      await stream('/v1/topics/group:a', { authorization: `Bearer ${bad.secret}` }),
      await stream('/v1/topics/user:sam', {
        authorization: `Bearer ${await place.tokenOf('sam', { lifeMs: 30_000 })}`,
      }),
      await stream('/v1/topics/group:a'),
    ]
    slow.response.pause()
    gone.close()
    await until('one has gone', () => place.app.live.counts().connections === 4)
    for (let number = 0; number < 200; number += 1)
      await place.inviteMe.topics.publish('group:a', { filler: 'x'.repeat(60_000) })
    await place.inviteMe.keys.revoke(bad.id)
    await pass(50)
    await until('only one is left', () => place.app.live.counts().connections === 1)
    expect([revoked.hasEnded, expired.hasEnded, stays.hasEnded]).toEqual([true, true, false])
    expect(stays.events).toHaveLength(200)
  })

  it('counts among the connections of a person', async () => {
    const sam = { authorization: `Bearer ${await place.tokenOf('sam')}` }
    await stream('/v1/topics/user:sam', sam)
    await stream('/v1/topics/user:sam', sam)
    const third = await stream('/v1/topics/user:sam', sam)
    expect(third.response.statusCode).toBe(429)
    expect(place.app.live.counts().connections).toBe(2)
  })

  it('says when to come back, and ends, when the server stops', async () => {
    const reader = await stream('/v1/topics/group:a')
    await until('it began', () => reader.blocks.length === 1)
    await place.app.live.close()
    await until('it ended', () => reader.hasEnded)
    expect(Number(reader.blocks.at(-1)?.['retry'])).toBeGreaterThanOrEqual(1_000)
    expect(reader.response.complete).toBe(true)
  })

  it('is not opened by a HEAD, which nobody would read', async () => {
    const { status } = await ask('/v1/topics/group:a', {
      method: 'HEAD',
      headers: { accept: 'text/event-stream' },
    })
    expect([status, place.app.live.counts().connections]).toEqual([200, 0])
  })
})
