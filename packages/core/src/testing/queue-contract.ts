import assert from 'node:assert/strict'
import { lanes } from '../model/lane.ts'
import { workItemVersion, type WorkItem } from '../model/work-item.ts'
import type { DueHint, Queue } from '../ports/queue.ts'
import { registerQuestions, type Exceptions, type Questions, type TestRegistrar } from './contract.ts'

/** A queue for one question, with what the test needs to know time. */
export interface QueuePlace {
  readonly queue: Queue
  /** Unix ms by the clock the queue goes by. */
  now(): number
  /** Lets that much time pass for the queue: moves its virtual clock, or really waits. */
  pass(ms: number): Promise<void>
  /** A second process on the same queue; needed by `survivesProcess` and `carriesWork` only. */
  reopen?(): Promise<Queue>
  /** Removes whatever is left; the contract has closed the queue. */
  remove?(): Promise<void>
}

/** Looks this often, this far apart, for something to happen. */
const looks = 100
const lookMs = 50

const hint = (dueAt: number, more: Partial<DueHint> = {}): DueHint => ({
  lane: 2,
  channel: 'email',
  dueAt,
  ...more,
})

/** Work with everything an item can have, in the lane and channel of {@link hint}. */
const workItem = (number: number, more: Partial<WorkItem> = {}): WorkItem => ({
  version: workItemVersion,
  deliveryId: `delivery-${String(number)}`,
  messageId: `message-${String(number)}`,
  recipientId: 'recipient-1',
  route: { channel: 'email', routeId: 'route-1' },
  fallbacks: ['twilio-sms', 'telegram'],
  lane: 2,
  attempt: 3,
  dueAt: '2026-01-05T09:00:00.000Z',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  ...more,
})

const deliveryIds = (hints: readonly DueHint[]): readonly string[] =>
  hints.flatMap(({ items = [] }) => items.map(({ deliveryId }) => deliveryId))

/** Lets time pass until something is so. */
async function eventually(place: QueuePlace, what: string, isSo: () => boolean): Promise<void> {
  for (let look = 0; look < looks && !isSo(); look += 1) await place.pass(lookMs)
  assert.ok(isSo(), `within ${String((looks * lookMs) / 1_000)} s: ${what}`)
}

async function consumeAll(queue: Queue): Promise<DueHint[]> {
  const got: DueHint[] = []
  await queue.consume(async (hints) => {
    got.push(...hints)
  })
  return got
}

