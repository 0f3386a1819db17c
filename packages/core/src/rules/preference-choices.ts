import { categoryOf, type Category } from '../model/category.ts'
import type { CheckedChoices } from '../model/preference-change.ts'
import type { Preferences } from '../model/preference.ts'
import { isOnFor, switchCategory } from './category-choice.ts'

/** What a page may say of: what the person was shown. Anything else in a form is passed over. */
export interface Shown {
  readonly channels: ReadonlySet<string>
  readonly categories: ReadonlyMap<string, Category>
}

/**
 * What a person wants after they chose on their page. What the page does not show stays as it is, and what they left as it was
 * is not written down.
 */
export function applyChoices(before: Preferences, choices: CheckedChoices, shown: Shown): Preferences {
  const named = choices.order.filter((channel) => shown.channels.has(channel))
  const others = before.order.filter((channel) => !named.includes(channel))
  let after: Preferences = { ...before, order: [...named, ...others] }
  for (const { channel, isOn } of choices.channels)
    if (shown.channels.has(channel)) after = switchChannel(after, channel, isOn)
  for (const { channel, category: name, isOn } of choices.categories) {
    const category = categoryOf(shown.categories, name)
    if (!shown.channels.has(channel) || !shown.categories.has(name) || category.required) continue
    if (isOnFor(after, category, channel) !== isOn)
      after = switchCategory(after, category, { channel, wanted: isOn })
  }
  const { window: _before, ...rest } = after
  return choices.window === null ? rest : { ...rest, window: choices.window }
}

function switchChannel(preferences: Preferences, channel: string, isOn: boolean): Preferences {
  const off = preferences.off.filter((entry) => entry.channel !== channel || entry.category !== undefined)
  return { ...preferences, off: isOn ? off : [...off, { channel }] }
}
