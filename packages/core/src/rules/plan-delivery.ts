import type { AnswerKind } from '../model/answer.ts'
import type { Category } from '../model/category.ts'
import type { KeepReason, NextRule, Plan, PlannedRoute, SkipReason } from '../model/plan.ts'
import type { Preferences } from '../model/preference.ts'
import type { RouteState } from '../model/route.ts'
import { refusalByWish } from './category-choice.ts'

/** What planning must know of a channel. */
export interface ChannelAbility {
  readonly answers: readonly AnswerKind[]
  readonly links: boolean
}

/** An address that could be used. */
export interface CandidateRoute {
  readonly channel: string
  readonly routeId: string | null
  readonly address: string
  /** The person's own ranking, 1 first; equal ranks leave the order to the workspace. */
  readonly rank: number
  readonly state: RouteState
  readonly verified: boolean
  /** The address said stop on this channel, whoever's route it is. */
  readonly isSuppressed: boolean
  /** The address refused this category, whoever's route it is. */
  readonly isCategorySuppressed: boolean
  /** The channel refuses this address as impossible; absent when it takes it. */
  readonly isImpossible?: boolean
}

/** Everything a plan is made from. */
export interface PlanInput {
  readonly routes: readonly CandidateRoute[]
  readonly preferences: Preferences
  /** Channels this message may use, best first, each with its own rule for going on; `undefined`: any. */
  readonly via: readonly { readonly channel: string; readonly next: NextRule | undefined }[] | undefined
  readonly next: NextRule
  /** `null` when no answer is wanted. */
  readonly answer: AnswerKind | null
  /** `link`: a link makes a text route able to carry any answer (P2). */
  readonly capability: 'link' | 'native'
  /** True when answer links lead somewhere: a portal address is configured. */
  readonly hasPortal: boolean
  readonly category: Category
  readonly requireVerified: boolean
  /** Channels that can send, by name. */
  readonly channels: ReadonlyMap<string, ChannelAbility>
  /** Order for those the person did not rank. */
  readonly workspaceOrder: readonly string[]
}

/**
 * Plans by which routes, in which order, a message goes to one person, with a reason for every route kept or skipped.
 * Order (P3): the message's `via` > the person's order of channels > the rank of their routes > the workspace's order.
 * The same input gives the same plan. No route usable: every entry is skipped.
 */
export function planDelivery(input: PlanInput): Plan {
  const wished = [...(input.via?.map(({ channel }) => channel) ?? []), ...input.preferences.order]
  const sorted = input.routes.toSorted(
    (a, b) =>
      placeIn(wished, a) - placeIn(wished, b) ||
      a.rank - b.rank ||
      placeIn(input.workspaceOrder, a) - placeIn(input.workspaceOrder, b),
  )
  return sorted.map((route) => judge(route, input))
}

/** Position of the first usable route at or after `from`; -1 when there is none. */
export function nextUsable(plan: Plan, from: number): number {
  return plan.findIndex((route, index) => index >= from && route.use)
}

/** Place of a route's channel in an order; those not named come last, all alike. */
function placeIn(order: readonly string[], { channel }: CandidateRoute): number {
  const index = order.indexOf(channel)
  return index === -1 ? order.length : index
}

function judge(route: CandidateRoute, input: PlanInput): PlannedRoute {
  const { channel, routeId, address } = route
  const skip = skipReason(route, input)
  if (skip !== undefined) return { channel, routeId, address, use: false, reason: skip }
  const next = input.via?.find((entry) => entry.channel === channel)?.next ?? input.next
  return {
    channel,
    routeId,
    address,
    use: true,
    reason: keepReason(channel, input),
    next,
    ...(input.via !== undefined && { requested: true }),
  }
}

function skipReason(route: CandidateRoute, input: PlanInput): SkipReason | undefined {
  if (input.via !== undefined && !input.via.some((entry) => entry.channel === route.channel))
    return 'not_requested'
  const ability = input.channels.get(route.channel)
  if (ability === undefined) return 'adapter_unavailable'
  const refused = refusalOfPerson(route, input)
  if (refused !== undefined) return refused
  if (route.isImpossible === true) return 'address_invalid'
  if (input.requireVerified && !route.verified) return 'not_verified'
  return input.answer === null || carries(ability, input.answer, input)
    ? undefined
    : 'cannot_carry_the_answer'
}

function refusalOfPerson(
  route: Pick<CandidateRoute, 'channel' | 'state' | 'isSuppressed' | 'isCategorySuppressed'>,
  input: Pick<PlanInput, 'preferences' | 'category'>,
): SkipReason | undefined {
  if (route.state !== 'open') return route.state
  if (route.isSuppressed) return 'suppressed'
  if (route.isCategorySuppressed && !input.category.required) return 'category_switched_off'
  return refusalByWish(input.preferences, input.category, route.channel)
}

/** Looks again, just before sending, whether the person still takes messages on this route. */
export { refusalOfPerson as recheckRoute }

function carries(ability: ChannelAbility, answer: AnswerKind, input: PlanInput): boolean {
  return ability.answers.includes(answer) || (input.capability === 'link' && ability.links && input.hasPortal)
}

function keepReason(channel: string, input: PlanInput): KeepReason {
  if (input.answer === null) return 'needs_no_answer'
  return input.channels.get(channel)?.answers.includes(input.answer) === true
    ? 'carries_the_answer'
    : 'answer_by_link'
}
