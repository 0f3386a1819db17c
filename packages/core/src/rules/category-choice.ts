import type { Category } from '../model/category.ts'
import type { Preferences } from '../model/preference.ts'

/** Why a person does not want a message on a channel, as far as they said so. */
export type WishRefusal = 'channel_switched_off' | 'category_switched_off' | 'category_not_switched_on'

/**
 * Whether a person wants messages of a category on a channel. A required category always comes. A channel that is switched off
 * altogether takes nothing else. Of the rest, what is said of the category on this channel goes before what is said of it
 * everywhere, `off` before `on`, and without a word the default of the category decides.
 *
 * @returns `undefined` when they do
 */
export function refusalByWish(
  { off, on = [] }: Pick<Preferences, 'off' | 'on'>,
  category: Category,
  channel: string,
): WishRefusal | undefined {
  if (category.required) return undefined
  if (off.some((entry) => entry.category === undefined && entry.channel === channel))
    return 'channel_switched_off'
  for (const place of [channel, undefined]) {
    const isMeant = (entry: {
      readonly category?: string | undefined
      readonly channel?: string | undefined
    }) => entry.category === category.name && entry.channel === place
    if (off.some(isMeant)) return 'category_switched_off'
    if (on.some(isMeant)) return undefined
  }
  return category.default === 'on' ? undefined : 'category_not_switched_on'
}

/**
 * Switches a category on or off on one channel, and leaves everything else as it is. What needs no word is not written: a
 * category that is on everywhere anyway has no entry.
 */
export function switchCategory(
  preferences: Preferences,
  category: Category,
  { channel, wanted }: { readonly channel: string; readonly wanted: boolean },
): Preferences {
  const isThis = (entry: { readonly category?: string | undefined; readonly channel?: string | undefined }) =>
    entry.category === category.name && entry.channel === channel
  const { on = [], ...rest } = preferences
  const without = withOn(
    { ...rest, off: rest.off.filter((entry) => !isThis(entry)) },
    on.filter((entry) => !isThis(entry)),
  )
  const isOn = isOnFor(without, category, channel)
  if (isOn === wanted) return without
  const entry = { channel, category: category.name }
  return wanted
    ? withOn(without, [...(without.on ?? []), entry])
    : { ...without, off: [...without.off, entry] }
}

/** Whether the category comes by this channel, but for the channel being switched off altogether. */
export function isOnFor(preferences: Preferences, category: Category, channel: string): boolean {
  const off = preferences.off.filter((entry) => entry.category !== undefined)
  return refusalByWish({ ...preferences, off }, category, channel) === undefined
}

function withOn(preferences: Omit<Preferences, 'on'>, on: NonNullable<Preferences['on']>): Preferences {
  return on.length === 0 ? preferences : { ...preferences, on }
}
