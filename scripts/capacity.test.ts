import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bytes, duration, figure, millions } from './gen/capacity/figures.ts'
import { fleetFor, workspaceRate } from './gen/capacity/plan.ts'
import { readResults } from './gen/capacity/read-results.ts'
import { writeCapacity } from './gen/capacity/write-capacity.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-results-'))
  for (const [name, measured] of Object.entries(results)) save(name, measured)
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const comparison = (name: string, ours: number, reference = 1, unit = 'messages/s') => ({
  name,
  unit,
  ours,
  reference,
})
const cost = (store: string, kind: string, size: number, ms: number) => ({
  store,
  kind,
  bytes: { deliveries: size, messages: size },
  packedBytes: { deliveries: size },
  engineCpuMs: ms,
  databaseCpuMs: store === 'sqlite' ? null : ms,
  residentBytes: 100_000_000,
})
const life = (at50: number, at500: number) => [
  comparison('accept, claim, send, receipt, 50 at once: engine against raw statements', at50),
  comparison('accept, claim, send, receipt, 500 at once: engine against raw statements', at500),
]
const results = {
  engine: { comparisons: life(3_000, 6_000) },
  postgres: { comparisons: life(2_000, 4_000) },
  http: { comparisons: [comparison('HTTP accept, 50 connections: server against …', 5_000)] },
  dispatchers: {
    comparisons: [
      comparison('Postgres, a provider of 25 ms, 20 at once: two dispatchers against one', 1_200, 700),
    ],
  },
  urgent: {
    comparisons: [comparison('lane 1 …, p50', 30, 2_000, 'ms'), comparison('lane 1 …, p99', 80, 2_000, 'ms')],
  },
  'bytes-per-message': {
    messages: 20_000,
    costs: [
      cost('sqlite', 'sent', 500, 0.4),
      cost('sqlite', 'answered', 800, 1),
      cost('postgres', 'sent', 1_000, 0.2),
      cost('postgres', 'answered', 2_000, 0.8),
    ],
  },
}

function save(name: string, measured: object): void {
  const machine = { node: 'v24.0.0', platform: 'linux', cores: 2 }
  const text = JSON.stringify({ at: '2026-11-22T10:00:00.000Z', machine, ...measured })
  writeFileSync(join(folder, `${name}.json`), text)
}

describe('a fleet', () => {
  test('has cores for the processor time, of which half is planned with', () => {
    // 1,000 a second × 0.2 ms = 0.2 cores of each, with half planned 0.4: one; 20,000 a second: eight.
    expect(fleetFor(readResults(folder), 'sent', 3_600_000, 3_600)).toMatchObject({
      perSecond: 1_000,
      engineCores: 1,
      postgresCores: 1,
    })
    expect(fleetFor(readResults(folder), 'sent', 72_000_000, 3_600)).toMatchObject({
      engineCores: 8,
      postgresCores: 8,
      memoryBytes: 800_000_000,
      diskBytes: 72_000_000 * 2_000,
    })
  })

  test('has workspaces for half of the measured rate; a question counts for what it costs more', () => {
    const measured = readResults(folder)
    expect(fleetFor(measured, 'sent', 36_000_000, 3_600).workspaces).toBe(5)
    expect(workspaceRate(measured, 'answered')).toBeCloseTo(1_000)
    expect(fleetFor(measured, 'answered', 36_000_000, 3_600).workspaces).toBe(20)
  })
})

describe('the page', () => {
  test('is computed from the results, formulas beside them', () => {
    const page = writeCapacity(readResults(folder))
    expect(page).toContain('| accepted over HTTP, SQLite, 50 connections | 5,000 | 432 M |')
    expect(page).toContain('20 ÷ 25 ms = 800 a second')
    expect(page).toContain('| Telegram | 30 | 9.26 h | 3.86 days | 38.6 days | 134 × bot |')
    expect(page).toContain('| **together** | **1,000** | **1,600** | **2,000** | **4,000** |')
    expect(page).toContain('| 100 M messages | 100 GB | 160 GB | 200 GB | 400 GB |')
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
  })

  test('changes with a measurement', () => {
    const before = writeCapacity(readResults(folder))
    save('http', { comparisons: [comparison('HTTP accept, 50 connections: server against …', 7_000)] })
    const after = writeCapacity(readResults(folder))
    expect(after).not.toBe(before)
    expect(after).toContain('| accepted over HTTP, SQLite, 50 connections | 7,000 | 605 M |')
  })

  test('is not written from results that are missing, strange, or about something else', () => {
    rmSync(join(folder, 'urgent.json'))
    expect(() => readResults(folder)).toThrow('bench/results/urgent.json is missing')
    save('urgent', { comparisons: [{ name: 'p50' }] })
    expect(() => readResults(folder)).toThrow('bench/results/urgent.json')
    save('urgent', { comparisons: [comparison('something else', 1)] })
    expect(() => readResults(folder)).toThrow('bench/results/urgent.json has no comparison like /p50$/')
  })
})

test.each([
  [figure(4_866.08), '4,870'],
  [figure(0.274_39), '0.274'],
  [figure(1.825), '1.83'],
  [millions(206_000_000), '206 M'],
  [duration(45), '45 s'],
  [duration(1_000), '16.7 min'],
  [duration(33_333), '9.26 h'],
  [duration(1_000_000), '11.6 days'],
  [duration(100_000_000), '3.17 years'],
  [bytes(421_000_000), '421 MB'],
  [bytes(3_370_000_000), '3.37 GB'],
  [bytes(1_200_000_000_000), '1.2 TB'],
])('a figure is told in three digits and a unit one knows: %s', (told, expected) => {
  expect(told).toBe(expected)
})
