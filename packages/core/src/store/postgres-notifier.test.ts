import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  type PostgresWorkspace,
} from '../../../../tests/peers/postgres-server.ts'
import { startSwallowingWire } from '../../../../tests/peers/swallowing-wire.ts'
import type { Notice } from '../ports/notifier.ts'
import type { Store } from '../ports/store.ts'
import { PostgresSession } from './postgres-session.ts'
import { postgres } from './postgres.ts'

const missing = explainNoPostgres()

describe.skipIf(missing !== undefined)(`Processes on one Postgres wake each other ${missing ?? ''}`, () => {
  let place: PostgresWorkspace
  let one: Store
  let other: Store
  beforeEach(async () => {
    place = await emptyWorkspace()
    one = await postgres({ ...place, connections: 2 }).open()
    other = await postgres({ ...place, connections: 2 }).open()
  })
  afterEach(async () => {
    await Promise.all([one.close(), other.close()])
    await place.remove()
  })

  /** Listens, and begins counting once the first words, which come of listening itself, are there. */
  const listen = async (store: Store): Promise<Notice[]> => {
    const heard: Notice[] = []
    await store.notifier?.listen((notice) => heard.push(notice))
    await vi.waitFor(() => expect(heard).toEqual(['due', 'events']), 10_000)
    heard.length = 0
    return heard
  }

  test('by words the others hear, and they themselves do not', async () => {
    const [here, there] = [await listen(one), await listen(other)]
    one.notifier?.notify('due')
    await vi.waitFor(() => expect(there).toEqual(['due']), 5_000)
    other.notifier?.notify('events')
    await vi.waitFor(() => expect(here).toEqual(['events']), 5_000)
    expect(there).toEqual(['due'])
  })

  test('by few words, however often something is said', async () => {
    const there = await listen(other)
    for (let number = 0; number < 10_000; number += 1) one.notifier?.notify('due')
    one.notifier?.notify('events')
    await vi.waitFor(() => {
      expect(there.filter((notice) => notice === 'due')).toHaveLength(2)
      expect(there).toContain('events')
    }, 5_000)
  })

  test('but not those of another workspace', async () => {
    const elsewhere = await emptyWorkspace()
    const stranger = await postgres({ ...elsewhere, connections: 2 }).open()
    const [there, ours] = [await listen(stranger), await listen(other)]
    one.notifier?.notify('due')
    await vi.waitFor(() => expect(ours).toEqual(['due']), 5_000)
    expect(there).toEqual([])
    await stranger.close()
    await elsewhere.remove()
  })

  test('again after the listening connection was ended, and are told that words may have been missed', async () => {
    const there = await listen(other)
    const session = await PostgresSession.open({
      ...place,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
    })
    await session.query({
      text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN "invite_me ${place.schema}"'`,
    })
    await session.close()
    await vi.waitFor(() => expect(there).toEqual(['due', 'events']), 10_000)
    one.notifier?.notify('due')
    await vi.waitFor(() => expect(there).toEqual(['due', 'events', 'due']), 5_000)
  })

  test('again after the connection went dead without a word, within 15 seconds', async () => {
    const wire = await startSwallowingWire(Number(new URL(place.url).port || 5432))
    const url = place.url.replace(/:\d+\//, `:${String(wire.port)}/`)
    const far = await postgres({ ...place, url, connections: 2 }).open()
    const heard = await listen(far)
    wire.swallow()
    wire.carry()
    await vi.waitFor(() => expect(heard).toEqual(['due', 'events']), 15_000)
    one.notifier?.notify('events')
    await vi.waitFor(() => expect(heard).toEqual(['due', 'events', 'events']), 5_000)
    await far.close()
    await wire.close()
  }, 40_000)

  test('no more once they stopped listening, or were closed', async () => {
    const heard: Notice[] = []
    const stop = await one.notifier?.listen((notice) => heard.push(notice))
    await vi.waitFor(() => expect(heard).toHaveLength(2), 5_000)
    await stop?.()
    const there = await listen(other)
    const talker = await postgres({ ...place, connections: 2 }).open()
    talker.notifier?.notify('due')
    await vi.waitFor(() => expect(there).toEqual(['due']), 5_000)
    expect(heard).toHaveLength(2)
    await talker.close()
    talker.notifier?.notify('due')
    await talker.notifier?.close()
  })
})
