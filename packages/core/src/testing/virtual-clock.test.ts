import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'
import { virtualClock, virtualStartMs } from './virtual-clock.ts'

const minute = 60_000

test('stands still until it is moved', async () => {
  const clock = virtualClock(5)
  await clock.settle()
  expect(clock.now()).toBe(5)
  await clock.advance(7)
  expect(clock.now()).toBe(12)
  expect(virtualClock().now()).toBe(virtualStartMs)
})

test('runs timers at their moments, in order, and those of one moment as they were made', async () => {
  const clock = virtualClock(0)
  const ran: [string, number][] = []
  const note = (name: string) => () => void ran.push([name, clock.now()])
  clock.schedule(2 * minute, note('late'))
  clock.schedule(minute, note('one'))
  clock.schedule(minute, note('two'))
  clock.schedule(3 * minute, note('never'))
  await clock.advance('2m')
  expect(ran).toEqual([
    ['one', minute],
    ['two', minute],
    ['late', 2 * minute],
  ])
})

test('a timer that is called off does not run, also by another of the same moment', async () => {
  const clock = virtualClock(0)
  const ran: string[] = []
  let callOff = (): void => undefined
  clock.schedule(10, () => {
    ran.push('first')
    callOff()
  })
  callOff = clock.schedule(10, () => ran.push('second'))
  await clock.advance(100)
  callOff()
  expect(ran).toEqual(['first'])
})

test('what a timer sets off comes to rest before the next one runs', async () => {
  const clock = virtualClock(0)
  const ran: string[] = []
  clock.schedule(10, () => {
    void (async () => {
      for (let step = 0; step < 50; step += 1) await Promise.resolve()
      await new Promise((resolve) => setImmediate(resolve))
      ran.push(`rest at ${String(clock.now())}`)
      clock.schedule(5, () => ran.push(`inner at ${String(clock.now())}`))
    })()
  })
  clock.schedule(20, () => ran.push(`next at ${String(clock.now())}`))
  await clock.advance(30)
  expect(ran).toEqual(['rest at 10', 'inner at 15', 'next at 20'])
})

test('a tracked promise is waited for in real time', async () => {
  const clock = virtualClock(0)
  const ran: string[] = []
  clock.schedule(10, () => {
    void clock
      .track(new Promise<void>((resolve) => setTimeout(resolve, 30)))
      .then(() => ran.push(`answered at ${String(clock.now())}`))
  })
  clock.schedule(11, () => ran.push('next'))
  await clock.advance(20)
  expect(ran).toEqual(['answered at 10', 'next'])
})

test('a tracked promise that hangs stops time for a moment only', async () => {
  const clock = virtualClock(0)
  void clock.track(new Promise(() => undefined))
  await clock.advance(10)
  expect(clock.now()).toBe(10)
})

test('a jump moves the clock, not the timers', async () => {
  const clock = virtualClock(0)
  const ran: number[] = []
  clock.schedule(minute, () => ran.push(clock.now()))
  clock.jump(3_600_000)
  await clock.settle()
  expect(ran).toEqual([])
  expect(clock.now()).toBe(3_600_000)
  await clock.advance(minute - 1)
  expect(ran).toEqual([])
  await clock.advance(1)
  expect(ran).toEqual([3_660_000])
  clock.jump(-7_200_000)
  expect(clock.now()).toBe(-3_540_000)
})

test('two who let time pass at once wait for each other', async () => {
  const clock = virtualClock(0)
  await Promise.all([clock.advance(10), clock.advance(20)])
  expect(clock.now()).toBe(30)
})

test('routine looks are left out up to the moment that is named', async () => {
  const clock = virtualClock(0)
  let looks = 0
  const look = (): void => {
    looks += 1
    clock.schedule(1_000, look)
  }
  clock.schedule(1_000, look)
  const found: number[] = []
  const day = 86_400_000
  clock.schedule(day, () => found.push(clock.now()))
  const takeAway = clock.pacedBy(async () => Infinity)
  await clock.advance('30d')
  expect(found).toEqual([day])
  expect(looks).toBeGreaterThan(3)
  expect(looks).toBeLessThan(20)
  takeAway()
  const before = looks
  await clock.advance('10s')
  expect(looks - before).toBe(10)
})

test('lengths of time are checked', async () => {
  const clock = virtualClock(0)
  await expect(clock.advance('soon' as '1s')).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  await clock.advance(0)
  expect(clock.now()).toBe(0)
})

test('seeded randomness repeats itself, and differs by seed', () => {
  const draw = (seed?: number): unknown => {
    const random = seededRandom(seed)
    return [random.fraction(), [...random.bytes(20)], random.fraction()]
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw()).toEqual(draw(1))
  expect(draw(7)).not.toEqual(draw(8))
  const random = seededRandom(3)
  const fractions = Array.from({ length: 2_000 }, () => random.fraction())
  expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true)
  expect(fractions.reduce((sum, fraction) => sum + fraction, 0) / 2_000).toBeCloseTo(0.5, 1)
  expect(new Set(Array.from({ length: 1_000 }, () => random.bytes(10).join())).size).toBe(1_000)
})
