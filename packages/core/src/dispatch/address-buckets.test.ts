import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Lane } from '../model/lane.ts'
import type { Rate } from '../rules/rate-bucket.ts'
import { scriptedChannel } from '../testing/scripted-channel.ts'
import { AddressBuckets, type Reservations } from './address-buckets.ts'

const everySecond: Rate = { count: 1, perMs: 1_000 }

function bucketsWith(rateOf: (address: string) => Rate | undefined = () => everySecond): AddressBuckets {
  const bucket = (address: string) => {
    const rate = rateOf(address)
    return rate === undefined ? undefined : { key: address, rate }
  }
  return new AddressBuckets(scriptedChannel({ name: 'telegram', limits: { bucket } }))
}

interface Send {
  readonly number: number
  readonly address: string
  readonly lane: Lane
  dueMs: number
  putOffs: number
  leftMs: number | undefined
}
const newSend = (number: number, address: string, dueMs: number, lane: Lane = 2): Send => ({
  number,
  address,
  lane,
  dueMs,
  putOffs: 0,
  leftMs: undefined,
})

/** Looks for work as the dispatcher does: ten at a time, urgent lanes and early moments first, until all have left. */
function runAll(
  sends: readonly Send[],
  buckets: AddressBuckets,
  { fromMs = 0, untilMs = Infinity }: { readonly fromMs?: number; readonly untilMs?: number } = {},
): void {
  for (let nowMs = fromMs, looks = 0; looks < 100_000; looks += 1) {
    const waiting = sends.filter(({ leftMs }) => leftMs === undefined)
    const nextMs = Math.max(nowMs, Math.min(...waiting.map(({ dueMs }) => dueMs)))
    if (waiting.length === 0 || nextMs >= untilMs) return
    nowMs = nextMs
    const order = (one: Send, other: Send) =>
      one.lane - other.lane || one.dueMs - other.dueMs || one.number - other.number
    const reserved: Reservations = new Map()
    const taken = waiting.filter(({ dueMs }) => dueMs <= nowMs).toSorted(order)
    for (const send of taken.slice(0, 10)) {
      const { address, lane, putOffs } = send
      const waitMs = buckets.reserve({ address, lane, hasWaited: putOffs > 0 }, reserved, nowMs)
      if (waitMs === 0) send.leftMs = nowMs
      else Object.assign(send, { dueMs: nowMs + waitMs, putOffs: putOffs + 1 })
    }
    buckets.keep(reserved, nowMs)
    for (const { address, leftMs } of taken) if (leftMs === nowMs) buckets.book(address, nowMs)
  }
}

const momentsOf = (sends: readonly Send[], address: string): readonly number[] =>
  sends
    .filter((send) => send.address === address)
    .map(({ leftMs = Number.NaN }) => leftMs)
    .toSorted((one, other) => one - other)
const putOffsOf = (sends: readonly Send[]): number => sends.reduce((sum, { putOffs }) => sum + putOffs, 0)

const rates = fc.record({
  count: fc.integer({ min: 1, max: 30 }),
  perMs: fc.integer({ min: 50, max: 60_000 }),
})
const arrivals = fc.array(
  fc.record({
    afterMs: fc.nat({ max: 2_000 }),
    chat: fc.nat({ max: 2 }),
    lane: fc.constantFrom<Lane>(1, 2, 5),
  }),
  { minLength: 1, maxLength: 60 },
)

