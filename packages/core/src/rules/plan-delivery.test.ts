import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Category } from '../model/category.ts'
import type { NextRule } from '../model/plan.ts'
import { nextUsable, planDelivery, type CandidateRoute, type PlanInput } from './plan-delivery.ts'

const unlessAccepted: NextRule = { unless: 'accepted', withinMs: null }

function category(name: string, more: Partial<Category> = {}): Category {
  return { name, title: {}, default: 'on', required: false, urgency: 'window', ...more }
}

function route(channel: string, more: Partial<CandidateRoute> = {}): CandidateRoute {
  return {
    channel,
    routeId: `${channel}-id`,
    address: `${channel}-address`,
    rank: 1,
    state: 'open',
    verified: false,
    isSuppressed: false,
    isCategorySuppressed: false,
    ...more,
  }
}

function input(more: Partial<PlanInput> = {}): PlanInput {
  return {
    routes: [route('sms'), route('telegram'), route('email')],
    preferences: { order: [], off: [] },
    via: undefined,
    next: unlessAccepted,
    answer: 'yesNo',
    capability: 'link',
    hasPortal: true,
    category: category('invitation'),
    requireVerified: false,
    channels: new Map([
      ['telegram', { answers: ['yesNo', 'choice'], links: true }],
      ['sms', { answers: ['yesNo'], links: true }],
      ['email', { answers: [], links: true }],
    ]),
    workspaceOrder: ['telegram', 'email', 'sms'],
    ...more,
  }
}

const shape = (plan: ReturnType<typeof planDelivery>) =>
  plan.map(({ channel, use, reason }) => `${channel} ${use ? 'kept' : 'skipped'}: ${reason}`)

describe('the order of routes (P3)', () => {
  test('is the workspace’s when nobody says otherwise', () => {
    expect(planDelivery(input()).map(({ channel }) => channel)).toEqual(['telegram', 'email', 'sms'])
  })

  test('is the person’s before the workspace’s; channels they did not name follow', () => {
    const plan = planDelivery(input({ preferences: { order: ['sms'], off: [] } }))
    expect(plan.map(({ channel }) => channel)).toEqual(['sms', 'telegram', 'email'])
  })

  test('is the message’s before the person’s, and only those it names are used', () => {
    const plan = planDelivery(
      input({
        preferences: { order: ['sms'], off: [] },
        via: [
          { channel: 'email', next: undefined },
          { channel: 'sms', next: undefined },
        ],
      }),
    )
    expect(shape(plan)).toEqual([
      'email kept: answer_by_link',
      'sms kept: carries_the_answer',
      'telegram skipped: not_requested',
    ])
  })

  test('is the person’s own ranking before the workspace’s order, and after what they said of channels', () => {
    const ranked = [route('sms', { rank: 1 }), route('email', { rank: 2 }), route('telegram', { rank: 3 })]
    expect(planDelivery(input({ routes: ranked })).map(({ channel }) => channel)).toEqual([
      'sms',
      'email',
      'telegram',
    ])
    const preferences = { order: ['telegram'], off: [] }
    expect(planDelivery(input({ routes: ranked, preferences })).map(({ channel }) => channel)).toEqual([
      'telegram',
      'sms',
      'email',
    ])
  })

  test('keeps the rank of two addresses on one channel', () => {
    const plan = planDelivery(
      input({ routes: [route('email', { address: 'first' }), route('email', { address: 'second' })] }),
    )
    expect(plan.map(({ address }) => address)).toEqual(['first', 'second'])
  })
})

