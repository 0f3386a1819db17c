import { describe, expect, test } from 'vitest'
import {
  deliveryWindowSchema,
  weekdays,
  type DeliveryWindow,
  type DeliveryWindowInput,
} from '../model/delivery-window.ts'
import { nextOpening } from './delivery-window.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

function windowOf(input: DeliveryWindowInput): DeliveryWindow {
  return deliveryWindowSchema.parse(input)
}

function opening(input: DeliveryWindowInput, zone: string, now: string): string {
  return new Date(nextOpening(windowOf(input), zone, Date.parse(now))).toISOString().slice(0, 16)
}

const daytime = { from: '09:00', to: '21:00' } as const

describe('the next moment a person may be written to', () => {
  test.for([
    ['now, within the window', daytime, 'Europe/Berlin', '2026-01-05T12:00Z', '2026-01-05T12:00'],
    ['the beginning is in it', daytime, 'Europe/Berlin', '2026-01-05T08:00Z', '2026-01-05T08:00'],
    ['the end is not', daytime, 'Europe/Berlin', '2026-01-05T20:00Z', '2026-01-06T08:00'],
    ['half-hour zones', daytime, 'Asia/Kolkata', '2026-01-05T18:00Z', '2026-01-06T03:30'],
    ['45-minute zones', daytime, 'Asia/Kathmandu', '2026-01-05T18:00Z', '2026-01-06T03:15'],
    ['east of the date line', daytime, 'Pacific/Kiritimati', '2026-01-05T08:00Z', '2026-01-05T19:00'],
    ['west of it', daytime, 'Pacific/Niue', '2026-01-05T09:00Z', '2026-01-05T20:00'],
    [
      'the day after the clock is set forward',
      daytime,
      'Europe/Berlin',
      '2026-03-28T22:00Z',
      '2026-03-29T07:00',
    ],
    ['the day after it is set back', daytime, 'Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T08:00'],
    [
      'a beginning the clock skips',
      { from: '02:30', to: '05:00' },
      'Europe/Berlin',
      '2026-03-28T23:00Z',
      '2026-03-29T01:00',
    ],
    [
      'a window the clock skips is the next day',
      { from: '02:10', to: '02:50' },
      'Europe/Berlin',
      '2026-03-28T23:00Z',
      '2026-03-30T00:10',
    ],
    [
      'a window that comes twice opens the first time',
      { from: '02:15', to: '02:45' },
      'Europe/Berlin',
      '2026-10-24T23:00Z',
      '2026-10-25T00:15',
    ],
    [
      'and the second time',
      { from: '02:15', to: '02:45' },
      'Europe/Berlin',
      '2026-10-25T00:50Z',
      '2026-10-25T01:15',
    ],
    [
      'beyond midnight, before it',
      { from: '22:00', to: '06:00' },
      'Europe/Berlin',
      '2026-01-05T12:00Z',
      '2026-01-05T21:00',
    ],
    [
      'beyond midnight, after it',
      { from: '22:00', to: '06:00' },
      'Europe/Berlin',
      '2026-01-05T04:30Z',
      '2026-01-05T04:30',
    ],
    [
      'the whole day',
      { from: '00:00', to: '24:00' },
      'Europe/Berlin',
      '2026-01-05T23:30Z',
      '2026-01-05T23:30',
    ],
    [
      'only on one day',
      { sun: { from: '10:00', to: '12:00' } },
      'Europe/Berlin',
      '2026-01-05T12:00Z',
      '2026-01-11T09:00',
    ],
    [
      'twice a day',
      {
        mon: [
          { from: '08:00', to: '09:00' },
          { from: '18:00', to: '19:00' },
        ],
      },
      'Europe/Berlin',
      '2026-01-05T09:00Z',
      '2026-01-05T17:00',
    ],
    [
      'what lies beyond the midnight of the last day',
      { sun: { from: '23:00', to: '01:00' } },
      'Europe/Berlin',
      '2026-01-04T23:30Z',
      '2026-01-04T23:30',
    ],
    [
      'half an hour more or less on Lord Howe Island',
      daytime,
      'Australia/Lord_Howe',
      '2026-10-03T12:00Z',
      '2026-10-03T22:00',
    ],
    ['any time', 'any', 'Mars/Phobos', '2026-01-05T23:30Z', '2026-01-05T23:30'],
  ] as const)('%s', ([, window, zone, now, expected]) => {
    expect(opening(window, zone, now)).toBe(expected)
  })

  test('a zone nobody knows is refused', () => {
    expect(() => nextOpening(windowOf(daytime), 'Mars/Phobos', 0)).toThrow(RangeError)
  })
})

describe('against the clock on the wall, looked at every quarter of an hour', () => {
  const windows = [
    daytime,
    { from: '02:15', to: '02:45' },
    { from: '23:30', to: '00:45' },
    { from: '21:00', to: '09:00' },
    {
      sat: { from: '00:00', to: '03:00' },
      sun: [
        { from: '01:15', to: '01:30' },
        { from: '02:00', to: '04:00' },
      ],
    },
  ].map((input) => ({ input, window: windowOf(input) }))

  test('around every change of the clock in two years, in every zone', { timeout: 120_000 }, () => {
    const wrong: string[] = []
    let checked = 0
    for (const zone of Intl.supportedValuesOf('timeZone')) {
      const wall = wallOf(zone)
      for (const changeMs of changesOf(wall))
        for (const { input, window } of windows)
          for (const beforeMs of [26 * hourMs, 5 * hourMs, hourMs, 0, -45 * minuteMs]) {
            const nowMs = changeMs - beforeMs
            const [ours, theirs] = [nextOpening(window, zone, nowMs), firstShown(window, wall, nowMs)]
            checked += 1
            if (ours !== theirs)
              wrong.push(
                `${zone} ${JSON.stringify(input)} ${iso(nowMs)}: ${iso(ours)} instead of ${iso(theirs)}`,
              )
          }
    }
    expect(wrong.slice(0, 10)).toEqual([])
    expect(checked).toBeGreaterThan(10_000)
  })
})

interface WallTime {
  /** 0 Monday … 6 Sunday. */
  readonly day: number
  readonly minute: number
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function wallOf(zone: string): (ms: number) => WallTime {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]))
    return {
      day: dayNames.indexOf(parts.get('weekday') ?? ''),
      minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    }
  }
}

/** Changes of the clock, found by what it shows: to the hour first, then to the quarter. */
function changesOf(wall: (ms: number) => WallTime): readonly number[] {
  const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)]
  const shift = (ms: number): number => {
    const { minute } = wall(ms)
    return (((ms / minuteMs - minute) % 1_440) + 1_440) % 1_440
  }
  const changes: number[] = []
  for (let ms = from; ms < to; ms += dayMs)
    if (shift(ms) !== shift(ms + dayMs)) {
      let at = ms
      while (shift(at) === shift(ms)) at += 15 * minuteMs
      changes.push(at)
    }
  return changes
}

function firstShown(window: DeliveryWindow, wall: (ms: number) => WallTime, nowMs: number): number {
  let ms = nowMs
  while (!isShown(window, wall(ms))) ms += 15 * minuteMs
  return ms
}

function isShown(window: DeliveryWindow, { day, minute }: WallTime): boolean {
  if (window === 'any') return true
  const today = window[weekdays[day] ?? 'mon'] ?? []
  const yesterday = window[weekdays[(day + 6) % 7] ?? 'mon'] ?? []
  // Times of day sort as texts.
  const now = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
  return (
    today.some(({ from, to }) => now >= from && (now < to || to <= from)) ||
    yesterday.some(({ from, to }) => to <= from && now < to)
  )
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
