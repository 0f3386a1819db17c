import type { Category } from '../model/category.ts'
import type { Suppression } from '../model/suppression.ts'

interface Place {
  readonly channel: string
  readonly address: string
}

/** What suppressions say of one address. */
export interface PlaceRefusal {
  /** Nothing at all may be sent there. */
  readonly isSuppressed: boolean
  /** Nothing of this category may be. */
  readonly isCategorySuppressed: boolean
}

/**
 * Finds among suppressions what they say of an address.
 * @returns looks one address up, for messages of one category
 */
export function refusalsAmong(
  suppressions: readonly Suppression[],
): (place: Place, category: Pick<Category, 'name'>) => PlaceRefusal {
  const known = new Set(suppressions.map(({ category, ...place }) => keyOf(place, category)))
  return (place, { name }) => ({
    isSuppressed: known.has(keyOf(place, null)),
    isCategorySuppressed: known.has(keyOf(place, name)),
  })
}

function keyOf({ channel, address }: Place, category: string | null): string {
  return `${channel} ${category ?? ''} ${address}`
}
