import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Plan, PlannedRoute } from '../model/plan.ts'
import { reorderPlan } from './reorder-plan.ts'

const next = { unless: 'accepted', withinMs: null } as const
const kept = (channel: string, requested = false): PlannedRoute => ({
  channel,
  routeId: channel,
  address: channel,
  use: true,
  reason: 'needs_no_answer',
  next,
  ...(requested && { requested: true }),
})
const left = (channel: string): PlannedRoute => ({
  channel,
  routeId: channel,
  address: channel,
  use: false,
  reason: 'bounced',
})
const rankOf = (): number => 1
const by = (...order: string[]) => ({ order, workspaceOrder: ['telegram', 'email', 'sms'], rankOf })
const channels = (plan: Plan): readonly string[] => plan.map(({ channel }) => channel)

test('what may still be used goes in the new order; what is left out stays in its place', () => {
  const plan = [left('fax'), kept('telegram'), left('pager'), kept('email'), kept('sms')]
  expect(channels(reorderPlan(plan, 1, by('sms', 'email')))).toEqual([
    'fax',
    'sms',
    'pager',
    'email',
    'telegram',
  ])
})

test('without an order of their own it is the workspace’s again', () => {
  expect(channels(reorderPlan([kept('sms'), kept('email')], 0, by()))).toEqual(['email', 'sms'])
})

test('routes before the position have had their turn', () => {
  const plan = [kept('telegram'), kept('email'), kept('sms')]
  expect(channels(reorderPlan(plan, 1, by('sms', 'telegram')))).toEqual(['telegram', 'sms', 'email'])
})

test('a message that named its channels keeps them in its own order', () => {
  const plan = [kept('email', true), kept('sms', true)]
  expect(reorderPlan(plan, 0, by('sms'))).toBe(plan)
})

test('a plan nothing of which moves, or that leads nowhere, is the same plan', () => {
  const plan = [kept('email'), kept('sms')]
  expect(reorderPlan(plan, 0, by('email', 'sms'))).toBe(plan)
  expect(reorderPlan(plan, -1, by('sms'))).toBe(plan)
})

test('no route is lost or made, whatever the order', () => {
  const route = fc.constantFrom(kept('email'), kept('sms'), kept('telegram'), left('fax'))
  const order = fc.array(fc.constantFrom('email', 'sms', 'telegram'))
  fc.assert(
    fc.property(fc.array(route), fc.integer({ min: 0, max: 5 }), order, (plan, from, wanted) => {
      const after = reorderPlan(plan, from, by(...wanted))
      expect(channels(after).toSorted()).toEqual(channels(plan).toSorted())
      expect(after.map(({ use }) => use)).toEqual(plan.map(({ use }) => use))
    }),
  )
})
