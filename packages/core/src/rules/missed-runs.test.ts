import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lateAfterMs, mostCaughtUp, mostCounted } from '../model/schedule.ts'
import { decideDue, type Timing } from './missed-runs.ts'
import { momentsOf } from './next-run.ts'

const minute = 60_000
const hour = 60 * minute
const hourly = await momentsOf({ everyMs: hour, from: new Date(0) })
const timing = (missed: Timing['missed'], changes: Partial<Timing> = {}): Timing => ({
  starts: null,
  ends: null,
  jitterMs: 0,
  missed,
  ...changes,
})

describe('a moment that has just come', () => {
  test.each(['skip', 'once', 'all'] as const)(
    'is run for, whatever is said of missed ones (%s)',
    (missed) => {
      for (const late of [0, 1, lateAfterMs])
        expect(decideDue(hourly, timing(missed), 10 * hour, 10 * hour + late)).toEqual({
          fire: { atMs: 10 * hour, missed: 0 },
          skipped: undefined,
          nextMs: 11 * hour,
        })
    },
  )

  test('is not late within its jitter', () => {
    const decision = decideDue(hourly, timing('skip', { jitterMs: 30 * minute }), 10 * hour, 10.5 * hour)
    expect(decision.fire).toEqual({ atMs: 10 * hour, missed: 0 })
  })
})

describe('after five hours and a half in which nobody was there', () => {
  const nowMs = 15.5 * hour
  test('skip tells of six and runs with the next one', () => {
    expect(decideDue(hourly, timing('skip'), 10 * hour, nowMs)).toEqual({
      fire: undefined,
      skipped: { atMs: 10 * hour, count: 6 },
      nextMs: 16 * hour,
    })
  })
  test('once runs for the last and stands for the others', () => {
    expect(decideDue(hourly, timing('once'), 10 * hour, nowMs)).toEqual({
      fire: { atMs: 15 * hour, missed: 5 },
      skipped: undefined,
      nextMs: 16 * hour,
    })
  })
  test('all runs for the first and goes on with the second', () => {
    expect(decideDue(hourly, timing('all'), 10 * hour, nowMs)).toEqual({
      fire: { atMs: 10 * hour, missed: 0 },
      skipped: undefined,
      nextMs: 11 * hour,
    })
  })
  test('nothing comes after the end', () => {
    const ends = new Date(13 * hour)
    expect(decideDue(hourly, timing('once', { ends }), 10 * hour, nowMs)).toEqual({
      fire: { atMs: 13 * hour, missed: 3 },
      skipped: undefined,
      nextMs: undefined,
    })
    expect(decideDue(hourly, timing('skip', { ends }), 10 * hour, nowMs)).toEqual({
      fire: undefined,
      skipped: { atMs: 10 * hour, count: 4 },
      nextMs: undefined,
    })
  })
})

test('all catches up with the last hundred and tells of the others', () => {
  const decision = decideDue(hourly, timing('all'), hour, 500.5 * hour)
  expect(decision).toEqual({
    fire: undefined,
    skipped: { atMs: hour, count: 400 },
    nextMs: 401 * hour,
  })
  expect(500 - 401 + 1).toBe(mostCaughtUp)
})

test('ten years of minutes are not walked through', async () => {
  const minutely = await momentsOf({ everyMs: minute, from: new Date(0) })
  const nowMs = 10 * 366 * 24 * hour
  expect(decideDue(minutely, timing('once'), minute, nowMs)).toEqual({
    fire: { atMs: nowMs, missed: mostCounted },
    skipped: undefined,
    nextMs: nowMs + minute,
  })
})

test('no moment passes without a word, and none is told of twice', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('skip' as const, 'once' as const, 'all' as const),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 0, max: 300 * hour }),
      (missed, first, lateMs) => {
        const nowMs = first * hour + lateMs
        let dueMs = first * hour
        let told = 0
        while (dueMs <= nowMs) {
          const { fire, skipped, nextMs } = decideDue(hourly, timing(missed), dueMs, nowMs)
          told += (fire === undefined ? 0 : 1 + fire.missed) + (skipped?.count ?? 0)
          if (nextMs === undefined) throw new Error('an hour has a next one')
          expect(nextMs).toBeGreaterThan(dueMs)
          dueMs = nextMs
        }
        expect(told).toBe(Math.floor(nowMs / hour) - first + 1)
      },
    ),
  )
})
