import assert from 'node:assert/strict'
import type { Store, StoreParts } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import {
  after,
  newIds,
  sampleAccepted,
  sampleAttempt,
  sampleClaim,
  sampleEvent,
  sampleId,
  samplePerson,
  sampleReceipt,
  sampleResponse,
  sampleSent,
} from '../store-samples.ts'

const invitationId = sampleId('invitation', 1)
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number)
const insert = (store: Store, count: number): Promise<void> =>
  store.transaction((parts) =>
    parts.messages.insert(numbers(count).map((number) => sampleAccepted(number + 1))),
  )

/** Answers by counting up the revision, as everybody does who has locked the question. */
const answerOnce = (store: Store, number: number): Promise<void> =>
  store.transaction(async (parts) => {
    const invitation = await parts.invitations.lock(invitationId)
    const revision = (invitation?.revision ?? 0) + 1
    await parts.invitations.appendResponse(sampleResponse(number, { invitationId, revision, value: number }))
    await parts.invitations.update({
      id: invitationId,
      state: 'answered',
      revision,
      value: number,
      via: 'api',
      answeredAt: after(number),
      closedAt: after(number),
    })
  })

async function revisions(store: Store): Promise<readonly (number | null)[]> {
  const responses = await store.invitations.responses(invitationId)
  return responses.map(({ revision }) => revision).toSorted((one, other) => Number(one) - Number(other))
}

