import assert from 'node:assert/strict'
import type { ApiKey } from '../../model/api-key.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleId } from '../store-samples.ts'

function sampleKey(number: number, changes: Partial<ApiKey> = {}): ApiKey {
  return {
    id: sampleId('key', number),
    name: `Key ${String(number)}`,
    prefix: `imk_${String(number).padStart(10, '0')}`,
    scopes: ['send', 'read'],
    createdAt: after(number),
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
    ...changes,
  }
}

const hashOf = (number: number): string => String(number).padStart(64, 'f')
const insert = (store: Store, ...keys: readonly ApiKey[]): Promise<void> =>
  store.transaction(async (parts) => {
    for (const key of keys) await parts.keys.insert(key, hashOf(Number(key.id.slice(-6))))
  })
const find = (store: Store, number: number): Promise<ApiKey | undefined> => store.keys.byHash(hashOf(number))

/** Whether keys to the HTTP interface, and the workspace's own secrets, are kept. */
export const keyQuestions = {
  'a key comes back as it was made, by its hash alone': async ({ store }) => {
    const full = sampleKey(1, {
      name: 'Ánn’s "laptop"; -- 🎉',
      scopes: ['owner'],
      expiresAt: after(9),
      lastUsedAt: after(8),
      revokedAt: after(7),
    })
    await insert(store, full, sampleKey(2))
    assert.deepEqual(await find(store, 1), full)
    assert.deepEqual(await find(store, 2), sampleKey(2))
    for (const hash of ['', full.prefix, hashOf(3), hashOf(1).toUpperCase()])
      assert.equal(await store.keys.byHash(hash), undefined)
  },

  'two keys with one hash cannot be': async ({ store }) => {
    await insert(store, sampleKey(1))
    await assert.rejects(store.keys.insert(sampleKey(2), hashOf(1)))
    assert.equal((await store.keys.list({ limit: 10 })).length, 1)
  },

  'ten thousand keys are listed page by page, each once': async ({ store }) => {
    const keys = Array.from({ length: 10_000 }, (_, number) => sampleKey(number))
    await insert(store, ...keys)
    const seen: string[] = []
    for (;;) {
      const last = seen.at(-1)
      const page = await store.keys.list({ limit: 999, ...(last !== undefined && { after: last }) })
      if (page.length === 0) break
      seen.push(...page.map(({ id }) => id))
    }
    assert.deepEqual(
      seen,
      keys.map(({ id }) => id),
    )
  },

  'a key is revoked once, and seen so by every connection': async ({ store, open }) => {
    const other = await open()
    await insert(store, sampleKey(1))
    assert.equal(await store.keys.revoke(sampleId('key', 1), after(10)), true)
    assert.deepEqual((await find(other, 1))?.revokedAt, after(10))
    assert.equal(await other.keys.revoke(sampleId('key', 1), after(20)), true)
    assert.deepEqual((await find(store, 1))?.revokedAt, after(10))
    assert.equal(await store.keys.revoke(sampleId('key', 2), after(10)), false)
  },

  'the last use of a key never goes back': async ({ store }) => {
    await insert(store, sampleKey(1), sampleKey(2))
    for (const ms of [5_000, 9_000, 7_000]) await store.keys.touch(sampleId('key', 1), after(ms))
    await store.keys.touch(sampleId('key', 3), after(1))
    assert.deepEqual((await find(store, 1))?.lastUsedAt, after(9_000))
    assert.equal((await find(store, 2))?.lastUsedAt, null)
  },

  'a secret is what the first who asks makes, for every connection': async ({ store, open }) => {
    const others = [await open(), await open()]
    const asked = [store, ...others, store, ...others].flatMap(({ keys }, number) =>
      [number, number + 10].map((byte) => keys.secret('token', () => new Uint8Array(32).fill(byte))),
    )
    const secrets = await Promise.all(asked)
    assert.equal(new Set(secrets.map(String)).size, 1)
    const neverMade = (): Uint8Array => assert.fail('a secret was made twice')
    assert.deepEqual(await store.keys.secret('token', neverMade), secrets[0])
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    assert.deepEqual(await store.keys.secret('other', () => bytes), bytes)
    assert.deepEqual(await others[0]?.keys.secret('other', neverMade), bytes)
  },
} satisfies Questions<StoreBench>
