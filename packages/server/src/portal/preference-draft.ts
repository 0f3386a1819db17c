import type { PreferenceChoices, PreferenceView } from '@invite-me/core'
import type { PageLanguage } from './texts.ts'

/** A view that can be changed. */
export type OpenPreferences = Extract<PreferenceView, { status: 'open' }>

/** Days of the week as windows name them, Monday first. */
export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Day = (typeof days)[number]

/** A part of a day as it stands in two fields; either may be empty. */
interface DraftSpan {
  readonly from: string
  readonly to: string
}

/** What stands in the form: as it was stored, or as somebody typed it. */
export interface PreferenceDraft {
  readonly order: readonly string[]
  /** Boxes that are checked: `email`, and `email news`. */
  readonly checked: ReadonlySet<string>
  readonly hours: 'usual' | 'any' | 'own'
  readonly spans: Readonly<Record<Day, readonly DraftSpan[]>>
  readonly zone: string
}

/** Name of the box of a channel, or of a category on it. */
export function boxOf(channel: string, category?: string): string {
  return category === undefined ? channel : `${channel} ${category}`
}

const emptySpan: DraftSpan = { from: '', to: '' }

/** What stands in the form of a person who typed nothing yet. */
export function draftOf(view: OpenPreferences): PreferenceDraft {
  const { window } = view
  // Who never chose hours of their own begins with the usual ones.
  const shown = window === null || window === 'any' ? view.usualWindow : window
  return {
    order: view.channels.map(({ channel }) => channel),
    checked: new Set([
      ...view.channels.filter(({ isOn }) => isOn).map(({ channel }) => boxOf(channel)),
      ...view.choices.filter(({ isOn }) => isOn).map(({ channel, category }) => boxOf(channel, category)),
    ]),
    hours: window === null ? 'usual' : window === 'any' ? 'any' : 'own',
    spans: spansByDay((day) => {
      const spans = shown === 'any' ? [] : (shown[day] ?? [])
      // A field of a browser ends at 23:59; the end of the day is written as its beginning.
      return spans.map(({ from, to }) => ({ from, to: to === '24:00' ? '00:00' : to }))
    }),
    zone: view.zone ?? '',
  }
}

function spansByDay(read: (day: Day) => readonly DraftSpan[]): PreferenceDraft['spans'] {
  const spansOf = (day: Day): readonly DraftSpan[] => {
    const spans = read(day)
    return spans.length === 0 ? [emptySpan] : spans
  }
  return {
    mon: spansOf('mon'),
    tue: spansOf('tue'),
    wed: spansOf('wed'),
    thu: spansOf('thu'),
    fri: spansOf('fri'),
    sat: spansOf('sat'),
    sun: spansOf('sun'),
  }
}

type Fields = Readonly<Record<string, readonly string[]>>

/** Reads a posted form; what is missing in it, or cannot be meant, is as if nothing stood there. */
export function readDraft(fields: Fields, view: OpenPreferences): PreferenceDraft {
  const field = (name: string): readonly string[] => (Object.hasOwn(fields, name) ? (fields[name] ?? []) : [])
  const [hours = ''] = field('hours')
  const placeOf = (channel: string): number => Number(field(`place-${channel}`)[0] ?? Infinity)
  const channels = view.channels.map(({ channel }) => channel)
  return {
    // Of two at the same place the one that was moved there is meant: it comes first.
    order: channels.toSorted((one, other) => {
      const moved = (channel: string): number => (placeOf(channel) === channels.indexOf(channel) + 1 ? 1 : 0)
      return placeOf(one) - placeOf(other) || moved(one) - moved(other)
    }),
    checked: new Set(field('on')),
    hours: hours === 'any' || hours === 'own' ? hours : 'usual',
    spans: spansByDay((day) => {
      const ends = field(`to-${day}`)
      const spans = field(`from-${day}`).map((from, index) => ({ from, to: ends[index] ?? '' }))
      return spans.filter(({ from, to }) => from !== '' || to !== '').slice(0, 10)
    }),
    zone: field('zone')[0] ?? '',
  }
}

/** What a draft asks for, or a sentence about what is missing in it. */
export function choicesOf(
  draft: PreferenceDraft,
  view: OpenPreferences,
  language: PageLanguage,
): { readonly choices: PreferenceChoices } | { readonly hint: string } {
  const { preferences } = language.texts
  const window: Partial<Record<Day, DraftSpan[]>> = {}
  if (draft.hours === 'own') {
    for (const day of days) {
      const spans = draft.spans[day].filter((span) => span !== emptySpan)
      if (spans.some((span) => !isWhole(span))) return { hint: preferences.halfHours(dayName(day, language)) }
      if (spans.length > 0) window[day] = spans.map(withEnd)
    }
    if (Object.keys(window).length === 0) return { hint: preferences.noHours }
  }
  return {
    choices: {
      order: [...draft.order],
      channels: view.channels.map(({ channel }) => ({ channel, isOn: draft.checked.has(boxOf(channel)) })),
      categories: view.choices.map(({ channel, category }) => ({
        channel,
        category,
        isOn: draft.checked.has(boxOf(channel, category)),
      })),
      window: draft.hours === 'usual' ? null : draft.hours === 'any' ? 'any' : window,
      zone: draft.zone === '' ? null : draft.zone,
    },
  }
}

const time = /^([01]\d|2[0-3]):[0-5]\d$/

function isWhole({ from, to }: DraftSpan): boolean {
  return time.test(from) && time.test(to) && (from !== to || to === '00:00')
}

function withEnd({ from, to }: DraftSpan): DraftSpan {
  return { from, to: to === '00:00' ? '24:00' : to }
}

/** A day of the week in the page's language. */
export function dayName(day: Day, { locale }: PageLanguage): string {
  // The first of January 2024 was a Monday.
  const at = new Date(Date.UTC(2024, 0, 1 + days.indexOf(day)))
  return new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(at)
}