/** Whether transactions that run at the same time get in each other’s way only where they must, and then one waits. */
export const togetherQuestions = {
  'of many answers to one question at once each sees those before it': async ({ store }) => {
    await insert(store, 1)
    await Promise.all(numbers(50).map((number) => answerOnce(store, number)))
    assert.deepEqual(
      await revisions(store),
      numbers(50).map((number) => number + 1),
    )
    assert.equal((await store.invitations.byId(invitationId))?.revision, 50)
  },

  'of many answers by two connections each sees those before it': async ({ store, open }) => {
    await insert(store, 1)
    const other = await open()
    await Promise.all(numbers(20).map((number) => answerOnce(number % 2 === 0 ? store : other, number)))
    assert.deepEqual(
      await revisions(store),
      numbers(20).map((number) => number + 1),
    )
  },

  'two who lock two questions in different order both get their turn': async ({ store }) => {
    await insert(store, 2)
    const lockBoth = (...ids: readonly number[]): Promise<void> =>
      store.transaction(async (parts) => {
        for (const number of ids) {
          await parts.invitations.lock(sampleId('invitation', number))
          await new Promise((resolve) => setImmediate(resolve))
        }
        await parts.receipts.append([sampleReceipt(ids[0] ?? 0)])
      })
    await Promise.all([lockBoth(1, 2), lockBoth(2, 1)])
    assert.equal((await store.receipts.list({}, { limit: 10 })).length, 2)
  },

  'a delivery that several want for themselves at once goes to one, and nobody claims it': async ({
    store,
  }) => {
    await insert(store, 3)
    const ids = numbers(3).map((number) => sampleId('delivery', number + 1))
    const seen = await Promise.all(
      numbers(4).map(() =>
        store.transaction(async (parts) => {
          const free = await parts.deliveries.lockFree(ids)
          await new Promise((resolve) => setImmediate(resolve))
          const now = await parts.deliveries.byIds(free.map(({ id }) => id))
          assert.ok(
            now.every(({ state }) => state === 'queued'),
            'somebody claimed what was locked',
          )
          return free.length
        }),
      ),
    )
    assert.ok(seen.some((count) => count === 3))
    assert.ok(seen.every((count) => count === 3 || count === 0))
  },

  'what one has locked is not claimed until it has ended': async ({ store }) => {
    await insert(store, 2)
    const locked = sampleId('delivery', 1)
    const order: string[] = []
    const [, claims] = await Promise.all([
      store.transaction(async (parts) => {
        await parts.deliveries.lockFree([locked])
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        order.push('ended')
      }),
      store.transaction(async (parts) => {
        await new Promise((resolve) => setImmediate(resolve))
        const taken = await parts.deliveries.claimDue(sampleClaim())
        order.push('claimed')
        return taken
      }),
    ])
    const isTaken = claims.some(({ id }) => id === locked)
    assert.ok(!isTaken || order[0] === 'ended', 'a locked delivery was claimed')
  },

  'who is held by several is locked when all of them have ended, and held again after that': async ({
    store,
  }) => {
    await insert(store, 1)
    await store.transaction((parts) =>
      parts.recipients.upsert([samplePerson({ externalId: 'ann' })], newIds('ann'), after(0)),
    )
    const messageId = sampleId('message', 1)
    const subjects: readonly Record<'hold' | 'lock', (parts: StoreParts) => Promise<unknown>>[] = [
      {
        hold: (parts) => parts.recipients.hold(['bob', 'ann']),
        lock: (parts) => parts.recipients.lock('ann'),
      },
      { hold: (parts) => parts.messages.hold(messageId), lock: (parts) => parts.messages.lock(messageId) },
    ]
    for (const subject of subjects) {
      const underWay = { hold: 0, lock: 0 }
      const atOnce: string[] = []
      const run = (kind: 'hold' | 'lock'): Promise<void> =>
        store.transaction(async (parts) => {
          await subject[kind](parts)
          underWay[kind] += 1
          for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
          atOnce.push(`${String(underWay.hold)} ${String(underWay.lock)}`)
          underWay[kind] -= 1
        })
      await Promise.all([run('hold'), run('lock'), run('hold'), run('lock')])
      assert.equal(atOnce.length, 4)
      assert.ok(
        atOnce.every((counts) => counts === '0 1' || counts.endsWith(' 0')),
        `held and locked at once: ${atOnce.join(', ')}`,
      )
    }
    const [ann] = await store.recipients.byExternalIds(['ann'])
    assert.deepEqual(await store.transaction((parts) => parts.recipients.hold(['bob', 'ann'])), [ann])
    assert.deepEqual(await store.transaction((parts) => parts.recipients.lock('ann')), ann)
    assert.equal(await store.transaction((parts) => parts.recipients.lock('bob')), undefined)
  },

  'one person described by many at once is described as one of them said': async ({ store }) => {
    const newId = newIds('new')
    const addresses = numbers(20).map((number) => `ann-${String(number)}@guests.test`)
    await Promise.all(
      addresses.map((address) =>
        store.transaction((parts) =>
          parts.recipients.upsert(
            [samplePerson({ externalId: 'ann', name: address, routes: [{ channel: 'email', address }] })],
            newId,
            after(0),
          ),
        ),
      ),
    )
    const [ann] = await store.recipients.byExternalIds(['ann'])
    assert.equal(ann?.routes.length, 1)
    assert.equal(ann.routes[0]?.address, ann.name)
  },

  'of many who accept under one key at once, one does and the others find it': async ({ store }) => {
    const ids = await Promise.all(
      numbers(20).map((number) =>
        store.transaction(async (parts) => {
          const [known] = await parts.messages.byKeys(['same'])
          if (known !== undefined) return known.messageId
          const accepted = sampleAccepted(number, { message: { key: 'same' }, request: 'request' })
          await parts.messages.insert([accepted])
          return accepted.message.id
        }),
      ),
    )
    assert.equal(new Set(ids).size, 1)
    assert.deepEqual(
      (await store.messages.list({ limit: 10 })).map(({ id }) => id),
      [ids[0]],
    )
  },

  'a fact that comes many times at once is new to one': async ({ store }) => {
    const fresh = await Promise.all(
      numbers(10).map(() =>
        store.transaction((parts) => parts.inbound.remember('sms', ['fact-1', 'fact-2'], after(0))),
      ),
    )
    assert.deepEqual(fresh.flat().toSorted(), ['fact-1', 'fact-2'])
  },

  'of two settlements of one delivery at once the first that is ours counts': async ({ store }) => {
    await insert(store, 1)
    const [claimed] = await store.deliveries.claimDue(sampleClaim())
    assert.ok(claimed)
    await store.deliveries.startAttempts([sampleAttempt(claimed)])
    const stale = sampleSent(claimed, { leaseToken: claimed.leaseToken + 1, state: 'failed' })
    const settled = await store.deliveries.settle([stale, sampleSent(claimed), sampleSent(claimed)])
    assert.deepEqual(settled, [claimed.id])
    assert.equal((await store.deliveries.byIds([claimed.id]))[0]?.state, 'sent')
  },

  'one that fails because another wrote the same costs nobody else anything': async ({ store }) => {
    const outcomes = await Promise.allSettled(
      numbers(40).map((number) =>
        store.transaction(async (parts) => {
          await parts.messages.insert([sampleAccepted(number)])
          // Two want the same receipt, for good.
          await parts.receipts.append([sampleReceipt(number === 31 ? 7 : number)])
          await parts.outbox.append([sampleEvent(number)])
        }),
      ),
    )
    const failed = outcomes.filter(({ status }) => status === 'rejected')
    assert.equal(failed.length, 1)
    assert.equal((await store.deliveries.list({}, { limit: 100 })).length, 39)
    assert.equal((await store.outbox.after(0, 100)).length, 39)
  },

  'text of any kind comes back as it was': async ({ store }) => {
    const texts = [
      'O’Brien "quoted" \\ back',
      "'; DROP TABLE messages;--",
      '{NULL,"x"}',
      'NULL',
      ' ',
      '$1',
      '👩‍👩‍👧 עברית\r\n\t',
      '\\N',
      ',',
    ]
    const accepted = texts.map((text, number) =>
      sampleAccepted(number, {
        message: { content: { text }, key: text },
        request: text,
        invitation: { to: text, name: text },
        delivery: { to: text, name: text },
      }),
    )
    await store.transaction((parts) => parts.messages.insert(accepted))
    const ids = accepted.map(({ message }) => message.id)
    assert.deepEqual(
      await store.messages.byIds(ids),
      accepted.map(({ message }) => message),
    )
    assert.deepEqual(
      (await store.messages.byKeys(texts)).map(({ request }) => request),
      texts,
    )
    assert.deepEqual(
      await store.deliveries.byIds(accepted.flatMap(({ deliveries }) => deliveries.map(({ id }) => id))),
      accepted.flatMap(({ deliveries }) => deliveries),
    )
  },

  'a character no database keeps holds nothing up': async ({ store }) => {
    await insert(store, 1)
    await store.transaction((parts) => parts.receipts.append([sampleReceipt(1, { detail: 'odd \0 word' })]))
    const [receipt] = await store.receipts.list({}, { limit: 1 })
    assert.match(receipt?.detail ?? '', /^odd [\0\uFFFD] word$/)
  },
} satisfies Questions<StoreBench>
