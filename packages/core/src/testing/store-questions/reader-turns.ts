import assert from 'node:assert/strict'
import type { ReaderTurn, Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleEvent } from '../store-samples.ts'

const happen = (store: Store, count: number): Promise<void> =>
  store.transaction((parts) =>
    parts.outbox.append(Array.from({ length: count }, (_, number) => sampleEvent(number))),
  )
/** Asks for a turn of ten seconds, `ms` after the beginning. */
const turn = (
  store: Store,
  holder: string,
  ms: number,
  more: Partial<ReaderTurn> = {},
): Promise<number | undefined> =>
  store.outbox.takeTurn({ reader: 'events', holder, now: after(ms), until: after(ms + 10_000), ...more })

/** Whether a reader of whom there is one at a time goes on where the one before came to. */
export const readerTurnQuestions = {
  'a reader begins behind the newest event and goes on where it came to': async ({ store }) => {
    await happen(store, 3)
    const newest = await store.outbox.last()
    assert.equal(await store.outbox.readTo('events'), undefined)
    assert.equal(await turn(store, 'a', 0), newest)
    await happen(store, 2)
    assert.equal(await turn(store, 'a', 1), newest)
    const [next] = await store.outbox.after(newest, 1)
    assert.equal(await turn(store, 'a', 2, { readTo: next?.cursor ?? 0 }), next?.cursor)
    assert.equal(await store.outbox.readTo('events'), next?.cursor)
    // It was away for long; what happened meanwhile is still to be read.
    assert.equal(await turn(store, 'b', 900_000), next?.cursor)
  },

  'of two connections one at a time has a turn, until it runs out or is given back': async ({
    store,
    open,
  }) => {
    const other = await open()
    assert.equal(await turn(store, 'a', 0), 0)
    assert.equal(await turn(other, 'b', 1), undefined)
    assert.equal(await turn(store, 'a', 9_000), 0)
    assert.equal(await turn(other, 'b', 10_000), undefined)
    assert.equal(await turn(other, 'b', 19_000), 0)
    // Too late: what it read counts for nothing.
    await happen(store, 5)
    assert.equal(await turn(store, 'a', 19_001, { readTo: 4 }), undefined)
    assert.equal(await other.outbox.readTo('events'), 0)
    assert.equal(await turn(other, 'b', 19_002, { until: after(19_002) }), 0)
    assert.equal(await turn(store, 'a', 19_002), 0)
  },

  'a place in the outbox never goes back, and readers know nothing of each other': async ({ store }) => {
    await turn(store, 'a', 0)
    await happen(store, 5)
    const all = await store.outbox.after(0, 10)
    const [, second, , fourth] = all.map(({ cursor }) => cursor)
    assert.equal(await turn(store, 'a', 1, { readTo: fourth ?? 0 }), fourth)
    assert.equal(await turn(store, 'a', 2, { readTo: second ?? 0 }), fourth)
    assert.equal(await turn(store, 'b', 3, { reader: 'others' }), all.at(-1)?.cursor)
    assert.equal(await store.outbox.readTo('events'), fourth)
  },

  'of many connections that want a turn at once one gets it': async ({ store, open }) => {
    const processes = [store, await open(), await open()]
    for (let round = 0; round < 10; round += 1) {
      const reader = `events-${String(round)}`
      const turns = await Promise.all(
        Array.from({ length: 9 }, (_, holder) =>
          turn(processes[holder % 3] ?? store, String(holder), 0, { reader }),
        ),
      )
      assert.deepEqual(
        turns.filter((cursor) => cursor !== undefined),
        [0],
      )
    }
  },
} as const satisfies Questions<StoreBench>
