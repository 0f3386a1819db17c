import { describe, expect, test } from 'vitest'
import { readSegmentFilter, type SegmentFilter } from './segment.ts'

const isBerlin: SegmentFilter = { attribute: 'city', is: 'Berlin' }
const nested = (depth: number, filter: SegmentFilter = isBerlin): SegmentFilter =>
  depth <= 1 ? filter : { not: nested(depth - 1, filter) }

describe('a filter', () => {
  test.each<SegmentFilter>([
    isBerlin,
    { all: [isBerlin, { any: [{ locale: null }, { zone: 'Europe/Berlin' }] }] },
    { attribute: 'a.b', in: ['a', 1, true, null] },
    { attribute: 'age', atLeast: 18 },
    { attribute: 'since', lessThan: '2026-01-05' },
    { attribute: 'x', exists: false },
    { attribute: 'x', is: null },
    { category: 'news', isOn: true, channel: 'email' },
    { answered: { message: '019b', value: true, state: 'accepted' } },
    { externalId: { startsWith: 'eu-' } },
    nested(8),
    { all: Array.from({ length: 100 }, () => isBerlin) },
  ])('is read as it was written: %j', (filter) => {
    expect(readSegmentFilter(JSON.parse(JSON.stringify(filter)))).toEqual(filter)
  })

  test.each<[unknown, string, RegExp]>([
    [null, 'filter', /must be an object with one of all, any, not, attribute/],
    [[isBerlin], 'filter', /must be an object/],
    [{}, 'filter', /exactly one of/],
    [{ all: [isBerlin], any: [isBerlin] }, 'filter', /exactly one of/],
    [{ all: [] }, 'filter.all', /at least one/],
    [{ any: isBerlin }, 'filter.any', /a list/],
    [{ not: isBerlin, why: 'x' }, 'filter.why', /no such option/],
    [{ all: [isBerlin, { attribute: 7, is: 1 }] }, 'filter.all.1.attribute', /string/],
    [{ not: { any: [{ attribute: 'x', iss: 1 }] } }, 'filter.not.any.0.iss', /no such option/],
    [{ attribute: 'city' }, 'filter', /exactly one of is, isNot, in/],
    [{ attribute: 'city', is: 1, in: [1] }, 'filter', /exactly one of is/],
    [{ attribute: 'city', is: { deep: 1 } }, 'filter.is', /a text, a number, true, false or null/],
    [{ attribute: 'city', lessThan: true }, 'filter.lessThan', /a text or a number/],
    [{ attribute: 'a"b', exists: true }, 'filter.attribute', /quotation marks/],
    [{ attribute: 'city', is: 'a\u0000' }, 'filter.is', /NUL/],
    [{ attribute: 'city', startsWith: '\ud800' }, 'filter.startsWith', /surrogate/],
    [{ attribute: 'city', in: [] }, 'filter.in', /./],
    [{ locale: 'german' }, 'filter.locale', /looks like/],
    [{ zone: 'Berlin' }, 'filter.zone', /Europe\/Berlin/],
    [{ has: 'E-Mail' }, 'filter.has', /lower-case/],
    [{ category: 'news' }, 'filter.isOn', /./],
    [{ answered: { message: 'm', state: 'read' } }, 'filter.answered.state', /./],
    [{ externalId: { startsWith: '' } }, 'filter.externalId.startsWith', /starts with/],
    [nested(9), `filter${'.not'.repeat(8)}`, /more than 8 deep/],
    [{ all: Array.from({ length: 101 }, () => isBerlin) }, 'filter.all', /at most 100/],
    [
      {
        all: [
          { any: Array.from({ length: 60 }, () => isBerlin) },
          { any: Array.from({ length: 60 }, () => isBerlin) },
        ],
      },
      'filter.all.1.any.40',
      /at most 100/,
    ],
  ])('that is wrong is refused with the place: %j', (filter, field, message) => {
    expect(() => readSegmentFilter(filter)).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        field,
        message: expect.stringMatching(message) as string,
      }),
    )
  })
})
