import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../../../../tests/peers/postgres-server.ts'
import type { Store } from '../ports/store.ts'
import { sampleEvent, sampleReceipt } from '../testing/store-samples.ts'
import { postgres } from './postgres.ts'

const missing = explainNoPostgres()

/** Reads on from the last cursor until everything is there. */
async function follow(store: Store, count: number): Promise<readonly number[]> {
  const seen: number[] = []
  const deadline = performance.now() + 20_000
  for (let cursor = 0; seen.length < count && performance.now() < deadline;) {
    const events = await store.outbox.after(cursor, 7)
    for (const event of events) seen.push(Number(event.data['number']))
    cursor = events.at(-1)?.cursor ?? cursor
  }
  return seen
}

test.skipIf(missing !== undefined)(
  `a reader that follows the cursor misses nothing, while eight writers on three connections commit in any order ${missing ?? ''}`,
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(3), { maxLength: 12 }), { minLength: 8, maxLength: 8 }),
        async (writers) => {
          const place = await emptyWorkspace()
          const stores = await Promise.all(
            numbers(3).map(() => postgres({ ...place, connections: 4 }).open()),
          )
          const [reader] = stores
          try {
            let number = 0
            const plans = writers.map((sizes) =>
              sizes.map((size) => numbers(size + 1).map(() => (number += 1))),
            )
            const reading = reader === undefined ? [] : follow(reader, number)
            await Promise.all(
              plans.map(async (transactions, writer) => {
                for (const events of transactions)
                  await stores[writer % 3]?.transaction(async (parts) => {
                    for (const event of events)
                      await parts.outbox.append([sampleEvent(event, { data: { number: event } })])
                    await parts.receipts.append([sampleReceipt(events[0] ?? 0)])
                  })
              }),
            )
            const seen = await reading
            expect(seen.toSorted((one, other) => one - other)).toEqual(numbers(number).map((one) => one + 1))
            // What one transaction wrote comes in its order.
            for (const events of plans.flat())
              expect(seen.filter((one) => events.includes(one))).toEqual(events)
          } finally {
            await Promise.all(stores.map((store) => store.close()))
            await place.remove()
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
    )
  },
  60_000,
)

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number)
}
