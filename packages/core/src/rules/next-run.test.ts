import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { When } from '../model/schedule.ts'
import { momentsOf, refuseUnruly } from './next-run.ts'

const ms = (text: string): number => Date.parse(text)
/** The first moments after one, as UTC text to the minute. */
async function moments(when: When, after: string, count = 3): Promise<readonly string[]> {
  const { next } = await momentsOf(when)
  const found: string[] = []
  for (let at = next(ms(after)); at !== undefined && found.length < count; at = next(at))
    found.push(new Date(at).toISOString().slice(0, 16))
  return found
}

describe('a cron time', () => {
  test.each([
    ['0 9 * * 1', 'UTC', '2026-01-01T00:00Z', ['2026-01-05T09:00', '2026-01-12T09:00', '2026-01-19T09:00']],
    ['@daily', 'UTC', '2026-01-01T00:00Z', ['2026-01-02T00:00', '2026-01-03T00:00', '2026-01-04T00:00']],
    // Day of the month or day of the week, as cron has it.
    ['0 0 1 * 1', 'UTC', '2026-01-30T00:00Z', ['2026-02-01T00:00', '2026-02-02T00:00', '2026-02-09T00:00']],
    ['0 0 L * *', 'UTC', '2026-01-01T00:00Z', ['2026-01-31T00:00', '2026-02-28T00:00', '2026-03-31T00:00']],
    ['0 0 29 2 *', 'UTC', '2097-01-01T00:00Z', ['2104-02-29T00:00', '2108-02-29T00:00', '2112-02-29T00:00']],
    // Zones half an hour and three quarters off.
    [
      '0 9 * * *',
      'Asia/Kolkata',
      '2026-01-01T00:00Z',
      ['2026-01-01T03:30', '2026-01-02T03:30', '2026-01-03T03:30'],
    ],
    [
      '0 9 * * *',
      'Asia/Kathmandu',
      '2026-01-01T00:00Z',
      ['2026-01-01T03:15', '2026-01-02T03:15', '2026-01-03T03:15'],
    ],
    // 02:30 is skipped on 29 March in Berlin: it runs at 03:00 that day.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T00:00Z',
      ['2026-03-28T01:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    // 02:30 comes twice on 25 October: it runs the first time.
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T00:00Z',
      ['2026-10-24T00:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    // Every hour is every hour there is.
    [
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:30Z',
      ['2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T02:00'],
    ],
    [
      '0 * * * *',
      'Europe/Berlin',
      '2026-03-29T00:00Z',
      ['2026-03-29T01:00', '2026-03-29T02:00', '2026-03-29T03:00'],
    ],
    // Clocks go back by half an hour there.
    [
      '30 1 * * *',
      'Australia/Lord_Howe',
      '2026-04-03T00:00Z',
      ['2026-04-03T14:30', '2026-04-04T14:30', '2026-04-05T15:00'],
    ],
    ['0 9 * * *', 'UTC', '1969-12-31T00:00Z', ['1969-12-31T09:00', '1970-01-01T09:00', '1970-01-02T09:00']],
  ])('%s in %s after %s', async (cron, zone, after, expected) => {
    expect(await moments({ cron, zone }, after)).toEqual(expected)
  })

  test.each([
    ['0 0 31 2 *', 'names no moment'],
    ['0 0 30 2 *', 'names no moment'],
    ['* * * * * *', 'not five fields'],
    ['*/5 * * * * *', 'not five fields'],
    ['61 * * * *', 'no cron time'],
    ['0 25 * * *', 'no cron time'],
    ['0 0 * * 1#6', 'no cron time'],
    ['tomorrow', 'not five fields'],
    ['2026-05-05T10:00:00', 'not five fields'],
    ['@sometimes', 'no cron time'],
    ['a b c d e', 'no cron time'],
  ])('%s is refused, naming the field', async (cron, reason) => {
    const when = { cron, zone: 'UTC' }
    const read = async () => {
      refuseUnruly(when, await momentsOf(when), ms('2026-01-01T00:00Z'))
    }
    await expect(read()).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'when.cron',
      message: expect.stringContaining(reason),
    })
  })

  test(
    'the next moment matches, and none before it does: an independent look at every minute says the same',
    { timeout: 60_000 },
    async () => {
      const zones = [
        'UTC',
        'Europe/Berlin',
        'America/New_York',
        'Asia/Kolkata',
        'Australia/Lord_Howe',
        'America/St_Johns',
        'Pacific/Apia',
      ]
      const formats = new Map(
        zones.map((zone) => [
          zone,
          new Intl.DateTimeFormat('en-GB', {
            timeZone: zone,
            hour12: false,
            month: 'numeric',
            day: 'numeric',
            hour: '2-digit',
            minute: '2-digit',
            weekday: 'short',
          }),
        ]),
      )
      const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
      const fields = fc.record({
        minute: fc.constantFrom('0', '15', '59', '*/20'),
        // Every hour, so that a change of the clocks neither moves nor drops a moment.
        hour: fc.constant('*'),
        day: fc.constantFrom('*', '1', '14-16'),
        weekday: fc.constantFrom('*', '1', '0,6'),
      })
      await fc.assert(
        fc.asyncProperty(
          fields,
          fc.constantFrom(...zones),
          fc.integer({ min: ms('2025-01-01T00:00Z') / 60_000, max: ms('2027-01-01T00:00Z') / 60_000 }),
          async ({ minute, hour, day, weekday }, zone, start) => {
            const { next } = await momentsOf({ cron: `${minute} ${hour} ${day} * ${weekday}`, zone })
            const afterMs = start * 60_000
            const at = next(afterMs)
            if (at === undefined) throw new Error('a moment is expected')
            expect(at).toBeGreaterThan(afterMs)
            const matches = (moment: number): boolean => {
              const parts = Object.fromEntries(
                (formats.get(zone)?.formatToParts(moment) ?? []).map(({ type, value }) => [type, value]),
              )
              const isMinute =
                minute === '*/20'
                  ? Number(parts['minute']) % 20 === 0
                  : Number(parts['minute']) === Number(minute)
              const isDay =
                day === '*' ||
                (day === '1' ? Number(parts['day']) === 1 : [14, 15, 16].includes(Number(parts['day'])))
              const number = weekdays.indexOf(parts['weekday'] ?? '')
              const isWeekday =
                weekday === '*' || (weekday === '1' ? number === 1 : number === 0 || number === 6)
              const isEither = day !== '*' && weekday !== '*' ? isDay || isWeekday : isDay && isWeekday
              return isMinute && isEither
            }
            expect(matches(at)).toBe(true)
            // Three days at most are looked through: a month of minutes in every run would take too long.
            for (let moment = Math.max(afterMs + 60_000, at - 3 * 86_400_000); moment < at; moment += 60_000)
              expect(matches(moment)).toBe(false)
          },
        ),
        { numRuns: 60 },
      )
    },
  )
})

