import { createInviteMe, type InviteMe } from '@invite-me/core'
import { inApp } from '@invite-me/channels/in-app'
import { sqlite } from '@invite-me/core/sqlite'
import { scriptedChannel, seededRandom } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '@invite-me/core'
import { until } from './__fixtures__/until.ts'
import { TopicHub } from './topic-hub.ts'
import type { TopicSubscription } from './topic-subscription.ts'

const room = 64 * 1_024
let inviteMe: InviteMe
let hub: TopicHub
const warnings: string[] = []

beforeEach(async () => {
  warnings.length = 0
  inviteMe = await createInviteMe({
    store: sqlite(':memory:'),
    channels: [inApp({}), scriptedChannel({ name: 'email' })],
  })
  hub = hubOf(inviteMe)
})
afterEach(async () => {
  hub.close()
  await inviteMe.stop()
})

function hubOf(engine: Pick<InviteMe, 'topics' | 'events' | 'on' | 'recipients'>): TopicHub {
  const log = { warn: (message: string) => void warnings.push(message), error: () => undefined }
  return new TopicHub({ engine, clock: systemClock, log })
}

/** Takes everything there is now. */
async function drain(subscription: TopicSubscription): Promise<readonly number[]> {
  const numbers: number[] = []
  for (;;) {
    const frames = await subscription.take(room)
    if (frames.length === 0 && !subscription.hasMore) return numbers
    for (const { json } of frames) numbers.push(JSON.parse(json).data.number)
  }
}

async function publish(topic: string, ...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) await inviteMe.topics.publish(topic, { number })
}

