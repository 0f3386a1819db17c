import { expect, test } from 'vitest'
import { waitFor } from './wait-for.ts'

/** A clock whose time never comes by itself. */
function stillClock() {
  const due = new Set<() => void>()
  const clock = {
    now: () => 0,
    schedule: (_delayMs: number, run: () => void) => {
      due.add(run)
      return () => void due.delete(run)
    },
  }
  return { clock, due }
}

test('ends when its time has come, and leaves nothing behind', async () => {
  const { clock, due } = stillClock()
  const waiting = waitFor(10, clock, new AbortController().signal)
  for (const run of due) run()
  await waiting
  expect(due.size).toBe(0)
})

test('ends when it is called off, before its time and without an error', async () => {
  const { clock, due } = stillClock()
  const stopping = new AbortController()
  const waiting = waitFor(10, clock, stopping.signal)
  stopping.abort()
  await waiting
  expect(due.size).toBe(0)
})

test.each([
  ['that was called off before', 10, AbortSignal.abort()],
  ['of no time', 0, undefined],
])('a wait %s is over at once', async (_which, delayMs, signal) => {
  const { clock, due } = stillClock()
  await waitFor(delayMs, clock, signal)
  expect(due.size).toBe(0)
})