describe('an interval', () => {
  const from = new Date('2026-01-05T09:00Z')

  test('runs at its beginning and every so often after it, whatever clocks do', async () => {
    const when = { everyMs: 900_000, from }
    expect(await moments(when, '2025-01-01T00:00Z')).toEqual([
      '2026-01-05T09:00',
      '2026-01-05T09:15',
      '2026-01-05T09:30',
    ])
    expect(await moments(when, '2026-01-05T09:00Z', 1)).toEqual(['2026-01-05T09:15'])
    expect(await moments(when, '2026-01-05T09:14Z', 1)).toEqual(['2026-01-05T09:15'])
    expect(await moments({ everyMs: 86_400_000, from: new Date(0) }, '2026-03-29T12:00Z', 1)).toEqual([
      '2026-03-30T00:00',
    ])
  })

  test('the next is after now, less than an interval away, and on the grid', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 60_000, max: 10 ** 10 }),
        fc.integer({ min: 0, max: 10 ** 13 }),
        fc.integer({ min: 0, max: 10 ** 13 }),
        async (everyMs, fromMs, afterMs) => {
          const at = (await momentsOf({ everyMs, from: new Date(fromMs) })).next(afterMs) ?? NaN
          expect(at).toBeGreaterThan(afterMs)
          expect((at - fromMs) % everyMs).toBe(0)
          if (afterMs >= fromMs) expect(at - afterMs).toBeLessThanOrEqual(everyMs)
        },
      ),
    )
  })
})

test('nothing comes after the year 9999', async () => {
  const when = { everyMs: 86_400_000, from: new Date('9999-12-31T00:00Z') }
  expect(await moments(when, '9999-12-30T00:00Z')).toEqual(['9999-12-31T00:00'])
  expect(await moments({ cron: '0 9 * * *', zone: 'UTC' }, '9999-12-31T12:00Z')).toEqual([])
})

test('a single moment comes once, before it and not after', async () => {
  const when = { at: new Date('2026-05-05T10:00Z') }
  expect(await moments(when, '2026-05-05T09:59Z')).toEqual(['2026-05-05T10:00'])
  expect(await moments(when, '2026-05-05T10:00Z')).toEqual([])
})

describe('a recurrence rule', () => {
  const rule = (rrule: string, zone = 'Europe/Berlin', start = '2026-03-27T09:00:00+01:00'): When => ({
    rrule,
    zone,
    start: new Date(start),
  })

  test('keeps its hour when the clocks change', async () => {
    expect(await moments(rule('FREQ=DAILY'), '2026-03-01T00:00Z')).toEqual([
      '2026-03-27T08:00',
      '2026-03-28T08:00',
      '2026-03-29T07:00',
    ])
  })

  test('begins at its start and ends with its count', async () => {
    expect(await moments(rule('FREQ=WEEKLY;COUNT=2'), '2026-03-01T00:00Z')).toEqual([
      '2026-03-27T08:00',
      '2026-04-03T07:00',
    ])
    expect(await moments(rule('RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2'), '2026-03-01T00:00Z')).toEqual([
      '2026-03-27T08:00',
      '2026-04-24T07:00',
    ])
  })

  test('leaves out a time the clocks skip, as RFC 5545 says', async () => {
    expect(
      await moments(rule('FREQ=DAILY', 'Europe/Berlin', '2026-03-28T02:30:00+01:00'), '2026-03-28T00:00Z', 2),
    ).toEqual(['2026-03-28T01:30', '2026-03-30T00:30'])
  })

  test.each([
    ['FREQ=SECONDLY', 'more than once a minute'],
    ['FREQ=MINUTELY;BYSECOND=0,30', 'more than once a minute'],
    ['FREQ=NEVER', 'no recurrence rule'],
    ['Mondays', 'no recurrence rule'],
    ['DTSTART:20260101T000000\nRRULE:FREQ=DAILY', 'the rule alone'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31', 'names no moment'],
  ])('%j is refused', async (rrule, reason) => {
    const when = rule(rrule)
    const read = async () => {
      refuseUnruly(when, await momentsOf(when), ms('2026-03-01T00:00Z'))
    }
    await expect(read()).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'when.rrule',
      message: expect.stringContaining(reason),
    })
  })
})
