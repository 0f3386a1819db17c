import { lanes, type Lane } from '../model/lane.ts'

/** Share of the free slots each lane gets while all have work. Every lane's is above zero, so none starves. */
const weights: Readonly<Record<Lane, number>> = { 1: 32, 2: 16, 3: 8, 4: 4, 5: 2, 6: 1 }
const totalWeight = 63

/** What each lane is owed, in slots; carried from round to round. */
export type LaneCredits = Readonly<Record<Lane, number>>

/** Nothing owed. */
export const noCredits: LaneCredits = { 1: 0, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0 }

/**
 * Divides free slots over the lanes by weight (smooth weighted round robin): each slot goes to the lane that is owed most.
 * What is not given is carried over, so even one slot at a time reaches lane 6 once in about 63.
 *
 * @param slots free slots, 0 or more
 * @returns slots to ask for per lane, `slots` in all, and what is owed afterwards
 */
export function shareSlots(
  credits: LaneCredits,
  slots: number,
): { readonly quota: LaneCredits; readonly credits: LaneCredits } {
  const owed = { ...credits }
  const quota = { ...noCredits }
  for (let slot = 0; slot < slots; slot += 1) {
    for (const lane of lanes) owed[lane] += weights[lane] / totalWeight
    const next = lanes.reduce((best, lane) => (owed[lane] > owed[best] ? lane : best))
    owed[next] -= 1
    quota[next] += 1
  }
  return { quota, credits: owed }
}

/** Books a lane that had less work than its share: it is owed nothing, so that it cannot save up a burst. */
export function bookEmpty(credits: LaneCredits, lane: Lane): LaneCredits {
  return { ...credits, [lane]: 0 }
}
