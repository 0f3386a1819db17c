import {
  isInviteMeError,
  yesNo,
  type InviteMe,
  type Store,
  type StoreOpener,
  type TopicEvent,
} from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { inApp } from '@invite-me/channels/in-app'
import { virtualClock, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { newWorkspace } from '../worlds/workspace.ts'
import { world } from '../worlds/world.ts'
import { startEngine } from './start-engine.ts'

/** Values a caller in JavaScript can pass whatever the types say. */
const anything = <Wanted>(value: unknown): Wanted => value as Wanted
const start = (): Promise<InviteMeTest> => startEngine({ channels: [inApp({}), 'email'] })
const typesOf = (events: readonly TopicEvent[]): readonly string[] => events.map(({ type }) => type)
const codeOf = (error: unknown): unknown => (isInviteMeError(error) ? [error.code, error.field] : error)

/** Follows a topic from a cursor until as many events came, then leaves. */
async function take(
  { topics }: Pick<InviteMe, 'topics'>,
  topic: string,
  count: number,
  after?: number,
): Promise<readonly TopicEvent[]> {
  const taken: TopicEvent[] = []
  for await (const event of topics.follow(topic, after === undefined ? {} : { after }))
    if (taken.push(event) === count) break
  return taken
}

describe('a topic of the host app', () => {
  test('carries what is published on it, to whoever follows and whoever looks later', async () => {
    const { inviteMe } = await start()
    await inviteMe.topics.publish('group:7', { said: 'before' })
    const following = take(inviteMe, 'group:7', 2, 0)
    await inviteMe.topics.publish('group:70', { said: 'elsewhere' })
    await inviteMe.topics.publish('group:7', { said: 'after', at: new Date(0), gone: undefined })
    const live = await following
    expect(live.map(({ data }) => data)).toEqual([
      { said: 'before' },
      { said: 'after', at: '1970-01-01T00:00:00.000Z' },
    ])
    expect(await inviteMe.topics.events('group:7')).toEqual(live)
    expect(await inviteMe.topics.events('group:7', { after: live[0]?.cursor ?? 0 })).toEqual(live.slice(1))
    expect(await inviteMe.topics.events('event:7')).toEqual([])
  })

  test('followed from now on does not begin with the past', async () => {
    const t = await start()
    await t.inviteMe.topics.publish('event:1', { number: 1 })
    const following = take(t.inviteMe, 'event:1', 1)
    await t.clock.settle()
    await t.inviteMe.topics.publish('event:1', { number: 2 })
    expect((await following).map(({ data }) => data['number'])).toEqual([2])
  })

  test('ends with its signal, and with the engine', async () => {
    const t = await start()
    const controller = new AbortController()
    const heard: TopicEvent[] = []
    const following = (async () => {
      for await (const event of t.inviteMe.topics.follow('group:1', { signal: controller.signal }))
        heard.push(event)
    })()
    await t.clock.settle()
    controller.abort()
    await following
    const over = take(t.inviteMe, 'group:1', 1).catch(codeOf)
    await t.clock.settle()
    await t.stop()
    expect(await over).toEqual(['STOPPED', undefined])
    expect(heard).toEqual([])
    const late = await t.inviteMe.topics.publish('group:1', {}).catch(codeOf)
    expect(late).toEqual(['STOPPED', undefined])
  })

  test.each([1, 2, 3, 7, 50])(
    'read %i at a time, by followers that come and go, gives each event once',
    async (size) => {
      const t = await start()
      const all = Array.from({ length: 20 }, (_, number) => number)
      const topicOf = (number: number): string => (number % 3 === 1 ? 'group:b' : 'group:a')
      const expected = all.filter((number) => topicOf(number) === 'group:a')
      const publishing = (async () => {
        for (const number of all) await t.inviteMe.topics.publish(topicOf(number), { number })
      })()
      const followed: number[] = []
      for (let cursor = 0; followed.length < expected.length;) {
        const some = await take(
          t.inviteMe,
          'group:a',
          Math.min(size, expected.length - followed.length),
          cursor,
        )
        followed.push(...some.map(({ data }) => Number(data['number'])))
        cursor = some.at(-1)?.cursor ?? cursor
      }
      await publishing
      const paged: number[] = []
      for (let cursor = 0; ;) {
        const page = await t.inviteMe.topics.events('group:a', { after: cursor, limit: size })
        paged.push(...page.map(({ data }) => Number(data['number'])))
        cursor = page.at(-1)?.cursor ?? cursor
        if (page.length < size) break
      }
      expect([followed, paged]).toEqual([expected, expected])
    },
  )

  test('with a bad name, or too much to say, is refused by field', async () => {
    const { inviteMe } = await start()
    const endless: { self?: unknown } = {}
    endless.self = endless
    const deep = JSON.parse(`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`) as object
    const names = [
      '',
      'sam',
      'group',
      'group:',
      'group: 7',
      'group:a b',
      'team:7',
      'GROUP:7',
      ' group:7',
      'group:7\n',
    ]
    const more = [
      'group:\0',
      'group:\ud800',
      `group:${'x'.repeat(129)}`,
      'user:',
      'user: sam',
      `user:${'x'.repeat(201)}`,
    ]
    for (const name of [...names, ...more, anything<string>(7), anything<string>(undefined)]) {
      const refused = ['REQUEST_INVALID', 'topic']
      expect(await inviteMe.topics.publish(name, {}).catch(codeOf)).toEqual(refused)
      expect(await inviteMe.topics.events(name).catch(codeOf)).toEqual(refused)
      expect(() => inviteMe.topics.follow(name)).toThrow(expect.objectContaining({ field: 'topic' }))
    }
    expect(await inviteMe.topics.publish('user:sam', {}).catch(codeOf)).toEqual(['REQUEST_INVALID', 'topic'])
    const tooMuch = [{ text: 'ü'.repeat(33_000) }, endless, deep, { big: 1n }, [1], null, 'text', undefined]
    for (const data of tooMuch)
      expect(await inviteMe.topics.publish('group:7', anything(data)).catch(codeOf)).toEqual([
        'REQUEST_INVALID',
        'data',
      ])
    for (const after of [-1, 1.5, NaN, Infinity, 2 ** 60, anything<number>('7')]) {
      expect(await inviteMe.topics.events('group:7', { after }).catch(codeOf)).toEqual([
        'REQUEST_INVALID',
        'after',
      ])
      expect(await inviteMe.events.list({ after }).catch(codeOf)).toEqual(['REQUEST_INVALID', 'after'])
    }
    expect(await inviteMe.events.last()).toBe(0)
  })

  test('holds what is just small enough, as it was said', async () => {
    const { inviteMe } = await start()
    const data = { text: 'x'.repeat(65_536 - '{"text":""}'.length) }
    await inviteMe.topics.publish(`group:${'x'.repeat(128)}`, data)
    expect((await inviteMe.topics.events(`group:${'x'.repeat(128)}`))[0]?.data).toEqual(data)
    const odd = { '': '\0 \ud800 “ü” 🎉', __proto__2: { constructor: null } }
    // NUL and half characters end at the door of the HTTP interface, in whatever they come: not every store can keep them.
    if (world === 'server') {
      const refused = { code: 'REQUEST_INVALID', field: expect.stringMatching(/^data/) }
      await expect(inviteMe.topics.publish('event:ü🎉"\'', odd)).rejects.toMatchObject(refused)
      return
    }
    await inviteMe.topics.publish('event:ü🎉"\'', odd)
    expect((await inviteMe.topics.events('event:ü🎉"\''))[0]?.data).toEqual(odd)
  })
})

describe('a person’s topic', () => {
  test('tells what was sent to them and what they answered, and nothing of others', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'Sam Miller', routes: { email: 'sam@guests.test' } })
    await t.inviteMe.recipients.upsert({ externalId: 'ann', routes: { email: 'ann@guests.test' } })
    for (const person of ['Sam Miller', 'ann']) {
      await t.inviteMe.ask(person, 'Dinner?', { answer: yesNo() })
      await t.clock.settle()
      await t.reply(person, 'yes')
    }
    const carried = await t.inviteMe.topics.events('user:Sam Miller')
    expect(typesOf(carried)).toEqual(['delivery.sent', 'invitation.accepted'])
    expect(await t.inviteMe.topics.events('user:nobody')).toEqual([])
  })

  test('brings the entries of their inbox, without a profile too, as they are now', async () => {
    const t = await start()
    const following = take(t.inviteMe, 'user:sam', 2, 0)
    await t.inviteMe.ask({ routes: { 'in-app': 'sam' } }, 'Dinner?', { answer: yesNo() })
    await t.inviteMe.send({ routes: { 'in-app': 'ann' } }, 'For Ann')
    await t.clock.settle()
    const inbox = t.inviteMe.inbox('sam')
    const [entry] = await inbox.list()
    await inbox.read('all')
    const events = await following
    expect(typesOf(events)).toEqual(['inbox.added', 'inbox.read'])
    expect(events[0]?.entry).toMatchObject({
      id: entry?.id,
      content: { text: 'Dinner?' },
      invitation: { state: 'pending' },
    })
    await inbox.answer(entry?.id ?? '', { kind: 'option', value: 'no' })
    const [again] = await t.inviteMe.topics.events('user:sam')
    expect(again?.entry).toMatchObject({ readAt: expect.any(Date), invitation: { state: 'declined' } })
  })

  test('gives what concerns a person and their inbox once, not twice', async () => {
    const t = await start()
    await t.inviteMe.recipients.upsert({ externalId: 'sam', routes: { 'in-app': 'sam' } })
    await t.inviteMe.send('sam', 'News')
    await t.clock.settle()
    const events = await t.inviteMe.topics.events('user:sam')
    expect(typesOf(events).filter((type) => type === 'inbox.added')).toHaveLength(1)
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(events.length)
  })

  test('carries on without its entry when a reminder took the place of the first message', async () => {
    const t = await start()
    await t.inviteMe.ask({ routes: { 'in-app': 'sam' } }, 'Dinner?', { answer: yesNo(), remind: ['1h'] })
    await t.advance('2h')
    const events = await t.inviteMe.topics.events('user:sam')
    expect(events.map(({ entry }) => entry?.content.text)).toEqual([undefined, 'Dinner?'])
  })

  test('reaches who follows in another process', async () => {
    const place = await newWorkspace()
    const clock = virtualClock()
    const channels = [inApp({})]
    const one = await startEngine({ ...(await place.process(clock)), clock, seed: 1, channels })
    const other = await startEngine({
      ...(await place.process(clock)),
      clock,
      seed: 2,
      channels,
      dispatch: false,
    })
    const following = take(other.inviteMe, 'user:sam', 1, 0)
    await one.inviteMe.send({ routes: { 'in-app': 'sam' } }, 'News')
    for (let round = 0; round < 8; round += 1) await clock.advance('250ms')
    expect((await following)[0]?.entry?.content.text).toBe('News')
  })

  test('is known as soon as the person is', async () => {
    const t = await start()
    const following = take(t.inviteMe, 'user:sam', 1, 0)
    await t.clock.settle()
    await t.inviteMe.recipients.upsert({ externalId: 'sam', routes: { email: 'sam@guests.test' } })
    await t.inviteMe.send('sam', 'News')
    await t.clock.settle()
    expect(typesOf(await following)).toEqual(['delivery.sent'])
  })

  test('misses nothing of a person who comes while it is read', async () => {
    const late = { isOn: false }
    const t = await startEngine({ channels: [inApp({})], store: knowingLate(sqlite(':memory:'), late) })
    await t.inviteMe.recipients.upsert({ externalId: 'sam', routes: { 'in-app': 'sam' } })
    await t.inviteMe.send('sam', 'News')
    await t.clock.settle()
    const whole = await t.inviteMe.topics.events('user:sam')
    expect(typesOf(whole)).toEqual(['delivery.sent', 'delivery.delivered', 'inbox.added'])
    late.isOn = true
    expect(await t.inviteMe.topics.events('user:sam')).toEqual(whole)
    expect(late.isOn).toBe(false)
  })
})

describe('the events themselves', () => {
  test('are read in pages from any cursor', async () => {
    const t = await start()
    for (const number of [1, 2, 3, 4, 5]) await t.inviteMe.topics.publish('group:1', { number })
    const { events } = t.inviteMe
    const first = await events.list({ limit: 3 })
    expect(first).toHaveLength(3)
    const rest = await events.list({ after: first.at(-1)?.cursor ?? 0 })
    expect(rest.map(({ data }) => data['number'])).toEqual([4, 5])
    expect(await events.last()).toBe(rest.at(-1)?.cursor)
  })
})

/** The same store, which once does not know a person yet. */
function knowingLate(opener: StoreOpener, late: { isOn: boolean }): StoreOpener {
  return {
    open: async () => {
      const store = await opener.open()
      const byExternalIds: Store['recipients']['byExternalIds'] = async (ids) => {
        const isEarly = late.isOn
        late.isOn = false
        return isEarly ? [] : store.recipients.byExternalIds(ids)
      }
      return { ...store, recipients: { ...store.recipients, byExternalIds } }
    },
  }
}
