import type { Plan, PlannedRoute } from '../model/plan.ts'

/** By what the order of routes goes; see `planDelivery`. */
export interface RouteOrder {
  /** The person's order of channels; those not named come last, all alike. */
  readonly order: readonly string[]
  readonly workspaceOrder: readonly string[]
  /** The person's own ranking of a route, 1 first. */
  readonly rankOf: (routeId: string | null) => number
}

/**
 * Puts the routes that may still be used, from a position on, into another order. What is skipped stays where it is, so that the
 * position goes on to mean the next route. Routes the message itself put in order stay in it.
 *
 * @returns the same plan when nothing changes its place
 */
export function reorderPlan(plan: Plan, from: number, { order, workspaceOrder, rankOf }: RouteOrder): Plan {
  const places = plan.flatMap((route, index) => (index >= from && route.use ? [index] : []))
  const routes = places.flatMap((index) => plan[index] ?? [])
  if (from < 0 || routes.some((route) => route.use && route.requested === true)) return plan
  const placeIn = (list: readonly string[], { channel }: PlannedRoute): number =>
    list.includes(channel) ? list.indexOf(channel) : list.length
  const sorted = routes.toSorted(
    (one, other) =>
      placeIn(order, one) - placeIn(order, other) ||
      compare(rankOf(one.routeId), rankOf(other.routeId)) ||
      placeIn(workspaceOrder, one) - placeIn(workspaceOrder, other),
  )
  if (sorted.every((route, index) => route === routes[index])) return plan
  return plan.map((route, index) => sorted[places.indexOf(index)] ?? route)
}

/** Two of no rank are alike; the difference of two infinities is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other
}
