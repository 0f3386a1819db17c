import fc from 'fast-check'
import { expect, it } from 'vitest'
import { writeMoment, writeSpan } from './write-moment.ts'

const evening = new Date('2026-11-26T18:00:00Z')

it.each([
  ['en', 'Nov 26, 2026, 6:00 PM UTC'],
  ['en-GB', '26 Nov 2026, 18:00 UTC'],
  ['ru', '26 нояб. 2026 г., 18:00 UTC'],
  ['de_AT', '26. Nov. 2026, 18:00 UTC'],
  ['ja', 'Nov 26, 2026, 6:00 PM UTC'],
])('in %s a moment is written %j', (locale, written) => {
  expect(writeMoment(evening, locale)).toBe(written)
})

it('a span tells the day of the week, and the second day only when it is another', () => {
  const plusHours = (hours: number) => new Date(evening.getTime() + hours * 3_600_000)
  expect(writeSpan(evening, plusHours(2), 'en-GB')).toBe('Thu, 26 Nov 2026, 18:00-20:00 UTC')
  expect(writeSpan(evening, plusHours(8), 'en-GB')).toBe(
    'Thu, 26 Nov 2026, 18:00 - Fri, 27 Nov 2026, 02:00 UTC',
  )
})

it('takes any locale', () => {
  fc.assert(
    fc.property(fc.string(), (locale) => {
      expect(writeMoment(evening, locale)).toMatch(/2026.* UTC$/)
    }),
    { numRuns: 300, seed: 20261122 },
  )
})

it('tells the moment by the clocks of the reader’s zone, and says which they are', () => {
  expect(writeMoment(evening, 'en-GB', 'Europe/Berlin')).toBe('26 Nov 2026, 19:00 GMT+1')
  expect(writeMoment(new Date('2026-07-26T18:00:00Z'), 'en-GB', 'Europe/Berlin')).toBe(
    '26 Jul 2026, 20:00 GMT+2',
  )
  expect(writeMoment(evening, 'en-GB', 'Asia/Kolkata')).toBe('26 Nov 2026, 23:30 GMT+5:30')
  expect(writeMoment(evening, 'en-GB', 'Middle/Earth')).toBe('26 Nov 2026, 18:00 UTC')
  expect(writeSpan(evening, new Date('2026-11-26T20:00:00Z'), 'en-GB', 'America/New_York')).toBe(
    'Thu, 26 Nov 2026, 13:00-15:00 GMT-5',
  )
})
