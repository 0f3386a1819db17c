import fc from 'fast-check'
import { expect, test } from 'vitest'
import { postLimits, sharePosts, type PostedEndpoint } from './webhook-shares.ts'

const endpoint = (endpointId: string, changes: Partial<PostedEndpoint> = {}): PostedEndpoint => ({
  endpointId,
  isDue: true,
  isFailing: false,
  underWay: 0,
  ...changes,
})

test('an endpoint gets five places, one that fails gets one', () => {
  const shares = sharePosts([endpoint('a'), endpoint('b', { isFailing: true })])
  expect([...shares]).toEqual([
    ['a', 5],
    ['b', 1],
  ])
})

test('those that have their places get no more, those with nothing due get none', () => {
  const some = [
    endpoint('a', { underWay: 5 }),
    endpoint('b', { underWay: 3 }),
    endpoint('c', { isDue: false }),
  ]
  expect([...sharePosts(some)]).toEqual([['b', 2]])
})

test('when many are due everybody gets a place before anybody gets two', () => {
  const many = Array.from({ length: 50 }, (_, index) => endpoint(String(index)))
  expect([...sharePosts(many).values()]).toEqual(many.map(() => 1))
})

test('a hundred endpoints that hang leave room for one that works', () => {
  const hanging = Array.from({ length: 100 }, (_, index) =>
    endpoint(String(index), { isFailing: true, underWay: index < postLimits.toFailing ? 1 : 0 }),
  )
  expect([...sharePosts([...hanging, endpoint('well')])]).toEqual([['well', 1]])
})

test('no limit is ever passed, and whoever works and is due gets a place while one is free', () => {
  const anyEndpoint = fc.record({
    endpointId: fc.uuid(),
    isDue: fc.boolean(),
    isFailing: fc.boolean(),
    underWay: fc.nat({ max: 5 }),
  })
  fc.assert(
    fc.property(fc.uniqueArray(anyEndpoint, { selector: (one) => one.endpointId, maxLength: 80 }), (all) => {
      const shares = sharePosts(all)
      const before = all.reduce((sum, { underWay }) => sum + underWay, 0)
      const given = [...shares.values()].reduce((sum, share) => sum + share, 0)
      expect(given).toBeLessThanOrEqual(Math.max(0, postLimits.inAll - before))
      for (const { endpointId, isDue, isFailing, underWay } of all) {
        const share = shares.get(endpointId) ?? 0
        const most = isFailing ? postLimits.perFailing : postLimits.perEndpoint
        expect(share).toBeLessThanOrEqual(Math.max(0, most - underWay))
        if (!isDue) expect(share).toBe(0)
      }
      const waiting = all.filter(
        ({ endpointId, isDue, isFailing, underWay }) =>
          isDue && !isFailing && underWay < postLimits.perEndpoint && !shares.has(endpointId),
      )
      if (waiting.length > 0) expect(before + given).toBeGreaterThanOrEqual(postLimits.inAll)
    }),
  )
})
