import { yesNo, type SegmentFilter } from '@invite-me/core'
import { beforeEach, describe, expect, test } from 'vitest'
import type { InviteMeTest } from '@invite-me/core/testing'
import { startEngine } from './start-engine.ts'

let t: InviteMeTest

const cities = ['Berlin', 'Paris', 'Berlin', 'Rome'] as const
beforeEach(async () => {
  t = await startEngine()
  for (const [index, city] of cities.entries())
    await t.inviteMe.recipients.upsert({
      externalId: `guest-${String(index + 1)}`,
      locale: index === 2 ? 'de-AT' : 'en',
      attributes: { city, visits: index * 10 },
      routes: { email: `guest-${String(index + 1)}@guests.test`, ...(index === 0 && { telegram: 'one' }) },
    })
})

const now = (): Date => new Date(t.clock.now())
const berlin: SegmentFilter = { attribute: 'city', is: 'Berlin' }
const whoIsIn = async (segment: string | SegmentFilter): Promise<readonly string[]> => {
  const people = await t.inviteMe.segments.preview(segment)
  expect(await t.inviteMe.segments.count(segment)).toBe(people.length)
  return people.map(({ externalId }) => externalId)
}

describe('a segment', () => {
  test('has those who are meant by it when it is looked at, not when it was saved', async () => {
    const { inviteMe } = t
    const saved = await inviteMe.segments.save('berlin', berlin)
    expect(saved).toMatchObject({ name: 'berlin', filter: berlin, createdAt: now() })
    expect(await inviteMe.segments.get('berlin')).toEqual(saved)
    expect(await whoIsIn('berlin')).toEqual(['guest-1', 'guest-3'])
    await inviteMe.recipients.upsert({ externalId: 'guest-2', attributes: { city: 'Berlin' } })
    await inviteMe.recipients.erase('guest-1')
    expect(await whoIsIn('berlin')).toEqual(['guest-2', 'guest-3'])
  })

  test('saved again has the other filter, and its first day', async () => {
    const { inviteMe, advance } = t
    const first = await inviteMe.segments.save('regulars', { attribute: 'visits', atLeast: 10 })
    await advance('1h')
    const again = await inviteMe.segments.save('regulars', { attribute: 'visits', atLeast: 20 })
    expect(again).toMatchObject({ id: first.id, createdAt: first.createdAt, updatedAt: now() })
    expect(await whoIsIn('regulars')).toEqual(['guest-3', 'guest-4'])
    expect(await inviteMe.segments.list()).toEqual([again])
  })

  test('is listed and removed by its name', async () => {
    const { inviteMe } = t
    for (const name of ['one', 'two', 'three']) await inviteMe.segments.save(name, berlin)
    const [first, second] = await inviteMe.segments.list({ limit: 2 })
    expect([first?.name, second?.name]).toEqual(['one', 'two'])
    const rest = await inviteMe.segments.list({ after: second?.id ?? '' })
    expect(rest.map(({ name }) => name)).toEqual(['three'])
    await inviteMe.segments.remove('two')
    expect(await inviteMe.segments.get('two')).toBeUndefined()
    for (const act of [
      () => inviteMe.segments.remove('two'),
      () => inviteMe.segments.count('two'),
      () => inviteMe.segments.preview('two'),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'SEGMENT_UNKNOWN', field: 'name' })
  })

  test('shows its people a page at a time, ten at first', async () => {
    const { inviteMe } = t
    for (let number = 5; number <= 15; number += 1)
      await inviteMe.recipients.upsert({ externalId: `guest-${String(number)}` })
    const everybody = { externalId: { startsWith: 'guest-' } }
    const first = await inviteMe.segments.preview(everybody)
    expect(first).toHaveLength(10)
    const rest = await inviteMe.segments.preview(everybody, { after: first.at(-1)?.id ?? '', limit: 10 })
    expect(rest.map(({ externalId }) => externalId)).toEqual(
      [11, 12, 13, 14, 15].map((n) => `guest-${String(n)}`),
    )
    expect(await inviteMe.segments.count(everybody)).toBe(15)
  })

  test.each<[unknown, string]>([
    [{ all: [berlin, { attribute: 'city' }] }, 'filter.all.1'],
    [{ any: [{ has: 'Carrier Pigeon' }] }, 'filter.any.0.has'],
    [{}, 'filter'],
  ])('with a wrong filter is refused, naming the place: %j', async (filter, field) => {
    const { segments } = t.inviteMe
    for (const act of [
      () => segments.save('wrong', filter as SegmentFilter),
      () => segments.count(filter as SegmentFilter),
      () => segments.preview(filter as SegmentFilter),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'REQUEST_INVALID', field })
    expect(await segments.get('wrong')).toBeUndefined()
  })

  test.each(['Berlin', 'a b', 'ü', '-a'])('cannot be called %j', async (name) => {
    await expect(t.inviteMe.segments.save(name, berlin)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'name',
    })
  })
})

describe('a filter', () => {
  test('finds who answered what, and who is still to answer', async () => {
    const { inviteMe } = t
    const guests = ['guest-1', 'guest-2', 'guest-3']
    const group = await inviteMe.ask(guests, 'Dinner on Friday?', { answer: yesNo() })
    const [first, second] = await inviteMe.invitations.list({ messageId: group.messageId })
    await inviteMe.respond(first?.id ?? '', { kind: 'value', value: true })
    await inviteMe.respond(second?.id ?? '', { kind: 'value', value: false })
    const answered = { message: group.messageId }
    expect(await whoIsIn({ answered })).toEqual(['guest-1', 'guest-2'])
    expect(await whoIsIn({ answered: { ...answered, value: true } })).toEqual(['guest-1'])
    expect(await whoIsIn({ answered: { ...answered, state: 'declined' } })).toEqual(['guest-2'])
    expect(await whoIsIn({ answered: { ...answered, state: 'pending' } })).toEqual(['guest-3'])
    expect(await whoIsIn({ all: [{ not: { answered } }, { attribute: 'visits', exists: true }] })).toEqual([
      'guest-3',
      'guest-4',
    ])
  })

  test('leaves out who said stop, and who switched a category off', async () => {
    const { inviteMe } = t
    await inviteMe.recipients.upsert({ externalId: 'guest-2', preferences: { off: [{ category: 'news' }] } })
    await inviteMe.recipients.optOut('email', 'guest-3@guests.test')
    const news = { category: 'news', isOn: true } as const
    expect(await whoIsIn(news)).toEqual(['guest-1', 'guest-4'])
    expect(await whoIsIn({ ...news, channel: 'telegram' })).toEqual(['guest-1'])
    expect(await whoIsIn({ category: 'news', isOn: false })).toEqual(['guest-2', 'guest-3'])
    await inviteMe.recipients.optIn('email', 'guest-3@guests.test')
    expect(await whoIsIn(news)).toEqual(['guest-1', 'guest-3', 'guest-4'])
  })

  test('joins what is asked of people', async () => {
    const visits = { attribute: 'visits', atLeast: 10 }
    expect(await whoIsIn({ all: [berlin, visits] })).toEqual(['guest-3'])
    expect(await whoIsIn({ any: [{ locale: 'de' }, { has: 'telegram' }] })).toEqual(['guest-1', 'guest-3'])
    expect(await whoIsIn({ not: { any: [berlin, { attribute: 'city', in: ['Rome', 'Oslo'] }] } })).toEqual([
      'guest-2',
    ])
  })
})
