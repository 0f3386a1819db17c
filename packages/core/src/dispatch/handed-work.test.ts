import { expect, test } from 'vitest'
import type { Lane } from '../model/lane.ts'
import type { NextDue } from '../ports/store.ts'
import { HandedWork } from './handed-work.ts'

const beganMs = Date.UTC(2026, 10, 22, 9)
const told: string[] = []
const listening = () => {
  told.length = 0
  return new HandedWork(beganMs, ({ channel, lane }) => told.push(`${channel} ${String(lane)}`))
}
const due = (atMs: number, lane: Lane = 2): NextDue => ({ channel: 'email', lane, at: new Date(atMs) })
/** Moments in ms after the beginning. */
const at = (ms: number): number => beganMs + ms

test('old work that is found at the start is the business of whoever hands it out, for five seconds', () => {
  const handed = listening()
  expect(handed.isSilent(due(at(-3_600_000)), at(0))).toBe(false)
  expect(handed.isSilent(due(at(-3_600_000)), at(4_999))).toBe(false)
  expect(handed.isSilent(due(at(-3_600_000)), at(5_000))).toBe(true)
  expect(told).toEqual(['email 2'])
})

test('a lane in which nothing has waited long is quiet because there is nothing to do', () => {
  const handed = listening()
  expect(handed.isSilent(due(at(59_000)), at(60_000))).toBe(false)
  expect(handed.isSilent(due(at(59_000)), at(64_000))).toBe(true)
})

test('once left alone it looks for everything at once, and says so once, until something is handed over', () => {
  const handed = listening()
  expect(handed.isSilent(due(at(0)), at(10_000))).toBe(true)
  expect(handed.isSilent(due(at(11_000)), at(11_000))).toBe(true)
  expect(told).toHaveLength(1)
  handed.hear(due(at(0)), at(12_000))
  expect(handed.isSilent(due(at(0)), at(16_000))).toBe(false)
  expect(handed.isSilent(due(at(0)), at(17_000))).toBe(true)
  expect(told).toHaveLength(2)
})

test('one lane says nothing about another', () => {
  const handed = listening()
  handed.hear(due(at(0), 6), at(9_000))
  expect(handed.isSilent(due(at(0), 6), at(10_000))).toBe(false)
  expect(handed.isSilent(due(at(0), 1), at(10_000))).toBe(true)
})

test('a clock that was set back an hour does not make the silence last an hour', () => {
  const handed = listening()
  handed.hear(due(at(0)), at(3_600_000))
  expect(handed.isSilent(due(at(-10_000)), at(1_000))).toBe(true)
})