describe('a hub', () => {
  it('brings what happens in a topic, and nothing of others', async () => {
    await publish('group:a', 1)
    const follower = await hub.subscribe('group:a', { ready: () => undefined })
    await publish('group:b', 2)
    await publish('group:a', 3, 4)
    await until('both are there', () => follower.hasMore)
    const got: number[] = []
    await until('both were taken', async () => got.push(...(await drain(follower))) > 0 && got.length === 2)
    expect(got).toEqual([3, 4])
  })

  it('begins after a cursor and goes on live without a gap', async () => {
    await publish('group:a', 1, 2, 3)
    const [first] = await inviteMe.topics.events('group:a')
    const follower = await hub.subscribe('group:a', { after: first?.cursor ?? 0, ready: () => undefined })
    await publish('group:a', 4)
    const got: number[] = []
    await until('three were taken', async () => got.push(...(await drain(follower))) === 3)
    expect(got).toEqual([2, 3, 4])
  })

  it('serves a follower who fell far behind from the store', async () => {
    const follower = await hub.subscribe('group:a', { ready: () => undefined })
    const numbers = Array.from({ length: 300 }, (_, index) => index)
    await publish('group:a', ...numbers)
    const got: number[] = []
    await until('all were taken', async () => got.push(...(await drain(follower))) === 300)
    expect(got).toEqual(numbers)
  })

  it('carries what concerns a person on their own topic, also when their profile came after they followed', async () => {
    const early = await hub.subscribe('user:sam', { ready: () => undefined })
    await inviteMe.recipients.upsert({ externalId: 'sam', routes: { 'in-app': 'sam' } })
    const { deliveryIds } = await inviteMe.send('sam', 'The door code is 4711')
    const got: { type: string; deliveryId: string; entry?: unknown }[] = []
    await until('it was delivered', async () => {
      for (const { json } of await early.take(room)) got.push(JSON.parse(json))
      return (
        got.some(({ type }) => type === 'inbox.added') && got.some(({ type }) => type === 'delivery.sent')
      )
    })
    expect(got.every(({ deliveryId }) => deliveryId === deliveryIds[0] || deliveryId === null)).toBe(true)
    expect(got.find(({ type }) => type === 'inbox.added')?.entry).toMatchObject({
      address: 'sam',
      content: { text: 'The door code is 4711' },
    })
  })

  it('lets go of the words of somebody who is forgotten', async () => {
    await inviteMe.recipients.upsert({ externalId: 'sam', routes: { 'in-app': 'sam' } })
    const follower = await hub.subscribe('user:sam', { ready: () => undefined })
    const began = follower.cursor
    await inviteMe.send('sam', 'The door code is 4711')
    const isAdded = async () => (await follower.take(room)).some(({ json }) => json.includes('4711'))
    await until('it was carried', isAdded)
    expect(await inviteMe.recipients.erase('sam')).toBe(true)
    await until('it is forgotten', async () => {
      const again = await hub.subscribe('user:sam', { after: began, ready: () => undefined })
      const frames = await again.take(room)
      again.close()
      return !frames.some(({ json }) => json.includes('4711'))
    })
  })

  it('finds everybody whose profile comes after they followed, however many wait', async () => {
    const people = Array.from({ length: 30 }, (_, index) => `person ${index}`)
    const followers = await Promise.all(
      people.map((person) => hub.subscribe(`user:${person}`, { ready: () => undefined })),
    )
    for (const externalId of people)
      await inviteMe.recipients.upsert({
        externalId,
        routes: { email: `${externalId.replace(' ', '.')}@guests.test` },
      })
    // Its events name the person, not the topic.
    await inviteMe.send(people, 'Hello')
    await until('all were told', () => followers.every(({ hasMore }) => hasMore))
    expect(hub.size).toBe(people.length)
  })

  it('reads a topic once for all who follow it', async () => {
    const reads: string[] = []
    hub.close()
    hub = hubOf({
      ...inviteMe,
      topics: {
        ...inviteMe.topics,
        events: (topic, page) => {
          reads.push(topic)
          return inviteMe.topics.events(topic, page)
        },
      },
    })
    const followers: TopicSubscription[] = []
    for (let count = 0; count < 50; count += 1)
      followers.push(await hub.subscribe('group:a', { ready: () => undefined }))
    reads.length = 0
    await publish('group:a', 1)
    await until('everybody has it', () => followers.every(({ hasMore }) => hasMore))
    expect(await Promise.all(followers.map(drain))).toEqual(followers.map(() => [1]))
    expect(reads.length).toBeLessThanOrEqual(2)
  })

  it('refuses names that no topic has and cursors of another workspace, and keeps nothing of them', async () => {
    await expect(hub.subscribe('room:1', { ready: () => undefined })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'topic',
    })
    await expect(hub.subscribe('group:a', { after: 1_000, ready: () => undefined })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'after',
    })
    expect(hub.size).toBe(0)
  })

  it('forgets a topic when the last follower leaves', async () => {
    const one = await hub.subscribe('group:a', { ready: () => undefined })
    const joining = hub.subscribe('group:a', { ready: () => undefined })
    one.close()
    const two = await joining
    expect(hub.size).toBe(1)
    await publish('group:a', 7)
    await until('the one who stayed has it', () => two.hasMore)
    two.close()
    two.close()
    expect(hub.size).toBe(0)
  })

  it('goes on where it stood when the store could not be read for a while', async () => {
    let isBroken = false
    const broken = (): Promise<never> => Promise.reject(new RangeError('disk'))
    hub.close()
    hub = hubOf({
      ...inviteMe,
      events: { ...inviteMe.events, list: (page) => (isBroken ? broken() : inviteMe.events.list(page)) },
      topics: {
        ...inviteMe.topics,
        events: (...page) => (isBroken ? broken() : inviteMe.topics.events(...page)),
      },
    })
    const follower = await hub.subscribe('group:a', { ready: () => undefined })
    isBroken = true
    await publish('group:a', 1, 2)
    await until('the trouble was told', () => warnings.length > 0)
    isBroken = false
    await publish('group:a', 3)
    const got: number[] = []
    await until('all were taken', async () => got.push(...(await drain(follower))) === 3)
    expect(got).toEqual([1, 2, 3])
  })

  it.each(Array.from({ length: 40 }, (_, index) => index + 1))(
    'hands out everything once and in order, however followers come, go and come back (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      const pick = (below: number): number => Math.floor(random.fraction() * below)
      let follower = await hub.subscribe('group:a', { ready: () => undefined })
      let published = 0
      let writing = Promise.resolve()
      const got: number[] = []
      for (let step = 0; step < 25; step += 1) {
        const kind = pick(4)
        if (kind === 0) {
          const numbers = Array.from({ length: 1 + pick(90) }, () => (published += 1))
          writing = writing.then(() => publish('group:a', ...numbers))
        } else if (kind === 1) {
          for (const { json } of await follower.take([1, 500, room][pick(3)] ?? room))
            got.push(JSON.parse(json).data.number)
        } else if (kind === 2) {
          follower.close()
          follower = await hub.subscribe('group:a', { after: follower.cursor, ready: () => undefined })
        } else {
          await new Promise((resolve) => {
            setImmediate(resolve)
          })
        }
      }
      await writing
      await until('all have come', async () => {
        got.push(...(await drain(follower)))
        return got.length >= published
      })
      expect(got).toEqual(Array.from({ length: published }, (_, index) => index + 1))
    },
  )
})
