import assert from 'node:assert/strict'
import type { CalendarEntry } from '../../model/calendar.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleAccepted, sampleAttempt, sampleId } from '../store-samples.ts'

const friday: CalendarEntry = { start: '2026-11-27T19:00:00.000Z', end: '2026-11-27T22:00:00.000Z' }
const saturday: CalendarEntry = {
  start: '2026-11-28T19:00:00.000Z',
  end: '2026-11-28T22:00:00.000Z',
  summary: 'Dinner – “at last”',
  location: 'Kočkova 3',
  url: 'https://guests.test/dinner?a=1&b=2',
}

/** Whether a changed calendar entry is kept beside its message, which stays as it was accepted. */
export const calendarQuestions = {
  'a changed calendar entry is found by its message, the newest with its number': async ({ store }) => {
    const accepted = sampleAccepted(1, { message: { content: { text: 'Dinner?', calendar: friday } } })
    await store.transaction((parts) => parts.messages.insert([accepted]))
    const id = accepted.message.id
    for (const changed of [
      { entry: saturday, sequence: 1 },
      { entry: friday, sequence: 2 },
      { entry: saturday, sequence: 3 },
    ]) {
      await store.transaction((parts) => parts.messages.reschedule(id, changed, after(1_000)))
      assert.deepEqual(
        await store.messages.rescheduled([id]),
        new Map([[id, { ...changed, at: after(1_000) }]]),
      )
    }
    assert.deepEqual(await store.messages.byId(id), accepted.message)
  },

  'of many messages those that were changed are named': async ({ store }) => {
    const ids = Array.from({ length: 1_200 }, (_, number) => sampleId('message', number))
    const changed = { entry: friday, sequence: 1 }
    const [first = '', last = ''] = [ids[0], ids.at(-1)]
    await store.transaction(async (parts) => {
      await parts.messages.reschedule(first, changed, after(0))
      await parts.messages.reschedule(last, changed, after(0))
    })
    const found = { ...changed, at: after(0) }
    const expected = new Map([
      [first, found],
      [last, found],
    ])
    assert.deepEqual(await store.messages.rescheduled(ids), expected)
    assert.deepEqual(await store.messages.rescheduled([]), new Map())
    assert.deepEqual(await store.messages.rescheduled(['message-unknown']), new Map())
  },

  'a calendar entry whose transaction failed did not change': async ({ store }) => {
    const failing = store.transaction(async (parts) => {
      await parts.messages.reschedule('message-1', { entry: friday, sequence: 1 }, after(0))
      throw new Error('planned by the test')
    })
    await assert.rejects(failing, /planned by the test/)
    assert.equal((await store.messages.rescheduled(['message-1'])).size, 0)
  },

  'an attempt keeps the reply token it was sent with': async ({ store }) => {
    const accepted = sampleAccepted(1)
    const attempts = accepted.deliveries.map((delivery) =>
      sampleAttempt(delivery, { replyToken: 'secret', address: 'ann@guests.test' }),
    )
    await store.transaction(async (parts) => {
      await parts.messages.insert([accepted])
      await parts.deliveries.startAttempts(attempts)
    })
    assert.deepEqual(await store.deliveries.attempts(sampleId('delivery', 1)), attempts)
  },
} satisfies Questions<StoreBench>
