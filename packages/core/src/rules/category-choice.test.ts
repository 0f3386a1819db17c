import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Category } from '../model/category.ts'
import type { Preferences } from '../model/preference.ts'
import { refusalByWish, switchCategory } from './category-choice.ts'

function category(name: string, more: Partial<Category> = {}): Category {
  return { name, title: {}, default: 'on', required: false, urgency: 'window', ...more }
}

const news = category('news')
const optional = category('news', { default: 'off' })
const security = category('security', { required: true })

describe('whether a person wants a category on a channel', () => {
  const off = [{ category: 'news' }]
  test.each<[string, Partial<Preferences>, Category, ReturnType<typeof refusalByWish>]>([
    ['nothing said, and it is on', {}, news, undefined],
    ['nothing said, and it is off', {}, optional, 'category_not_switched_on'],
    ['switched on everywhere', { on: [{ category: 'news' }] }, optional, undefined],
    ['switched on here', { on: [{ category: 'news', channel: 'email' }] }, optional, undefined],
    [
      'switched on elsewhere alone',
      { on: [{ category: 'news', channel: 'sms' }] },
      optional,
      'category_not_switched_on',
    ],
    ['another one switched on', { on: [{ category: 'party' }] }, optional, 'category_not_switched_on'],
    ['off everywhere', { off }, news, 'category_switched_off'],
    ['off everywhere, on here', { off, on: [{ category: 'news', channel: 'email' }] }, news, undefined],
    [
      'on everywhere, off here',
      { off: [{ category: 'news', channel: 'email' }], on: [{ category: 'news' }] },
      optional,
      'category_switched_off',
    ],
    ['on and off everywhere', { off, on: [{ category: 'news' }] }, news, 'category_switched_off'],
    [
      'the channel off, the category on',
      { off: [{ channel: 'email' }], on: [{ category: 'news', channel: 'email' }] },
      news,
      'channel_switched_off',
    ],
    ['another channel off', { off: [{ channel: 'sms' }] }, news, undefined],
    ['required, all off', { off: [{ channel: 'email' }, { category: 'security' }] }, security, undefined],
  ])('%s', (_name, preferences, of, expected) => {
    expect(refusalByWish({ off: [], ...preferences }, of, 'email')).toBe(expected)
  })
})

const entry = fc.constantFrom(
  { category: 'news' },
  { category: 'news', channel: 'email' },
  { category: 'news', channel: 'sms' },
  { category: 'party', channel: 'email' },
)
const anyPreferences = fc
  .record({
    off: fc.array(entry, { maxLength: 3 }),
    on: fc.option(fc.array(entry, { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ off, on }): Preferences => ({ order: [], off, ...(on !== undefined && { on }) }))

test('switching a category has its effect there, and nowhere else', () => {
  fc.assert(
    fc.property(anyPreferences, fc.constantFrom(news, optional), fc.boolean(), (before, of, wanted) => {
      const after = switchCategory(before, of, { channel: 'email', wanted })
      expect(refusalByWish(after, of, 'email') === undefined).toBe(wanted)
      expect(refusalByWish(after, of, 'sms')).toBe(refusalByWish(before, of, 'sms'))
      const other = category('party')
      expect(refusalByWish(after, other, 'email')).toBe(refusalByWish(before, other, 'email'))
      expect(switchCategory(after, of, { channel: 'email', wanted })).toEqual(after)
    }),
  )
})
