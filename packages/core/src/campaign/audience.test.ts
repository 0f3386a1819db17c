import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InviteMeError } from '../model/error.ts'
import type { Store } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { sqlite } from '../store/sqlite.ts'
import { after, newIds, samplePerson } from '../testing/store-samples.ts'
import { readAudience, type Audience, type AudienceBatch, type ReadAudienceOptions } from './audience.ts'

let store: Store
let world: World

beforeEach(async () => {
  store = await sqlite(':memory:').open()
  // What an audience needs of the world.
  world = { store, settings: { categories: new Map() } } as unknown as World
  await add(25)
})
afterEach(() => store.close())

const nameOf = (number: number): string => `user-${String(number).padStart(3, '0')}`
const ids = newIds('person')
async function add(count: number, from = 1): Promise<void> {
  const people = Array.from({ length: count }, (_, index) =>
    samplePerson({ externalId: nameOf(from + index), attributes: { isEven: (from + index) % 2 === 0 } }),
  )
  await store.transaction((parts) => parts.recipients.upsert(people, ids, after(0)))
}

async function read(
  audience: Audience,
  options: ReadAudienceOptions = {},
): Promise<readonly AudienceBatch[]> {
  const batches: AudienceBatch[] = []
  for await (const batch of readAudience(world, audience, options)) batches.push(batch)
  return batches
}
const namesOf = (batches: readonly AudienceBatch[]): readonly string[] =>
  batches.flatMap(({ people }) => people.map(({ externalId }) => externalId))
const namesFrom = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => nameOf(from + index))

describe('everybody', () => {
  test('comes in batches, each person once', async () => {
    const batches = await read('everybody', { limit: 10 })
    expect(batches.map(({ people }) => people.length)).toEqual([10, 10, 5])
    expect(namesOf(batches)).toEqual(namesFrom(1, 25))
  })

  test('is read on from the cursor of any batch, with those who came meanwhile', async () => {
    const [first, second] = await read('everybody', { limit: 10 })
    await add(3, 26)
    expect(namesOf(await read('everybody', { limit: 10, cursor: first?.cursor }))).toEqual(namesFrom(11, 28))
    expect(namesOf(await read('everybody', { cursor: second?.cursor }))).toEqual(namesFrom(21, 28))
  })

  test('of whom there are none has no batch', async () => {
    const [last] = await read('everybody', { limit: 1_000 })
    expect(await read('everybody', { cursor: last?.cursor })).toEqual([])
  })
})

describe('a segment', () => {
  const isEven = { attribute: 'isEven', is: true }

  test('is read by its name or by its filter, and read on', async () => {
    const at = after(0)
    await store.segments.save({ id: '1', name: 'even', filter: isEven, createdAt: at, updatedAt: at })
    const batches = await read({ segment: 'even' }, { limit: 5 })
    expect(namesOf(batches)).toEqual(namesFrom(1, 25).filter((_, index) => index % 2 === 1))
    expect(await read({ segment: isEven }, { limit: 5 })).toEqual(batches)
    expect(await read({ segment: 'even' }, { limit: 5, cursor: batches[0]?.cursor })).toEqual(
      batches.slice(1),
    )
  })

  test('that nobody saved, or that is wrong, is refused', async () => {
    await expect(read({ segment: 'nobody' })).rejects.toMatchObject({ code: 'SEGMENT_UNKNOWN' })
    await expect(read({ segment: { all: [{ has: 'E' }] } })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'filter.all.0.has',
    })
  })
})

describe('a list of ids', () => {
  test('names people in its own order, and tells whom nobody knows with the line', async () => {
    const [batch, ...rest] = await read({
      ids: [
        nameOf(7),
        'stranger',
        { line: 12, externalId: ` ${nameOf(3)} ` },
        { line: 13, problem: 'the line cannot be read' },
        'a\u0000b',
        '',
        nameOf(7),
      ],
    })
    expect(rest).toEqual([])
    expect(namesOf(batch === undefined ? [] : [batch])).toEqual([nameOf(7), nameOf(3)])
    expect(batch?.problems).toEqual([
      { line: 2, reason: 'unknown', message: 'nobody has this externalId' },
      { line: 5, reason: 'invalid', message: expect.stringContaining('control characters') as string },
      { line: 6, reason: 'invalid', message: expect.stringContaining('empty') as string },
      { line: 13, reason: 'invalid', message: 'the line cannot be read' },
    ])
  })

  test('is read on after any batch when it is given again, whatever was wrong in it', async () => {
    const list = namesFrom(1, 25).flatMap((name, index) => (index % 4 === 0 ? [name, 'stranger'] : [name]))
    const batches = await read({ ids: list }, { limit: 4 })
    expect(namesOf(batches)).toEqual(namesFrom(1, 25))
    for (const [index, { cursor }] of batches.entries())
      expect(await read({ ids: list }, { limit: 4, cursor })).toEqual(batches.slice(index + 1))
  })

  test('is a stream of any length, of which a batch at a time is in memory', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<string> {
      for (;;) yield nameOf((given += 1))
    }
    const reading = readAudience(world, { ids: endless() }, { limit: 10 })
    const first = await reading.next()
    expect(first.value?.people).toHaveLength(10)
    expect(given).toBe(10)
    await reading.return()
  })

  test('that breaks off says so, after what was read of it', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield nameOf(1)
      yield nameOf(2)
      throw new Error('the file went away')
    }
    const reading = readAudience(world, { ids: broken() }, { limit: 2 })
    expect((await reading.next()).value?.people).toHaveLength(2)
    await expect(reading.next()).rejects.toThrow('the file went away')
  })

  test.each(['person:1', 'entry:x', ''])('a cursor of something else is refused: %s', async (cursor) => {
    await expect(read({ ids: [] }, { cursor })).rejects.toThrow(InviteMeError)
  })
})
