import { beforeEach, describe, expect, test } from 'vitest'
import { AbandonedWatch } from './abandoned-watch.ts'

const lease = 15_000
let watch: AbandonedWatch

/** A look, as the loop does it; `true` when it was the turn of dead workers' work, of which there was none. */
function look(nowMs: number): boolean {
  watch.hear(nowMs)
  const isDue = watch.isDue(nowMs)
  if (isDue) watch.looked(nowMs, 0)
  watch.expectBy(nowMs + 1_000)
  return isDue
}

/** Seconds of a stretch of time, looked at once a second, in which it was the turn of dead workers' work. */
function turns(fromS: number, toS: number): readonly number[] {
  const seconds = Array.from({ length: toS - fromS }, (_, index) => fromS + index)
  return seconds.filter((second) => look(second * 1_000))
}

beforeEach(() => {
  watch = new AbandonedWatch(lease)
})

test('dead workers are looked for at once, and then every third of a lease', () => {
  expect(turns(0, 16)).toEqual([0, 5, 10, 15])
})

test('a worker found is looked for again at once', () => {
  watch.hear(0)
  expect([watch.isDue(0), watch.isDue(1)]).toEqual([true, true])
})

describe('the living have half a lease to give a sign', () => {
  test('after the store was away for longer than a third of one', () => {
    turns(0, 11)
    watch.fail()
    expect(turns(16, 30)).toEqual([24, 29])
  })

  test('counted from the first answer, however long that took', () => {
    turns(0, 11)
    for (let failure = 0; failure < 60; failure += 1) watch.fail()
    expect(turns(600, 612)).toEqual([608])
    expect(watch.graceEndsAt(612_000)).toBe(Infinity)
  })

  test('after this machine stood still for a lease', () => {
    turns(0, 11)
    expect(turns(60, 70)).toEqual([68])
  })
})

test('a machine that is late at every look still looks, after half a lease each time', () => {
  look(0)
  const looked = [16, 32, 48, 64, 80].filter((second) => {
    // The loop sleeps until the grace ends, and wakes far too late.
    watch.expectBy((second - 16) * 1_000 + 1)
    return look(second * 1_000)
  })
  expect(looked).toEqual([32, 64])
})

test('one question that failed in between puts nothing off', () => {
  turns(0, 5)
  watch.fail()
  expect(turns(6, 12)).toEqual([6, 11])
})

test('a long pause that was planned puts nothing off', () => {
  look(0)
  watch.expectBy(60_000)
  expect(look(60_000)).toBe(true)
})

test('a grace does not last longer because the clock was set back', () => {
  turns(0, 1)
  watch.fail()
  watch.hear(3_600_000)
  expect(watch.graceEndsAt(3_600_000)).toBe(3_607_500)
  expect(watch.graceEndsAt(10_000)).toBe(Infinity)
  expect(watch.isDue(10_000)).toBe(true)
})
