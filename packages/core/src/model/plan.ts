/** When a route that took the message is given up for the next one. */
export interface NextRule {
  /** What must have happened: the provider took it, it arrived, it was read, it was answered. */
  readonly unless: 'accepted' | 'delivered' | 'seen' | 'answered'
  /** How long to wait for it, counted from the provider's acceptance; `null` for `accepted`, which needs no timer. */
  readonly withinMs: number | null
}

/** Why a route is kept in a plan. */
export type KeepReason = 'carries_the_answer' | 'answer_by_link' | 'needs_no_answer'

/** Why a route is left out of a plan. */
export type SkipReason =
  | 'not_requested'
  | 'adapter_unavailable'
  | 'cannot_carry_the_answer'
  | 'opted_out'
  | 'suppressed'
  | 'bounced'
  | 'blocked'
  | 'channel_switched_off'
  | 'category_switched_off'
  | 'category_not_switched_on'
  | 'address_invalid'
  | 'not_verified'

interface RouteInPlan {
  readonly channel: string
  /** `null` for a bare address without a profile. */
  readonly routeId: string | null
  readonly address: string
}

/** One route of a plan, kept or skipped, with its reason. */
export type PlannedRoute =
  | (RouteInPlan & {
      readonly use: true
      readonly reason: KeepReason
      readonly next: NextRule
      /** The message itself named its channels, best first: the person's order does not change that. */
      readonly requested?: true
    })
  | (RouteInPlan & { readonly use: false; readonly reason: SkipReason })

/** The ordered routes of a delivery, best first; positions in receipts and deliveries index this list. */
export type Plan = readonly PlannedRoute[]
