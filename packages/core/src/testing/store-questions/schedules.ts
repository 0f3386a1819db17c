import assert from 'node:assert/strict'
import type { Run, Schedule } from '../../model/schedule.ts'
import type { Store } from '../../ports/store.ts'
import type { Questions } from '../contract.ts'
import type { StoreBench } from '../store-bench.ts'
import { after, sampleId, samplePerson, sampleRun, sampleSchedule } from '../store-samples.ts'

const only = sampleId('schedule', 1)
const page = { limit: 1_000 }
const hour = 3_600_000

const put = (store: Store, number: number, changes: Partial<Schedule> = {}): Promise<boolean> =>
  store.schedules.insert(sampleSchedule(number, changes))
/** Takes what is due and puts it off, as a run does. */
const take = (store: Store, ms = 0, laterMs = hour): Promise<string | undefined> =>
  store.transaction(
    async ({ schedules }) => {
      const due = await schedules.claimDue(after(ms))
      if (due === undefined) return undefined
      const next = after(ms + laterMs)
      await schedules.move(due.id, { nextAt: next, dueAt: next, ranAt: after(ms) })
      return due.name
    },
    { alone: true },
  )
const run = (store: Store, number: number, changes: Partial<Run> = {}): Promise<boolean> =>
  store.schedules.addRun(sampleRun(number, changes))
const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id)

