import { expect, test } from 'vitest'
import { readMoment } from './read-moment.ts'

const now = new Date('2026-11-22T12:00:00Z')

test.each([
  ['2d', 'Europe/Berlin', '2026-11-24T12:00:00.000Z'],
  ['90m', null, '2026-11-22T13:30:00.000Z'],
  ['2026-11-27T18:00', 'Europe/Berlin', '2026-11-27T17:00:00.000Z'],
  ['2026-11-27T18:00', 'Asia/Kathmandu', '2026-11-27T12:15:00.000Z'],
  ['2026-11-27T18:00+02:00', 'Asia/Kathmandu', '2026-11-27T16:00:00.000Z'],
  ['2026-11-27T18:00:00Z', 'Asia/Kathmandu', '2026-11-27T18:00:00.000Z'],
  ['2026-11-27', 'UTC', '2026-11-28T00:00:00.000Z'],
  // The clock skips 02:30 on this day; read as the later one.
  ['2027-03-28T02:30', 'Europe/Berlin', '2027-03-28T01:30:00.000Z'],
  // 02:30 comes twice on this day; read as the earlier one.
  ['2027-10-31T02:30', 'Europe/Berlin', '2027-10-31T00:30:00.000Z'],
])('%s in %s is %s', async (text, zone, expected) => {
  expect((await readMoment(text, now, zone))?.toISOString()).toBe(expected)
})

test('a local time without a zone is the machine’s own', async () => {
  expect(await readMoment('2026-11-27T18:00', now, null)).toEqual(new Date(2026, 10, 27, 18))
  expect(await readMoment('2026-11-27', now, null)).toEqual(new Date(2026, 10, 28))
})

test.each([
  '',
  'tomorrow',
  '2026-13-01T10:00',
  '2026-02-30T10:00',
  '2026-11-27T25:00',
  '27.11.2026',
  '-2d',
  '0m',
  '99999w',
  '2026-11-27T18:00 CET',
  'Infinityd',
])('"%s" is no moment', async (text) => {
  expect(await readMoment(text, now, 'UTC')).toBeUndefined()
})

test('an invalid date is no moment', async () => {
  expect(await readMoment(new Date(Number.NaN), now, null)).toBeUndefined()
})
