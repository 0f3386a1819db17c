import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isWithinHours, localTime, momentOf, readSpan, readWhen } from './moments.ts'

const tokyo = { startMs: Date.parse('2026-11-26T22:00+09:00'), zone: 'Asia/Tokyo' }

describe('a moment of a scenario', () => {
  test.each([
    ['30m', '2026-11-26T13:30:00Z'],
    ['23:05', '2026-11-26T14:05:00Z'],
    ['22:00', '2026-11-26T13:00:00Z'],
    ['21:59', '2026-11-27T12:59:00Z'],
    ['2026-11-27T08:00', '2026-11-26T23:00:00Z'],
    ['2026-11-27', '2026-11-26T15:00:00Z'],
    ['2026-11-27T08:00+01:00', '2026-11-27T07:00:00Z'],
  ])('%s is %s', (text, expected) => {
    expect(readWhen(text, tokyo)).toBe(Date.parse(expected))
  })

  test.each(['', 'soon', '25:00', '5', '2026-13-01T08:00', '30 m'])('%j is none', (text) => {
    expect(readWhen(text, tokyo)).toBeUndefined()
  })

  test('of a zone is read back as it was written, except in the hour that is left out', () => {
    const zones = ['Asia/Tokyo', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'UTC']
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        (date, zone) => {
          const local = localTime(date.getTime(), zone)
          expect(localTime(momentOf(local.replace(' ', 'T'), zone), zone)).toBe(local)
        },
      ),
    )
    expect(localTime(momentOf('2026-03-29T02:30', 'Europe/Berlin'), 'Europe/Berlin')).toMatch(
      /^2026-03-29 0[13]:30/,
    )
  })
})

describe('hours that come back every day', () => {
  const night = { from: '23:00', to: '01:00' }
  test.each([
    ['22:59', false],
    ['23:00', true],
    ['00:30', true],
    ['01:00', false],
  ])('%s is in the night: %s', (time, expected) => {
    expect(isWithinHours(momentOf(`2026-11-26T${time}`, 'Asia/Tokyo'), night, 'Asia/Tokyo')).toBe(expected)
  })
})

test('a length of time has a unit', () => {
  expect(readSpan('90s')).toBe(90_000)
  expect(readSpan('90')).toBeUndefined()
})
