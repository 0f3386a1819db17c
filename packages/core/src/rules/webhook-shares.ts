/** How many posts may be under way at once, in one process. */
export interface PostLimits {
  /** To one endpoint that works. */
  readonly perEndpoint: number
  /** To one that failed the last time: enough to notice that it is back. */
  readonly perFailing: number
  /** To all together. */
  readonly inAll: number
  /** To all that fail together, so that those that hang leave room for the others. */
  readonly toFailing: number
}

/** A few hundred bytes each, for 15 s at most; more would only wait at the endpoints. */
export const postLimits: PostLimits = { perEndpoint: 5, perFailing: 1, inAll: 50, toFailing: 20 }

/** An endpoint with something due, or with posts under way. */
export interface PostedEndpoint {
  readonly endpointId: string
  readonly isDue: boolean
  readonly isFailing: boolean
  /** Posts to it that are under way. */
  readonly underWay: number
}

/**
 * Shares out the free places evenly, beginning with those that have the fewest posts under way, so that no endpoint waits behind
 * another's backlog.
 *
 * @param endpoints all that are enabled, each once
 * @returns most postings to take of each, at least 1; an endpoint without a place is left out
 */
export function sharePosts(
  endpoints: readonly PostedEndpoint[],
  limits: PostLimits = postLimits,
): ReadonlyMap<string, number> {
  let free = limits.inAll - allUnderWay(endpoints)
  let freeToFailing = limits.toFailing - allUnderWay(endpoints.filter(({ isFailing }) => isFailing))
  const due = endpoints.filter(({ isDue }) => isDue).toSorted((one, other) => one.underWay - other.underWay)
  const even = Math.max(1, Math.floor(free / Math.max(1, due.length)))
  const shares = new Map<string, number>()
  for (const { endpointId, isFailing, underWay } of due) {
    const own = isFailing
      ? Math.min(limits.perFailing - underWay, freeToFailing)
      : limits.perEndpoint - underWay
    const share = Math.min(own, even, free)
    if (share <= 0) continue
    shares.set(endpointId, share)
    free -= share
    if (isFailing) freeToFailing -= share
  }
  return shares
}

function allUnderWay(endpoints: readonly PostedEndpoint[]): number {
  return endpoints.reduce((all, { underWay }) => all + underWay, 0)
}
