import assert from 'node:assert/strict'
import type { PageRequest } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import {
  after,
  sampleAccepted,
  sampleId,
  newIds,
  samplePerson,
  sampleReceipt,
  sampleSettlement,
} from '../store-samples.ts'

interface Listed {
  readonly id: string
}

/** Reads all pages of a list, doing something between two pages. */
async function readPages(
  list: (page: PageRequest) => Promise<readonly Listed[]>,
  between: (page: number) => Promise<void>,
): Promise<readonly string[]> {
  const ids: string[] = []
  for (let page = 0; ; page += 1) {
    const last = ids.at(-1)
    const rows = await list({ limit: 3, ...(last !== undefined && { after: last }) })
    ids.push(...rows.map(({ id }) => id))
    if (rows.length < 3) return ids
    await between(page)
  }
}

const numbersFrom = (start: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => start + index)

/** Whether lists can be read page by page while others write. */
export const listQuestions = {
  'pages neither skip nor repeat while rows are written': async ({ store }) => {
    const first = numbersFrom(1_000, 10)
    await store.transaction(async (parts) => {
      await parts.messages.insert(first.map((number) => sampleAccepted(number)))
      await parts.receipts.append(first.map((number) => sampleReceipt(number)))
    })
    const writeBetween = (list: number) => (page: number) =>
      store.transaction(async (parts) => {
        // One row that sorts before everything read so far, one after everything.
        const numbers = [100 * list + page, 5_000 + 100 * list + page]
        await parts.messages.insert(numbers.map((number) => sampleAccepted(number)))
        await parts.receipts.append(numbers.map((number) => sampleReceipt(number)))
      })
    const { deliveries, invitations, receipts } = store
    const lists: readonly (readonly [string, (page: PageRequest) => Promise<readonly Listed[]>])[] = [
      ['delivery', (page) => deliveries.list({}, page)],
      ['invitation', (page) => invitations.list({}, page)],
      ['receipt', (page) => receipts.list({}, page)],
    ]
    for (const [index, [kind, list]] of lists.entries()) {
      const ids = await readPages(list, writeBetween(index))
      assert.equal(new Set(ids).size, ids.length, `${kind} was repeated`)
      const expected = first.map((number) => sampleId(kind, number))
      assert.deepEqual(
        expected.filter((id) => !ids.includes(id)),
        [],
        `${kind} was skipped`,
      )
      assert.deepEqual(ids, ids.toSorted())
    }
  },

  'messages are listed newest first, page by page': async ({ store }) => {
    await store.transaction((parts) =>
      parts.messages.insert(numbersFrom(0, 8).map((number) => sampleAccepted(number))),
    )
    const ids = await readPages(
      (page) => store.messages.list(page),
      (page) => store.transaction((parts) => parts.messages.insert([sampleAccepted(50 + page)])),
    )
    assert.deepEqual(
      ids,
      numbersFrom(0, 8)
        .toReversed()
        .map((number) => sampleId('message', number)),
    )
  },

  'people are listed in the order they came': async ({ store }) => {
    const people = ['zoe', 'ann', 'bob', 'cat', 'dan']
    await store.transaction((parts) =>
      parts.recipients.upsert(
        people.map((externalId) =>
          samplePerson({ externalId, routes: { email: `${externalId}@guests.test` } }),
        ),
        newIds('recipient'),
        after(0),
      ),
    )
    const first = await store.recipients.list({ limit: 2 })
    const rest = await store.recipients.list({ limit: 10, after: first.at(-1)?.id ?? '' })
    assert.deepEqual(
      [...first, ...rest].map(({ externalId, routes }) => [externalId, routes[0]?.address]),
      people.map((externalId) => [externalId, `${externalId}@guests.test`]),
    )
  },

  'deliveries are found by message, invitation, recipient and state, and counted': async ({ store }) => {
    const accepted = [
      sampleAccepted(1, { delivery: { recipientId: 'recipient-1' } }),
      sampleAccepted(2, { delivery: { recipientId: 'recipient-1', state: 'failed', dueAt: null } }),
      sampleAccepted(3),
    ]
    await store.transaction((parts) => parts.messages.insert(accepted))
    const { deliveries } = store
    const found = async (filter: Parameters<typeof deliveries.list>[0]): Promise<readonly string[]> =>
      (await deliveries.list(filter, { limit: 10 })).map(({ id }) => id)
    const [one, two, three] = [1, 2, 3].map((number) => sampleId('delivery', number))
    assert.deepEqual(await found({ messageId: sampleId('message', 3) }), [three])
    assert.deepEqual(await found({ invitationId: sampleId('invitation', 2) }), [two])
    assert.deepEqual(await found({ recipientId: 'recipient-1' }), [one, two])
    assert.deepEqual(await found({ recipientId: 'recipient-1', state: 'queued' }), [one])
    assert.deepEqual(await deliveries.counts({}), { queued: 2, failed: 1 })
    assert.deepEqual(await deliveries.counts({ recipientId: 'recipient-1' }), { queued: 1, failed: 1 })
    assert.deepEqual(await deliveries.counts({ messageId: 'message-unknown' }), {})
  },

  'invitations are found by message and state': async ({ store }) => {
    const one = sampleAccepted(1)
    const other = sampleAccepted(2, {
      invitation: { messageId: one.message.id, state: 'unreachable', closedAt: after(0) },
    })
    await store.transaction((parts) => parts.messages.insert([one, other]))
    const idsOf = (rows: readonly Listed[]): readonly string[] => rows.map(({ id }) => id)
    const [first, second] = [sampleId('invitation', 1), sampleId('invitation', 2)]
    const byMessage = await store.invitations.byMessage(one.message.id, { limit: 10 })
    assert.deepEqual(idsOf(byMessage), [first, second])
    const page = await store.invitations.byMessage(one.message.id, { limit: 10, after: first })
    assert.deepEqual(idsOf(page), [second])
    const lost = await store.invitations.list(
      { messageId: one.message.id, state: 'unreachable' },
      { limit: 10 },
    )
    assert.deepEqual(idsOf(lost), [second])
    assert.deepEqual(lost[0]?.closedAt, after(0))
  },

  'thousands of ids can be asked for at once': async ({ store }) => {
    const count = 2_500
    await store.transaction((parts) =>
      parts.messages.insert(numbersFrom(0, count).map((number) => sampleAccepted(number))),
    )
    const ids = (kind: string): readonly string[] =>
      numbersFrom(0, count).map((number) => sampleId(kind, number))
    assert.equal((await store.deliveries.byIds(ids('delivery'))).length, count)
    assert.equal((await store.invitations.byIds(ids('invitation'))).length, count)
    assert.equal((await store.messages.byIds([...ids('message'), 'message-unknown'])).length, count)
    assert.deepEqual(await store.messages.byIds([]), [])
    assert.deepEqual(await store.recipients.byExternalIds(ids('nobody')), [])
  },

  'a row that was rewritten keeps its place': async ({ store }) => {
    const accepted = numbersFrom(0, 3).map((number) => sampleAccepted(number))
    await store.transaction((parts) => parts.messages.insert(accepted))
    const [first] = accepted[0]?.deliveries ?? []
    assert.ok(first)
    await store.deliveries.rewrite([sampleSettlement(first, { state: 'cancelled', dueAt: null })])
    const rows = await store.deliveries.list({}, { limit: 10 })
    assert.equal(rows[0]?.state, 'cancelled')
    assert.equal(rows[0]?.id, first.id)
  },
} satisfies Questions<StoreBench>