const queueQuestions = {
  'every hint that is due reaches a consumer at least once': async (place) => {
    const got = await consumeAll(place.queue)
    const hints = lanes.map((lane) => hint(place.now(), { lane, channel: `channel-${String(lane)}` }))
    await place.queue.publish(hints)
    await eventually(place, 'all hints come', () =>
      hints.every(({ lane }) => got.some((one) => one.lane === lane)),
    )
    for (const one of got) assert.equal(one.channel, `channel-${String(one.lane)}`)
  },

  'a hint for later comes at its time, not before': async (place) => {
    const got = await consumeAll(place.queue)
    const dueAt = place.now() + 1_000
    await place.queue.publish([hint(dueAt), hint(place.now(), { channel: 'now' })])
    await eventually(place, 'the hint that is due comes', () => got.some(({ channel }) => channel === 'now'))
    if (place.now() < dueAt - 200)
      assert.ok(!got.some(({ channel }) => channel === 'email'), 'it came too early')
    await eventually(place, 'the later hint comes', () => got.some(({ channel }) => channel === 'email'))
    assert.ok(place.now() >= dueAt)
  },

  'hints published before anybody consumes are not in the way': async (place) => {
    await place.queue.publish([hint(place.now(), { channel: 'early' })])
    const got = await consumeAll(place.queue)
    await place.queue.publish([hint(place.now(), { channel: 'late' })])
    await eventually(place, 'the later hint comes', () => got.some(({ channel }) => channel === 'late'))
  },

  'a consumer that fails is called for the next hint all the same': async (place) => {
    let calls = 0
    await place.queue.consume(async () => {
      calls += 1
      throw new Error('planned by the test')
    })
    await place.queue.publish([hint(place.now())])
    await eventually(place, 'the first call', () => calls >= 1)
    const before = calls
    await place.queue.publish([hint(place.now())])
    await eventually(place, 'a call after the failure', () => calls > before)
  },

  'a refused hint is delivered again': async (place) => {
    let calls = 0
    await place.queue.consume(async () => {
      calls += 1
      if (calls === 1) throw new Error('planned by the test')
    })
    await place.queue.publish([hint(place.now())])
    await eventually(place, 'a second delivery', () => calls >= 2)
  },

  'a hint survives the process that published it': async (place) => {
    await place.queue.publish([hint(place.now() + 500, { channel: 'survivor' })])
    await place.queue.close()
    const reopened = await place.reopen?.()
    assert.ok(reopened, 'a queue that promises this can be opened again')
    try {
      const got = await consumeAll(reopened)
      await eventually(place, 'the hint of the dead process', () =>
        got.some(({ channel }) => channel === 'survivor'),
      )
    } finally {
      await reopened.close()
    }
  },

  'no lane starves, however much the others publish': async (place) => {
    const got = await consumeAll(place.queue)
    const flood = Array.from({ length: 300 }, () => hint(place.now(), { lane: 1 }))
    await place.queue.publish([...flood, hint(place.now(), { lane: 6 })])
    await eventually(place, 'lane 6 is served', () => got.some(({ lane }) => lane === 6))
    await eventually(place, 'lane 1 is served', () => got.some(({ lane }) => lane === 1))
  },

  'a consumer that stopped is not called any more': async (place) => {
    let calls = 0
    const stop = await place.queue.consume(async () => {
      calls += 1
    })
    await place.queue.publish([hint(place.now())])
    await eventually(place, 'the first call', () => calls === 1)
    await stop()
    await stop()
    await place.queue.publish([hint(place.now())])
    await place.pass(500)
    assert.equal(calls, 1)
  },

  'closing waits for the calls under way and makes no more': async (place) => {
    let begun = 0
    let ended = 0
    await place.queue.consume(async () => {
      begun += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      ended += 1
    })
    await place.queue.publish([hint(place.now()), hint(place.now() + 60_000)])
    await eventually(place, 'a call', () => begun === 1)
    await place.queue.close()
    assert.equal(ended, begun)
    await place.pass(120_000 / (place.queue.promises.survivesProcess ? 1_000 : 1))
    assert.equal(begun, ended)
  },

  'a queue can be closed twice': async (place) => {
    await place.queue.close()
    await place.queue.close()
  },

  'work arrives as it was, however much of it there is': async (place) => {
    const got = await consumeAll(place.queue)
    const bare = workItem(0, { recipientId: null, fallbacks: [], attempt: 1, traceparent: null })
    const items = [bare, ...Array.from({ length: 1_999 }, (_, index) => workItem(index + 1))]
    await place.queue.publish([hint(place.now(), { items })])
    await eventually(place, 'all work comes', () => deliveryIds(got).length >= items.length)
    const byId = new Map(got.flatMap((one) => (one.items ?? []).map((item) => [item.deliveryId, item])))
    for (const item of items) assert.deepEqual(byId.get(item.deliveryId), item)
    for (const one of got) assert.deepEqual([one.lane, one.channel], [2, 'email'])
  },

  'work goes to one of several consumers, and to all of them together': async (place) => {
    const other = await place.reopen?.()
    assert.ok(other, 'a queue that promises this can be opened by a second process')
    try {
      const got = [await consumeAll(place.queue), await consumeAll(other)]
      const all = Array.from({ length: 200 }, (_, index) => workItem(index))
      for (const item of all) await place.queue.publish([hint(place.now(), { items: [item] })])
      await eventually(place, 'all work comes', () => deliveryIds(got.flat()).length >= all.length)
      await place.pass(200)
      assert.deepEqual(deliveryIds(got.flat()).toSorted(), all.map(({ deliveryId }) => deliveryId).toSorted())
    } finally {
      await other.close()
    }
  },

  'refused work comes again, with its neighbours or without': async (place) => {
    const taken: string[] = []
    let refusals = 0
    await place.queue.consume(async (hints) => {
      if (deliveryIds(hints).includes('delivery-1') && refusals < 2) {
        refusals += 1
        throw new Error('planned by the test')
      }
      taken.push(...deliveryIds(hints))
    })
    await place.queue.publish([1, 2, 3].map((id) => hint(place.now(), { items: [workItem(id)] })))
    await eventually(place, 'all work is taken', () => new Set(taken).size === 3)
    assert.equal(refusals, 2)
  },

  'publishing nothing is fine': async (place) => {
    const got = await consumeAll(place.queue)
    await place.queue.publish([])
    await place.pass(100)
    assert.deepEqual(got, [])
  },
} satisfies Questions<QueuePlace>

/** The name of something the queue contract asks. */
export type QueueQuestion = keyof typeof queueQuestions

/** How a queue is put to the contract. */
export interface QueueContractOptions extends TestRegistrar {
  /** Makes an empty queue; called for every question. */
  readonly create: () => Promise<QueuePlace>
  /** What the queue promises; must be what its `promises` say. */
  readonly promises: Queue['promises']
  readonly exceptions?: Exceptions<QueueQuestion>
}

/**
 * Asks a queue everything the engine relies on, a test each. What the queue does not promise is left out by name.
 *
 * @example queueContract({ test, promises: { redelivers: false, survivesProcess: false, carriesWork: false }, create: async () => ({ queue: storeQueue(clock), now: clock.now, pass: clock.advance }) })
 */
export function queueContract({
  create,
  promises,
  exceptions = {},
  ...registrar
}: QueueContractOptions): void {
  const unpromised: Exceptions<QueueQuestion> = {
    ...(!promises.redelivers && {
      'a refused hint is delivered again': 'this queue does not promise redelivery',
    }),
    ...(!promises.survivesProcess && {
      'a hint survives the process that published it': 'this queue lives and dies with its process',
    }),
    ...(!promises.carriesWork &&
      Object.fromEntries(
        [
          'work arrives as it was, however much of it there is',
          'work goes to one of several consumers, and to all of them together',
          'refused work comes again, with its neighbours or without',
        ].map((name) => [name, 'this queue wakes, and carries no work']),
      )),
  }
  registerQuestions<QueuePlace>(registrar, queueQuestions, { ...unpromised, ...exceptions }, async (ask) => {
    const place = await create()
    try {
      assert.deepEqual(place.queue.promises, promises)
      await ask(place)
    } finally {
      await place.queue.close()
      await place.remove?.()
    }
  })
}
