import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { daysThatBegan, monthAndDay } from './anniversary.ts'

const quarterMs = 900_000
const ms = (text: string): number => Date.parse(text)
const began = async (at: string, zone: string, to: string) =>
  (await daysThatBegan(at, zone, { fromMs: ms(to) - quarterMs, toMs: ms(to) })).map(({ date }) => date)

describe('a day begins at a time of day of its zone', () => {
  test.each([
    ['10:00', 'UTC', '2026-05-17T10:00Z', ['2026-05-17']],
    ['10:00', 'UTC', '2026-05-17T10:15Z', []],
    ['10:00', 'Europe/Berlin', '2026-05-17T08:00Z', ['2026-05-17']],
    ['10:00', 'Asia/Kathmandu', '2026-05-17T04:15Z', ['2026-05-17']],
    ['10:00', 'Pacific/Kiritimati', '2026-05-16T20:00Z', ['2026-05-17']],
    ['10:00', 'Pacific/Pago_Pago', '2026-05-17T21:00Z', ['2026-05-17']],
    // 02:30 is skipped that day, and comes an hour later.
    ['02:30', 'Europe/Berlin', '2026-03-29T01:30Z', ['2026-03-29']],
    // It comes twice, and counts once.
    ['02:30', 'Europe/Berlin', '2026-10-25T00:30Z', ['2026-10-25']],
    ['02:30', 'Europe/Berlin', '2026-10-25T01:30Z', []],
  ])('%s in %s, at %s', async (at, zone, to, expected) => {
    expect(await began(at, zone, to)).toEqual(expected)
  })

  test(
    'every day has one quarter of an hour in which it begins, in every zone',
    { timeout: 60_000 },
    async () => {
      const zones = [
        'UTC',
        'Europe/Berlin',
        'Asia/Kolkata',
        'Australia/Lord_Howe',
        'America/St_Johns',
        'Asia/Kathmandu',
      ]
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...zones),
          fc.integer({ min: 0, max: 95 }),
          fc.integer({ min: 0, max: 364 }),
          async (zone, quarter, day) => {
            const at = `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
            const startMs = ms('2026-01-01T00:00Z') + day * 86_400_000
            const days: string[] = []
            for (let toMs = startMs; toMs < startMs + 3 * 86_400_000; toMs += quarterMs)
              days.push(
                ...(await daysThatBegan(at, zone, { fromMs: toMs - quarterMs, toMs })).map(
                  ({ date }) => date,
                ),
              )
            expect(new Set(days).size).toBe(days.length)
            expect(days.length).toBe(3)
          },
        ),
        { numRuns: 20 },
      )
    },
  )

  test('after a long absence the last month is made up for', async () => {
    const days = await daysThatBegan('10:00', 'UTC', {
      fromMs: ms('2025-01-01T00:00Z'),
      toMs: ms('2026-05-17T12:00Z'),
    })
    expect(days.at(-1)?.date).toBe('2026-05-17')
    expect(days).toHaveLength(31)
  })
})

test('those of 29 February have 28 February in other years', async () => {
  const of = async (date: string) =>
    (await daysThatBegan('10:00', 'UTC', { fromMs: ms(`${date}T09:50Z`), toMs: ms(`${date}T10:05Z`) }))[0]?.of
  expect(await of('2026-02-28')).toEqual(['02-28', '02-29'])
  expect(await of('2028-02-28')).toEqual(['02-28'])
  expect(await of('2028-02-29')).toEqual(['02-29'])
})

test.each([
  ['1990-05-17', '05-17'],
  ['1990-05-17T00:00:00Z', '05-17'],
  ['--05-17', '05-17'],
  [' 1990-05-17 ', '05-17'],
  ['17.05.1990', undefined],
  ['1990-05', undefined],
  ['1990-05-170', undefined],
  [19900517, undefined],
  [null, undefined],
])('%j is %s', (value, expected) => {
  expect(monthAndDay(value)).toBe(expected)
})