describe('what is skipped, with its reason', () => {
  test.each([
    ['an opted-out route', { routes: [route('sms', { state: 'opted_out' })] }, 'sms skipped: opted_out'],
    ['a dead address', { routes: [route('sms', { state: 'bounced' })] }, 'sms skipped: bounced'],
    ['a suppressed address', { routes: [route('sms', { isSuppressed: true })] }, 'sms skipped: suppressed'],
    ['a channel that is not configured', { routes: [route('fax')] }, 'fax skipped: adapter_unavailable'],
    [
      'a channel the person switched off',
      { routes: [route('sms')], preferences: { order: [], off: [{ channel: 'sms' }] } },
      'sms skipped: channel_switched_off',
    ],
    [
      'a category the person switched off',
      { routes: [route('sms')], preferences: { order: [], off: [{ category: 'invitation' }] } },
      'sms skipped: category_switched_off',
    ],
    [
      'a category the address refused',
      { routes: [route('sms', { isCategorySuppressed: true })] },
      'sms skipped: category_switched_off',
    ],
    [
      'a category the person did not ask for, where it is off until they do',
      { routes: [route('sms')], category: category('news', { default: 'off' }) },
      'sms skipped: category_not_switched_on',
    ],
    [
      'an answer the route cannot carry',
      { routes: [route('email')], capability: 'native' },
      'email skipped: cannot_carry_the_answer',
    ],
    [
      'an answer that needs a link when there is no portal',
      { routes: [route('email')], hasPortal: false },
      'email skipped: cannot_carry_the_answer',
    ],
    [
      'an address that is not verified where it must be',
      { routes: [route('sms')], requireVerified: true },
      'sms skipped: not_verified',
    ],
  ] as const satisfies readonly (readonly [string, Partial<PlanInput>, string])[])(
    '%s',
    (_name, more, expected) => {
      expect(shape(planDelivery(input(more)))).toEqual([expected])
    },
  )

  test('a required category passes what the person switched off, but not an opt-out', () => {
    const off = { order: [], off: [{ channel: 'sms' }, { category: 'security' }] }
    const required = { preferences: off, category: category('security', { required: true }), answer: null }
    expect(shape(planDelivery(input({ ...required, routes: [route('sms')] })))).toEqual([
      'sms kept: needs_no_answer',
    ])
    expect(
      shape(planDelivery(input({ ...required, routes: [route('sms', { state: 'opted_out' })] }))),
    ).toEqual(['sms skipped: opted_out'])
  })
})

const anyRoute = fc.record({
  channel: fc.constantFrom('sms', 'telegram', 'email', 'fax'),
  routeId: fc.string({ minLength: 1, maxLength: 4 }),
  address: fc.string({ minLength: 1, maxLength: 8 }),
  rank: fc.integer({ min: 1, max: 4 }),
  state: fc.constantFrom('open' as const, 'opted_out' as const, 'bounced' as const, 'blocked' as const),
  verified: fc.boolean(),
  isSuppressed: fc.boolean(),
  isCategorySuppressed: fc.boolean(),
})
const channelNames = fc.uniqueArray(fc.constantFrom('sms', 'telegram', 'email', 'fax'))
const anyInput = fc.record({
  routes: fc.array(anyRoute, { maxLength: 8 }),
  preferences: fc.record({
    order: channelNames,
    off: fc.array(
      fc.constantFrom({ channel: 'sms' }, { category: 'news' }, { channel: 'email', category: 'invitation' }),
      { maxLength: 3 },
    ),
  }),
  via: fc.option(
    channelNames.map((names) => names.map((channel) => ({ channel, next: undefined }))),
    { nil: undefined },
  ),
  answer: fc.constantFrom('yesNo' as const, 'form' as const, null),
  capability: fc.constantFrom('link' as const, 'native' as const),
  hasPortal: fc.boolean(),
  category: fc.record({
    name: fc.constantFrom('invitation', 'news'),
    title: fc.constant({}),
    default: fc.constantFrom('on' as const, 'off' as const),
    required: fc.boolean(),
    urgency: fc.constant('window' as const),
  }),
})

describe('for any person and message', () => {
  test('every route is in the plan once, kept or skipped with a reason', () => {
    fc.assert(
      fc.property(anyInput, (some) => {
        const plan = planDelivery(input(some))
        expect(plan.map(({ channel, address }) => `${channel} ${address}`).toSorted()).toEqual(
          some.routes.map(({ channel, address }) => `${channel} ${address}`).toSorted(),
        )
        expect(plan.every(({ reason }) => reason.length > 0)).toBe(true)
      }),
    )
  })

  test('nobody who said stop is written to, whatever else holds', () => {
    fc.assert(
      fc.property(anyInput, (some) => {
        const shut = new Set(
          some.routes.filter(({ state, isSuppressed }) => state !== 'open' || isSuppressed),
        )
        const plan = planDelivery(input(some))
        for (const kept of plan.filter(({ use }) => use)) {
          const sources = some.routes.filter(
            ({ channel, address }) => channel === kept.channel && address === kept.address,
          )
          expect(sources.some((source) => !shut.has(source))).toBe(true)
        }
      }),
    )
  })

  test('the same input gives the same plan', () => {
    fc.assert(
      fc.property(anyInput, (some) => {
        expect(planDelivery(input(some))).toEqual(planDelivery(input(some)))
      }),
    )
  })

  test('the next usable route is the first kept one at or after a place', () => {
    fc.assert(
      fc.property(anyInput, fc.integer({ min: 0, max: 9 }), (some, from) => {
        const plan = planDelivery(input(some))
        const expected = plan.map((route, index) => route.use && index >= from).indexOf(true)
        expect(nextUsable(plan, from)).toBe(expected)
      }),
    )
  })
})
