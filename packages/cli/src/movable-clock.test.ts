import { describe, expect, it } from 'vitest'
import { createMovableClock } from './movable-clock.ts'

const hour = 3_600_000

describe('createMovableClock', () => {
  it('runs what falls due on the way, earliest first, and leaves the rest', () => {
    const clock = createMovableClock()
    const ran: string[] = []
    const callOff = [
      clock.schedule(3 * hour, () => ran.push('late')),
      clock.schedule(2 * hour, () => ran.push('second')),
      clock.schedule(hour, () => ran.push('first')),
    ]
    const before = clock.now()
    clock.advance(2 * hour)
    expect(ran).toEqual(['first', 'second'])
    expect(clock.now() - before).toBeGreaterThanOrEqual(2 * hour)
    clock.advance(hour)
    clock.advance(hour)
    expect(ran).toEqual(['first', 'second', 'late'])
    for (const cancel of callOff) cancel()
  })

  it('does not run what was called off, even by something that ran on the way', () => {
    const clock = createMovableClock()
    const ran: string[] = []
    const callOff = clock.schedule(2 * hour, () => ran.push('called off'))
    clock.schedule(hour, callOff)
    clock.advance(3 * hour)
    expect(ran).toEqual([])
  })

  it('runs in its own time as well, also for waits longer than a timer takes', async () => {
    const clock = createMovableClock()
    const longWait = clock.schedule(2 ** 32, () => expect.fail('fired early'))
    await new Promise<void>((resolve) => {
      clock.schedule(0, resolve)
    })
    longWait()
  })
})
