/** Where the span of work for several messages belongs. */
export interface JoinedTraces {
  /** `null` when they are of several traces, or of none. */
  readonly parent: string | null
  readonly links: readonly string[]
}

/**
 * Finds the place of work done for several places at once: below the first of them when all are of one trace, else on its own
 * and linked to each, since a span has one parent.
 *
 * @param places W3C `traceparent`s, `null` where nothing was traced
 */
export function joinTraces(places: readonly (string | null)[]): JoinedTraces {
  const [first, ...others] = new Set(places.filter((place) => place !== null))
  if (first === undefined) return { parent: null, links: [] }
  if (others.every((place) => isSameTrace(place, first))) return { parent: first, links: others }
  return { parent: null, links: [first, ...others] }
}

/** Whether two places are of one trace. */
export function isSameTrace(one: string, other: string): boolean {
  return traceIdOf(one) === traceIdOf(other)
}

/** W3C Trace Context §3.2: two digits of version, a hyphen, 32 digits. */
function traceIdOf(place: string): string {
  return place.slice(3, 35)
}