describe('the limits of chats and mail domains', () => {
  test('over any schedule: at most the burst and the flow in any stretch, none starves, each is put off seldom', () => {
    fc.assert(
      fc.property(rates, arrivals, (rate, schedule) => {
        let atMs = 0
        const sends = schedule.map(({ afterMs, chat, lane }, number) =>
          newSend(number, `chat ${String(chat)}`, (atMs += afterMs), lane),
        )
        runAll(
          sends,
          bucketsWith(() => rate),
        )
        for (const chat of ['chat 0', 'chat 1', 'chat 2']) {
          const moments = momentsOf(sends, chat)
          for (const [first, from] of moments.entries())
            for (const [last, to] of moments.entries())
              if (last >= first)
                expect(last - first + 1).toBeLessThanOrEqual(
                  rate.count + ((to - from) * rate.count) / rate.perMs + 1e-6,
                )
          const periodMs = rate.perMs / rate.count
          if (moments.length > 0)
            expect(moments.at(-1)).toBeLessThanOrEqual(atMs + moments.length * (periodMs + 1) + 1)
        }
        expect(putOffsOf(sends)).toBeLessThanOrEqual(4 * sends.length)
      }),
      { numRuns: 200 },
    )
  })

  test('a crowd for one domain is put off once each, whoever else comes', () => {
    const sends = Array.from({ length: 300 }, (_, number) => newSend(number, 'gmail.test', 0, 5))
    sends.push(newSend(300, 'elsewhere.test', 0, 5))
    runAll(sends, bucketsWith())
    expect(momentsOf(sends, 'gmail.test')).toEqual(Array.from({ length: 300 }, (_, second) => second * 1_000))
    expect(momentsOf(sends, 'elsewhere.test')).toEqual([0])
    expect(putOffsOf(sends)).toBe(299)
  })

  test('an urgent send does not wait behind a campaign', () => {
    const sends = Array.from({ length: 200 }, (_, number) => newSend(number, 'gmail.test', 0, 6))
    const code = newSend(200, 'gmail.test', 1_500, 1)
    runAll([...sends, code], bucketsWith())
    expect(code.leftMs).toBe(2_000)
    expect(momentsOf([...sends, code], 'gmail.test').at(-1)).toBeLessThanOrEqual(201_000)
    expect(putOffsOf(sends)).toBeLessThanOrEqual(2 * sends.length)
  })

  test('a restart forgets the promises, and puts off again only about as many as there are', () => {
    const sends = Array.from({ length: 200 }, (_, number) => newSend(number, 'gmail.test', 0))
    runAll(sends, bucketsWith(), { untilMs: 20_000 })
    const before = putOffsOf(sends)
    for (let number = 200; number < 400; number += 1) sends.push(newSend(number, 'gmail.test', 20_000))
    runAll(sends, bucketsWith(), { fromMs: 20_000 })
    expect(momentsOf(sends, 'gmail.test').at(-1)).toBeLessThanOrEqual(401_000)
    expect(putOffsOf(sends) - before).toBeLessThanOrEqual(3 * sends.length)
  })

  test('what a look reserved that was undone is not held against anybody', () => {
    const buckets = bucketsWith()
    const ask = (reserved: Reservations) =>
      buckets.reserve({ address: 'ann', lane: 2, hasWaited: false }, reserved, 0)
    const undone: Reservations = new Map()
    expect([ask(undone), ask(undone), ask(undone)]).toEqual([0, 1_000, 2_000])
    const kept: Reservations = new Map()
    expect([ask(kept), ask(kept)]).toEqual([0, 1_000])
    buckets.keep(kept, 0)
    buckets.book('ann', 0)
    expect(ask(new Map())).toBe(2_000)
  })

  test('a clock that is set back by a day makes nobody wait for a day, and gives nothing away', () => {
    const buckets = bucketsWith()
    const day = 86_400_000
    const ask = (nowMs: number) => {
      const reserved: Reservations = new Map()
      const waitMs = buckets.reserve({ address: 'ann', lane: 2, hasWaited: false }, reserved, nowMs)
      buckets.keep(reserved, nowMs)
      return waitMs
    }
    expect(ask(day)).toBe(0)
    buckets.book('ann', day)
    expect(ask(day)).toBe(1_000)
    expect(ask(0)).toBe(2_000)
    expect(ask(1_000)).toBe(0)
    buckets.book('ann', 1_000)
    expect(ask(1_001)).toBeGreaterThan(900)
  })

  test('memory holds only the chats of about a period', () => {
    const buckets = bucketsWith()
    let most = 0
    for (let number = 0; number < 100_000; number += 1) {
      buckets.book(`chat ${String(number)}`, number)
      most = Math.max(most, buckets.size)
    }
    expect(most).toBeLessThanOrEqual(10_001)
  })

  test('no limit, or one that would let nothing through, holds nobody up', () => {
    for (const rate of [
      undefined,
      { count: 0, perMs: 1_000 },
      { count: Number.NaN, perMs: 1 },
      { count: 1, perMs: 0 },
    ]) {
      const buckets = bucketsWith(() => rate)
      const reserved: Reservations = new Map()
      for (let number = 0; number < 5; number += 1) {
        expect(buckets.reserve({ address: 'ann', lane: 2, hasWaited: false }, reserved, 0)).toBe(0)
        buckets.book('ann', 0)
      }
      expect(buckets.size).toBe(0)
    }
  })
})
