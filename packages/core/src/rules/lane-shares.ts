import { lanes, type Lane } from '../model/lane.ts'

/** Share of the free slots each lane gets while all have work. Every lane's is above zero, so none starves. */
const weights: Readonly<Record<Lane, number>> = { 1: 32, 2: 16, 3: 8, 4: 4, 5: 2, 6: 1 }
const totalWeight = 63

/** What each lane is owed, in slots; carried from round to round. */
export type LaneCredits = Readonly<Record<Lane, number>>

/** Nothing owed. */
export const noCredits: LaneCredits = { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0 }

/**
 * Divides free slots over the lanes by weight (deficit round robin): fractions are carried over, so even one slot at a
 * time reaches lane 6 once in 63 rounds. Slots a lane cannot fill are offered again, lane 1 first.
 *
 * @param slots free slots, 0 or more
 * @returns whole slots to ask for per lane, and the credits before anything is taken
 */
export function shareSlots(
  credits: LaneCredits,
  slots: number,
): { readonly quota: LaneCredits; readonly credits: LaneCredits } {
  const owed = { ...noCredits }
  const quota = { ...noCredits }
  for (const lane of lanes) {
    owed[lane] = credits[lane] + (slots * weights[lane]) / totalWeight
    quota[lane] = Math.floor(owed[lane])
  }
  return { quota, credits: owed }
}

/**
 * Books what a lane took. A lane that had less work than its quota is empty and keeps no credit, so that it cannot save
 * up a burst; what it is owed is otherwise at most one round.
 */
export function bookLane(credits: LaneCredits, lane: Lane, quota: number, taken: number): LaneCredits {
  const isEmpty = taken < quota || (quota === 0 && credits[lane] > 1)
  return { ...credits, [lane]: isEmpty ? 0 : Math.max(0, credits[lane] - taken) }
}