/** Whether each moment of a schedule is taken once, however many processes look. */
export const scheduleQuestions = {
  'a schedule comes back as it was put in': async ({ store }) => {
    const whens: readonly Schedule['when'][] = [
      { cron: '0 9 * * 1', zone: 'Europe/Berlin' },
      { everyMs: 900_000, from: after(5) },
      { at: after(7) },
      { rrule: 'FREQ=DAILY', start: after(9), zone: 'UTC' },
      { onAttribute: 'birthday', at: '10:00', zone: 'UTC' },
    ]
    const all = whens.map((when, index) =>
      sampleSchedule(index + 1, {
        when,
        description: 'weekly, "quoted" 🦊',
        starts: after(1),
        ends: after(2),
        lastRunAt: after(3),
        runCount: 4,
        jitterMs: 86_400_000,
        missed: 'all',
      }),
    )
    for (const schedule of all) assert.equal(await store.schedules.insert(schedule), true)
    assert.deepEqual(await store.schedules.list(page), all)
    assert.deepEqual(await store.schedules.list({ limit: 1, after: only }), all.slice(1, 2))
    assert.deepEqual(await store.schedules.byName('schedule-3'), all[2])
    assert.equal(await store.schedules.byName('nobody'), undefined)
  },

  'of two schedules of one name the first stays': async ({ store }) => {
    await put(store, 1)
    assert.equal(await put(store, 2, { name: 'schedule-1' }), false)
    assert.deepEqual(idsOf(await store.schedules.list(page)), [only])
  },

  'a schedule is changed whole': async ({ store }) => {
    await put(store, 1)
    const changed = sampleSchedule(1, { enabled: false, nextAt: null, dueAt: null, updatedAt: after(9) })
    await store.transaction(
      async ({ schedules }) => {
        assert.equal((await schedules.lock('schedule-1'))?.id, only)
        assert.equal(await schedules.lock('nobody'), undefined)
        await schedules.update(changed)
      },
      { alone: true },
    )
    assert.deepEqual(await store.schedules.byName('schedule-1'), changed)
  },

  'what is due longest is taken first, what is not due or disabled never': async ({ store }) => {
    assert.equal(await store.schedules.nextDueAt(), undefined)
    await put(store, 1, { dueAt: after(20) })
    await put(store, 2, { dueAt: after(10) })
    await put(store, 3, { dueAt: after(30_000) })
    await put(store, 4, { enabled: false, nextAt: null, dueAt: null })
    assert.deepEqual(await store.schedules.nextDueAt(), after(10))
    const taken = [await take(store, 1_000), await take(store, 1_000), await take(store, 1_000)]
    assert.deepEqual(taken, ['schedule-2', 'schedule-1', undefined])
    const moved = await store.schedules.byName('schedule-2')
    assert.deepEqual(
      [moved?.nextAt, moved?.dueAt, moved?.lastRunAt, moved?.runCount],
      [after(1_000 + hour), after(1_000 + hour), after(1_000), 1],
    )
    await store.transaction(({ schedules }) => schedules.move(only, { nextAt: null, dueAt: null }), {
      alone: true,
    })
    const ended = await store.schedules.byName('schedule-1')
    assert.deepEqual([ended?.nextAt, ended?.dueAt, ended?.runCount], [null, null, 1])
  },

  'two who look at once never take the same': async ({ store, open }) => {
    const other = await open()
    for (let number = 1; number <= 10; number += 1) await put(store, number)
    const takeAll = async (mine: Store): Promise<readonly string[]> => {
      const names: string[] = []
      // One that others have in hand is passed over, so a few more looks are taken.
      for (let look = 0; look < 30; look += 1) {
        const name = await take(mine, 1_000)
        if (name !== undefined) names.push(name)
      }
      return names
    }
    const names = (await Promise.all([takeAll(store), takeAll(other), takeAll(store)])).flat()
    assert.equal(names.length, 10)
    assert.equal(new Set(names).size, 10)
  },

  'what was taken by somebody who did not finish is due again': async ({ store }) => {
    await put(store, 1)
    await assert.rejects(
      store.transaction(
        async ({ schedules }) => {
          const due = await schedules.claimDue(after(0))
          assert.equal(due?.id, only)
          await schedules.addRun(sampleRun(1))
          await schedules.move(only, { nextAt: null, dueAt: null, ranAt: after(0) })
          throw new Error('killed')
        },
        { alone: true },
      ),
    )
    assert.deepEqual(await store.schedules.runs(only, page), [])
    assert.deepEqual(await store.schedules.byName('schedule-1'), sampleSchedule(1))
    assert.equal(await take(store), 'schedule-1')
  },

  'a moment has one run, and as many by hand as are asked for': async ({ store }) => {
    await put(store, 1)
    await put(store, 2)
    assert.equal(await store.schedules.hasRun(only, after(0)), false)
    assert.equal(await run(store, 1), true)
    assert.equal(await run(store, 2), false)
    assert.equal(await store.schedules.hasRun(only, after(0)), true)
    assert.equal(await run(store, 3, { scheduleId: sampleId('schedule', 2) }), true)
    assert.equal(await run(store, 4, { byHand: true }), true)
    assert.equal(await run(store, 5, { byHand: true }), true)
    assert.deepEqual(idsOf(await store.schedules.runs(only, page)), [
      sampleId('run', 5),
      sampleId('run', 4),
      sampleId('run', 1),
    ])
  },

  'runs come back as they were made, newest first, a page at a time': async ({ store }) => {
    await put(store, 1)
    const failed = { state: 'failed', messageId: null, messages: 0, error: 'it is over', missed: 3 } as const
    for (let number = 1; number <= 5; number += 1)
      await run(store, number, { at: after(number), ...(number === 2 && failed) })
    const first = await store.schedules.runs(only, { limit: 2 })
    assert.deepEqual(idsOf(first), [sampleId('run', 5), sampleId('run', 4)])
    const rest = await store.schedules.runs(only, { ...page, after: first.at(-1)?.id ?? '' })
    assert.deepEqual(rest[1], sampleRun(2, { at: after(2), ...failed }))
    assert.equal(rest.length, 3)
  },

  'old runs are deleted, longest ago first': async ({ store }) => {
    await put(store, 1)
    for (let number = 1; number <= 4; number += 1)
      await run(store, number, { at: after(number), firedAt: after(number) })
    assert.equal(await store.schedules.prune(after(3), 1), 1)
    assert.deepEqual(
      idsOf(await store.schedules.runs(only, page)),
      [4, 3, 2].map((number) => sampleId('run', number)),
    )
    assert.equal(await store.schedules.prune(after(3), 10), 1)
    assert.equal(await store.schedules.prune(after(3), 10), 0)
  },

  'a schedule is removed with its runs, and no other': async ({ store }) => {
    await put(store, 1)
    await put(store, 2)
    await run(store, 1)
    await run(store, 2, { scheduleId: sampleId('schedule', 2) })
    assert.equal(await store.schedules.remove(only), true)
    assert.equal(await store.schedules.remove(only), false)
    assert.deepEqual(await store.schedules.runs(only, page), [])
    assert.equal((await store.schedules.runs(sampleId('schedule', 2), page)).length, 1)
    assert.deepEqual(idsOf(await store.schedules.list(page)), [sampleId('schedule', 2)])
  },

  'people are found by the day an attribute names, zone by zone': async ({ store }) => {
    let made = 0
    const newId = (): string => sampleId('person', (made += 1))
    const people = [
      ['ann', 'Europe/Berlin', { birthday: '1990-05-17' }],
      ['bob', 'Europe/Berlin', { birthday: '--05-17', other: '"birthday":"1990-05-18"' }],
      ['cid', 'Europe/Berlin', { birthday: '1990-05-18' }],
      ['dee', 'Europe/Berlin', { namesday: '1990-05-17' }],
      ['eve', undefined, { birthday: '1990-05-17' }],
      ['fay', 'Asia/Kolkata', { birthday: 517 }],
    ] as const
    await store.transaction(({ recipients }) =>
      recipients.upsert(
        people.map(([externalId, zone, attributes]) =>
          samplePerson({ externalId, attributes, ...(zone !== undefined && { zone }) }),
        ),
        newId,
        after(0),
      ),
    )
    const zones = (await store.schedules.zones()).map(String).toSorted()
    assert.deepEqual(zones, ['Asia/Kolkata', 'Europe/Berlin', 'null'])
    const found = async (zone: string | null, days: readonly string[], from: object = page) =>
      (await store.schedules.peopleOn({ attribute: 'birthday', days, zone }, { ...page, ...from })).map(
        ({ externalId, value }) => [externalId, value],
      )
    assert.deepEqual(await found('Europe/Berlin', ['05-17']), [
      ['ann', '1990-05-17'],
      ['bob', '--05-17'],
    ])
    assert.deepEqual(await found('Europe/Berlin', ['05-17', '05-18'], { after: sampleId('person', 2) }), [
      ['cid', '1990-05-18'],
    ])
    assert.equal((await found('Europe/Berlin', ['05-17'], { limit: 1 })).length, 1)
    assert.deepEqual(await found(null, ['05-17']), [['eve', '1990-05-17']])
    assert.deepEqual(await found('Asia/Kolkata', ['05-17']), [])
  },
} satisfies Questions<StoreBench>
