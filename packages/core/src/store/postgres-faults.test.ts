import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  privatePostgres,
  type PrivatePostgres,
} from '../../../../tests/peers/postgres-server.ts'
import { startSwallowingWire } from '../../../../tests/peers/swallowing-wire.ts'
import type { Store } from '../ports/store.ts'
import { sampleAccepted, sampleReceipt } from '../testing/store-samples.ts'
import { PostgresSession, type Answer } from './postgres-session.ts'
import { postgres, type PostgresOptions } from './postgres.ts'

const missing = explainNoPostgres()
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number)

const accept = (store: Store, number: number): Promise<void> =>
  store.transaction(async (parts) => {
    await parts.messages.insert([sampleAccepted(number)])
    await parts.receipts.append([sampleReceipt(number)])
  })

/** Says something to the server past the store. */
async function say(url: string, text: string): Promise<Answer<unknown>> {
  const session = await PostgresSession.open({
    url,
    schema: 'public',
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 10_000,
  })
  try {
    return await session.query({ text })
  } finally {
    await session.close()
  }
}

async function withStore(
  work: (store: Store, place: { readonly url: string; readonly schema: string }) => Promise<void>,
  options: Partial<PostgresOptions> = {},
): Promise<void> {
  const place = await emptyWorkspace()
  const store = await postgres({ url: place.url, schema: place.schema, connections: 4, ...options }).open()
  try {
    await work(store, place)
  } finally {
    await store.close()
    await place.remove()
  }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'worked',
    (error: unknown) => error,
  )

describe.skipIf(missing !== undefined)(`Postgres that fails ${missing ?? ''}`, () => {
  let server: PrivatePostgres
  beforeAll(async () => {
    server = await privatePostgres({ password: 's3cret', settings: { max_connections: '14' } })
  }, 30_000)
  afterAll(() => server.close(), 30_000)

  test('killed under load: what was acknowledged is there, whole, and work goes on by itself', async () => {
    const store = await postgres({ url: server.url, schema: 'killed', connections: 6 }).open()
    const kept = new Set<number>()
    let next = 0
    let isOver = false
    const refusals = new Set<unknown>()
    const writers = numbers(50).map(async () => {
      while (!isOver) {
        const number = (next += 1)
        try {
          await accept(store, number)
          kept.add(number)
        } catch (error) {
          refusals.add((error as { readonly code?: unknown }).code)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
    })
    try {
      for (const kills of [1, 2]) {
        await vi.waitFor(() => expect(kept.size).toBeGreaterThan(500 * kills), { timeout: 20_000 })
        await server.kill()
        await server.start()
        const before = kept.size
        const upMs = performance.now()
        await vi.waitFor(() => expect(kept.size).toBeGreaterThan(before), { timeout: 5_000, interval: 10 })
        expect(performance.now() - upMs).toBeLessThan(5_000)
      }
    } finally {
      isOver = true
      await Promise.all(writers)
    }
    expect([...refusals].every((code) => code === 'STORE_UNAVAILABLE' || code === 'STORE_BUSY')).toBe(true)
    const written = new Set<number>()
    for (let after: string | undefined; ;) {
      const page = await store.deliveries.list({}, { limit: 1_000, ...(after !== undefined && { after }) })
      for (const { id } of page) written.add(Number(id.slice(-6)))
      after = page.at(-1)?.id
      if (after === undefined) break
    }
    expect([...kept].filter((number) => !written.has(number))).toEqual([])
    const receipts = new Set<number>()
    for (let after: string | undefined; ;) {
      const page = await store.receipts.list({}, { limit: 1_000, ...(after !== undefined && { after }) })
      for (const { id } of page) receipts.add(Number(id.slice(-6)))
      after = page.at(-1)?.id
      if (after === undefined) break
    }
    expect(receipts).toEqual(written)
    await store.close()
  }, 90_000)

  test('not there: told without the password, and opened when it is back', async () => {
    const opener = postgres({ url: server.url, schema: 'back_again' })
    await server.stop()
    const refusal = await failure(opener.open())
    await server.start()
    expect(refusal).toMatchObject({ code: 'STORE_UNAVAILABLE', field: 'store' })
    expect(String(refusal)).not.toContain('s3cret')
    const store = await opener.open()
    await accept(store, 1)
    // Politely ended, its connections are broken without our having asked anything.
    await server.stop()
    expect(await failure(store.messages.list({ limit: 1 }))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(await failure(accept(store, 2))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await server.start()
    expect(await store.messages.list({ limit: 5 })).toHaveLength(1)
    await accept(store, 3)
    await store.close()
  }, 40_000)

  test('that refuses the password, or has no such database, says which', async () => {
    const wrong = await failure(postgres(server.url.replace('s3cret', 'wrong-one')).open())
    expect(wrong).toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('password') })
    expect(String(wrong)).not.toContain('wrong-one')
    const elsewhere = await failure(postgres(server.url.replace(/postgres$/, 'nowhere')).open())
    expect(elsewhere).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('nowhere'),
    })
    expect(elsewhere).toMatchObject({ message: expect.stringContaining('no database of this name') })
  })

  test('with no connection left: who has some goes on, who has none is told', async () => {
    const first = await postgres({ url: server.url, schema: 'crowded', connections: 40 }).open()
    const outcomes = await Promise.all(
      numbers(60).map((number) => failure(first.messages.byId(String(number)))),
    )
    expect(outcomes.every((outcome) => outcome === 'worked')).toBe(true)
    expect(await failure(postgres({ url: server.url, schema: 'crowded' }).open())).toMatchObject({
      code: 'STORE_BUSY',
    })
    await accept(first, 1)
    await first.close()
  }, 30_000)
})

