import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  emptyWorkspace,
  explainNoPostgres,
  type PostgresWorkspace,
} from '../../../../tests/peers/postgres-server.ts'
import type { Store, StoreParts } from '../ports/store.ts'
import {
  sampleAccepted,
  sampleClaim,
  sampleEvent,
  sampleId,
  sampleReceipt,
} from '../testing/store-samples.ts'
import { PostgresSession } from './postgres-session.ts'
import { postgres } from './postgres.ts'

const planned = new Error('planned by the test')
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let place: PostgresWorkspace
let store: Store

beforeEach(async ({ skip }) => {
  skip(explainNoPostgres() !== undefined, explainNoPostgres())
  place = await emptyWorkspace()
  store = await postgres({ ...place, connections: 6 }).open()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store.close()
  await place.remove()
})

const accept = async (parts: StoreParts, number: number): Promise<void> => {
  await parts.messages.insert([sampleAccepted(number)])
  await parts.receipts.append([sampleReceipt(number)])
  await parts.outbox.append([sampleEvent(number)])
}

describe('Transactions that run together', () => {
  test('share their statements and one commit', async () => {
    const query = vi.spyOn(PostgresSession.prototype, 'query')
    await Promise.all(numbers(500).map((number) => store.transaction((parts) => accept(parts, number))))
    const texts = query.mock.calls.map(([statement]) => statement.name ?? statement.text)
    expect(texts.filter((text) => text === 'COMMIT')).toHaveLength(1)
    expect(texts.filter((text) => text === 'insert_messages')).toHaveLength(1)
    expect(texts.filter((text) => text === 'append_events')).toHaveLength(1)
    expect(await store.deliveries.counts({})).toEqual({ queued: 500 })
  })

  test('are run once, also when one of them fails before it wrote anything', async () => {
    let runs = 0
    const outcomes = await Promise.allSettled(
      numbers(20).map((number) =>
        store.transaction(async (parts) => {
          runs += 1
          await parts.messages.byId('unknown')
          if (number === 7) throw planned
          await accept(parts, number)
        }),
      ),
    )
    expect(runs).toBe(20)
    expect(outcomes.flatMap(({ status }, number) => (status === 'rejected' ? [number] : []))).toEqual([7])
  })

  test('are kept when one fails halfway, which is undone alone', async () => {
    const runs = new Map<number, number>()
    const outcomes = await Promise.allSettled(
      numbers(60).map((number) =>
        store.transaction(async (parts) => {
          runs.set(number, (runs.get(number) ?? 0) + 1)
          await accept(parts, number)
          if (number % 20 === 3) throw planned
        }),
      ),
    )
    const failed = outcomes.flatMap((outcome, number) =>
      outcome.status === 'rejected' ? [[number, outcome.reason]] : [],
    )
    expect(failed).toEqual([
      [3, planned],
      [23, planned],
      [43, planned],
    ])
    expect(await store.deliveries.counts({})).toEqual({ queued: 57 })
    expect(await store.outbox.after(0, 100)).toHaveLength(57)
    expect(Math.max(...runs.values())).toBeLessThanOrEqual(6)
  })

  test('see what each wrote itself, however their statements were merged', async () => {
    const seen = await Promise.all(
      numbers(50).map((number) =>
        store.transaction(async (parts) => {
          await accept(parts, number)
          const [message] = await parts.messages.byIds([sampleId('message', number)])
          const events = await parts.outbox.after(0, 1_000, { invitationId: sampleId('invitation', number) })
          return [message?.id, events.length]
        }),
      ),
    )
    expect(seen).toEqual(numbers(50).map((number) => [sampleId('message', number), 1]))
  })

  test('are not held up by one that waits for something else, which still ends well', async () => {
    const { promise: word, resolve: say } = Promise.withResolvers<void>()
    let runs = 0
    const slow = store.transaction(async (parts) => {
      runs += 1
      await accept(parts, 1_000)
      await word
    })
    const begun = performance.now()
    await Promise.all(numbers(10).map((number) => store.transaction((parts) => accept(parts, number))))
    expect(performance.now() - begun).toBeLessThan(5_000)
    await vi.waitFor(() => expect(runs).toBe(2), 5_000)
    say()
    await slow
    expect(await store.deliveries.counts({})).toEqual({ queued: 11 })
  })

  test('take nothing more once they have ended', async () => {
    let kept: StoreParts | undefined
    await store.transaction(async (parts) => {
      kept = parts
      await accept(parts, 1)
    })
    await expect(kept?.receipts.append([sampleReceipt(2)])).rejects.toThrow('the transaction is over')
    expect(await store.receipts.list({}, { limit: 10 })).toHaveLength(1)
  })

  test('leave nothing behind of a call nobody waited for when they fail', async () => {
    const failing = store.transaction(async (parts) => {
      await parts.messages.byId('unknown')
      parts.receipts.append([sampleReceipt(1)]).catch(() => undefined)
      throw planned
    })
    await expect(failing).rejects.toBe(planned)
    await store.transaction((parts) => accept(parts, 2))
    expect((await store.receipts.list({}, { limit: 10 })).map(({ id }) => id)).toEqual([sampleReceipt(2).id])
  })

  test('of which one has locked a delivery: another in the same commit does not claim it', async () => {
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(1), sampleAccepted(2)]))
    const locked = sampleId('delivery', 1)
    const [, claims] = await Promise.all([
      store.transaction(async (parts) => {
        expect(await parts.deliveries.lockFree([locked])).toHaveLength(1)
        await turn()
        await turn()
        await parts.deliveries.byIds([locked])
        const [delivery] = await parts.deliveries.byIds([locked])
        expect(delivery?.state).toBe('queued')
      }),
      store.transaction(async (parts) => {
        await parts.messages.byId('unknown')
        return parts.deliveries.claimDue(sampleClaim())
      }),
    ])
    expect(claims.map(({ id }) => id)).toEqual([sampleId('delivery', 2)])
  })

  test('that wait for a lock another process holds say so in the end, and work later', async () => {
    await store.transaction((parts) => parts.messages.insert([sampleAccepted(1)]))
    const other = await PostgresSession.open({
      ...place,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 60_000,
    })
    await other.query({ text: 'BEGIN' })
    await other.query({ text: 'SELECT FROM invitations FOR UPDATE' })
    const locking = store.transaction((parts) => parts.invitations.lock(sampleId('invitation', 1)))
    await expect(locking).rejects.toMatchObject({ code: 'STORE_BUSY' })
    await other.close()
    const [invitation] = [
      await store.transaction((parts) => parts.invitations.lock(sampleId('invitation', 1))),
    ]
    expect(invitation?.state).toBe('pending')
  }, 20_000)
})

describe('Claims', () => {
  test('find what fell due before what was claimed last, soon', async () => {
    const due = (number: number, ms: number) =>
      sampleAccepted(number, { delivery: { dueAt: new Date(sampleClaim().now.getTime() - ms) } })
    const claim = () => store.deliveries.claimDue(sampleClaim({ limit: 2 }))
    await store.transaction((parts) =>
      parts.messages.insert(numbers(9).map((number) => due(number, 1_000 - number))),
    )
    expect(await claim()).toHaveLength(2)
    // An hour late: claims have gone on to later ones.
    await store.transaction((parts) => parts.messages.insert([due(500, 3_600_000)]))
    const taken = [...(await claim()), ...(await claim()), ...(await claim()), ...(await claim())]
    expect(taken.map(({ id }) => id)).toContain(sampleId('delivery', 500))
    expect(taken).toHaveLength(8)
  })
})
