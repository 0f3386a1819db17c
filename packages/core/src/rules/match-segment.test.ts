import { describe, expect, test } from 'vitest'
import { categoriesOf } from '../model/category.ts'
import type { Recipient } from '../model/recipient.ts'
import type { SegmentFilter } from '../model/segment.ts'
import { matchesSegment, type SegmentSubject } from './match-segment.ts'

const route = (channel: string, address: string, state: 'open' | 'bounced' = 'open') => ({
  id: `${channel}-${address}`,
  channel,
  address,
  rank: 1,
  verified: false,
  state,
})

const ann: Recipient = {
  id: '1',
  externalId: 'eu-ann',
  name: 'Ann',
  locale: 'pt-BR',
  zone: 'Europe/Lisbon',
  attributes: { city: 'Berlin', age: 30, vip: true, note: null, since: '2026-01-05', fox: '🦊' },
  preferences: {
    order: [],
    off: [{ category: 'news', channel: 'email' }, { channel: 'push' }],
    on: [{ category: 'jobs' }],
  },
  routes: [route('email', 'a'), route('push', 'p'), route('sms', 's', 'bounced'), route('chat', 'stopped')],
}

const subject: SegmentSubject = {
  recipient: ann,
  isSuppressed: ({ address }, category) =>
    address === 'stopped' || (address === 'a' && category !== null && ['ads', 'codes'].includes(category)),
  categories: categoriesOf(
    { tips: { default: 'off' }, jobs: { default: 'off' } },
    { requiredCategories: ['codes'], immediateCategories: [] },
  ),
  invitations: (messageId) => {
    if (messageId === 'yes') return [{ state: 'accepted', value: true }]
    if (messageId === 'many') return [{ state: 'answered', value: ['red', 'blue'] }]
    if (messageId === 'silent') return [{ state: 'pending', value: null }]
    return []
  },
}

describe.each<[SegmentFilter, boolean]>([
  [{ attribute: 'city', is: 'Berlin' }, true],
  [{ attribute: 'city', is: 'berlin' }, false],
  [{ attribute: 'age', is: 30 }, true],
  [{ attribute: 'age', is: '30' }, false],
  [{ attribute: 'age', isNot: '30' }, true],
  [{ attribute: 'missing', isNot: 1 }, true],
  [{ attribute: 'missing', is: null }, false],
  [{ attribute: 'note', is: null }, true],
  [{ attribute: 'note', exists: true }, true],
  [{ attribute: 'missing', exists: false }, true],
  [{ attribute: 'toString', exists: true }, false],
  [{ attribute: 'vip', in: [1, 'true', true] }, true],
  [{ attribute: 'missing', in: [null] }, false],
  [{ attribute: 'age', atLeast: 30 }, true],
  [{ attribute: 'age', lessThan: 30 }, false],
  [{ attribute: 'age', lessThan: '9' }, false],
  [{ attribute: 'age', atLeast: '1' }, false],
  [{ attribute: 'missing', atLeast: 0 }, false],
  [{ attribute: 'since', lessThan: '2026-01-06' }, true],
  [{ attribute: 'fox', atLeast: 'ﬀ' }, true],
  [{ attribute: 'fox', lessThan: '🦊🦊' }, true],
  [{ attribute: 'city', startsWith: 'Ber' }, true],
  [{ attribute: 'age', startsWith: '3' }, false],
  [{ locale: 'PT' }, true],
  [{ locale: 'pt-br' }, true],
  [{ locale: 'p' }, false],
  [{ locale: null }, false],
  [{ zone: 'europe/lisbon' }, true],
  [{ zone: null }, false],
  [{ has: 'email' }, true],
  [{ has: 'sms' }, false],
  [{ has: 'chat' }, false],
  [{ category: 'news', isOn: true }, false],
  [{ category: 'news', isOn: false }, true],
  [{ category: 'invitation', isOn: true }, true],
  [{ category: 'invitation', isOn: true, channel: 'push' }, false],
  [{ category: 'tips', isOn: true }, false],
  [{ category: 'jobs', isOn: true }, true],
  [{ category: 'ads', isOn: true }, false],
  [{ category: 'codes', isOn: true }, true],
  [{ answered: { message: 'yes' } }, true],
  [{ answered: { message: 'yes', value: true, state: 'accepted' } }, true],
  [{ answered: { message: 'yes', value: 'true' } }, false],
  [{ answered: { message: 'many', value: 'blue' } }, true],
  [{ answered: { message: 'silent' } }, false],
  [{ answered: { message: 'silent', state: 'pending' } }, true],
  [{ answered: { message: 'never' } }, false],
  [{ externalId: { startsWith: 'eu-' } }, true],
  [{ all: [{ has: 'email' }, { has: 'sms' }] }, false],
  [{ any: [{ has: 'email' }, { has: 'sms' }] }, true],
])('%j', (filter, expected) => {
  test(`is ${String(expected)} of her, and its opposite is not`, () => {
    expect(matchesSegment(filter, subject)).toBe(expected)
    expect(matchesSegment({ not: filter }, subject)).toBe(!expected)
  })
})

test('somebody of whom nothing is known passes only what asks for nothing', () => {
  const nobody: SegmentSubject = {
    ...subject,
    recipient: { ...ann, locale: undefined, zone: undefined, attributes: {}, routes: [] },
  }
  expect(matchesSegment({ all: [{ locale: null }, { zone: null }] }, nobody)).toBe(true)
  expect(matchesSegment({ any: [{ locale: 'pt' }, { zone: 'UTC' }, { has: 'email' }] }, nobody)).toBe(false)
})