describe.skipIf(missing !== undefined)(`A Postgres store in trouble ${missing ?? ''}`, () => {
  test('goes on when its idle connections were ended by the server', async () => {
    const { remove, schema, url } = await emptyWorkspace()
    const store = await postgres({ url: `${url}?application_name=${schema}`, schema, connections: 4 }).open()
    await Promise.all(numbers(4).map((number) => store.messages.byId(String(number))))
    await accept(store, 1)
    const { count } = await say(
      url,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${schema}'`,
    )
    expect(count).toBeGreaterThanOrEqual(4)
    expect(await store.messages.list({ limit: 5 })).toHaveLength(1)
    await accept(store, 2)
    await store.close()
    await remove()
  })

  test('refuses what a newer version wrote', () =>
    withStore(async (_store, { url, schema }) => {
      await say(url, `INSERT INTO "${schema}".kysely_migration VALUES ('9999-future', 'later')`)
      expect(await failure(postgres({ url, schema }).open())).toMatchObject({ code: 'STORE_NEWER' })
    }))

  test('can be read when the database can only be read, and says so when it is to be written', () =>
    withStore(async (store, { url, schema }) => {
      await accept(store, 1)
      const readOnly = await postgres({
        url: `${url}?options=-c%20default_transaction_read_only%3Don`,
        schema,
      }).open()
      expect(await readOnly.messages.list({ limit: 5 })).toHaveLength(1)
      const refusal = await failure(accept(readOnly, 2))
      expect(refusal).toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining('primary'),
      })
      await readOnly.close()
    }))

  test('says so when its tables are gone', () =>
    withStore(async (store, { url, schema }) => {
      await say(url, `DROP SCHEMA "${schema}" CASCADE`)
      expect(await failure(accept(store, 1))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(await failure(store.messages.list({ limit: 1 }))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    }))

  test('is made once by many that open an empty database at the same time', async () => {
    const { remove, schema, url } = await emptyWorkspace()
    const stores = await Promise.all(numbers(6).map(() => postgres({ url, schema, connections: 2 }).open()))
    await Promise.all(stores.map((store, number) => accept(store, number)))
    expect(await stores[0]?.deliveries.counts({})).toEqual({ queued: 6 })
    await Promise.all(stores.map((store) => store.close()))
    await remove()
  }, 30_000)

  test('gives up a connection that went dead without a word, and goes on by another', async () => {
    const { remove, schema, url } = await emptyWorkspace()
    const wire = await startSwallowingWire(Number(new URL(url).port || 5432))
    const through = url.replace(/:\d+\//, `:${String(wire.port)}/`)
    const store = await postgres({ url: through, schema, connections: 3, statementTimeoutMs: 1_000 }).open()
    try {
      await accept(store, 1)
      wire.swallow()
      const begun = performance.now()
      const lost = Promise.all([failure(accept(store, 2)), failure(store.messages.byId('unknown'))])
      expect(await lost).toMatchObject([{ code: 'STORE_UNAVAILABLE' }, { code: 'STORE_UNAVAILABLE' }])
      expect(performance.now() - begun).toBeLessThan(15_000)
      wire.carry()
      await accept(store, 3)
      expect((await store.messages.list({ limit: 5 })).length).toBeGreaterThanOrEqual(2)
    } finally {
      await store.close()
      await wire.close()
      await remove()
    }
  }, 40_000)

  test('ends the work under way when it is closed, and takes none afterwards', () =>
    withStore(async (store) => {
      const working = Promise.all(numbers(30).map((number) => accept(store, number)))
      await new Promise((resolve) => setImmediate(resolve))
      await Promise.all([store.close(), store.close()])
      await Promise.allSettled([working])
      expect(await failure(accept(store, 100))).toMatchObject({ code: 'STOPPED' })
      expect(await failure(store.messages.list({ limit: 1 }))).toMatchObject({ code: 'STOPPED' })
    }))
})

describe('Options of a Postgres store', () => {
  test.each([
    [{ url: 'mysql://user:s3cret@host/db' }, 'store.url'],
    [{ url: 'not an address with s3cret' }, 'store.url'],
    [{ url: 'postgres://host/db', schema: 'x"; DROP TABLE y;--' }, 'store.schema'],
    [{ url: 'postgres://host/db', schema: 'a'.repeat(64) }, 'store.schema'],
    [{ url: 'postgres://host/db', schema: 'pg_catalog' }, 'store.schema'],
    [{ url: 'postgres://host/db', connections: 1 }, 'store.connections'],
    [{ url: 'postgres://host/db', statementTimeoutMs: 0.5 }, 'store.statementTimeoutMs'],
  ])('%o are refused, naming the field and no password', (options, field) => {
    const reading = () => postgres(options)
    expect(reading).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', field }))
    expect(reading).not.toThrow(/s3cret/)
  })
})
