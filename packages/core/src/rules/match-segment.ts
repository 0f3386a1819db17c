import { categoryOf, type Category } from '../model/category.ts'
import { answeredStates, type InvitationRecord } from '../model/invitation.ts'
import type { Recipient } from '../model/recipient.ts'
import type { Route } from '../model/route.ts'
import type {
  AnsweredCondition,
  AttributeCondition,
  AttributeValue,
  CategoryCondition,
  SegmentFilter,
} from '../model/segment.ts'
import { refusalByWish } from './category-choice.ts'

/** What is known of a person when a filter is put to them. */
export interface SegmentSubject {
  readonly recipient: Recipient
  /** Whether an address must not be written to, whatever its route says: at all (`null`), or with a category. */
  readonly isSuppressed: (route: Pick<Route, 'channel' | 'address'>, category: string | null) => boolean
  /** Those of the workspace. */
  readonly categories: ReadonlyMap<string, Category>
  /** What became of the questions a message asked them; a message may have asked them several times. */
  readonly invitations: (messageId: string) => readonly Pick<InvitationRecord, 'state' | 'value'>[]
}

/**
 * Whether a person is in a segment. Every condition is either true or false: a missing attribute, or one of another type than
 * what it is compared with, passes only `isNot` and `exists: false`. The store finds the same people by SQL.
 */
export function matchesSegment(filter: SegmentFilter, subject: SegmentSubject): boolean {
  const { recipient } = subject
  if ('all' in filter) return filter.all.every((part) => matchesSegment(part, subject))
  if ('any' in filter) return filter.any.some((part) => matchesSegment(part, subject))
  if ('not' in filter) return !matchesSegment(filter.not, subject)
  if ('attribute' in filter) return attributePasses(filter, recipient.attributes)
  if ('locale' in filter) return localePasses(filter.locale, recipient.locale)
  if ('zone' in filter) return filter.zone?.toLowerCase() === recipient.zone?.toLowerCase()
  if ('has' in filter) return openRoutes(subject).some(({ channel }) => channel === filter.has)
  if ('category' in filter) return categoryPasses(filter, subject)
  if ('answered' in filter) return answerPasses(filter, subject)
  return recipient.externalId.startsWith(filter.externalId.startsWith)
}

function attributePasses(
  { attribute, ...test }: AttributeCondition,
  attributes: Recipient['attributes'],
): boolean {
  const value = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined
  if (test.exists !== undefined) return (value !== undefined) === test.exists
  if (test.is !== undefined) return value === test.is
  if (test.isNot !== undefined) return value !== test.isNot
  if (test.in !== undefined) return value !== undefined && test.in.includes(value)
  if (test.startsWith !== undefined) return typeof value === 'string' && value.startsWith(test.startsWith)
  if (test.lessThan !== undefined) return isBefore(value, test.lessThan)
  if (test.atLeast !== undefined)
    return typeof value === typeof test.atLeast && !isBefore(value, test.atLeast)
  return false
}

/** False for values of different types: they have no order. */
function isBefore(value: AttributeValue | undefined, other: string | number): boolean {
  if (typeof value === 'number' && typeof other === 'number') return value < other
  return typeof value === 'string' && typeof other === 'string' && compareCodePoints(value, other) < 0
}

/** As databases order text that has no language; `<` alone goes by units of UTF-16, which puts 🦊 before ﬀ. */
function compareCodePoints(one: string, other: string): number {
  const rest = other[Symbol.iterator]()
  for (const letter of one) {
    const { value, done } = rest.next()
    if (done === true) return 1
    const difference = (letter.codePointAt(0) ?? 0) - (value.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return rest.next().done === true ? 0 : -1
}

/** Basic filtering of RFC 4647 §3.3.1. */
function localePasses(wanted: string | null, locale: string | undefined): boolean {
  if (wanted === null || locale === undefined) return wanted === null && locale === undefined
  return `${locale.toLowerCase()}-`.startsWith(`${wanted.toLowerCase()}-`)
}

function openRoutes({ recipient, isSuppressed }: SegmentSubject): readonly Route[] {
  return recipient.routes.filter((route) => route.state === 'open' && !isSuppressed(route, null))
}

function categoryPasses(
  { category: name, channel, isOn }: CategoryCondition,
  subject: SegmentSubject,
): boolean {
  const category = categoryOf(subject.categories, name)
  const isReached = openRoutes(subject).some(
    (route) =>
      (channel === undefined || route.channel === channel) &&
      (category.required || !subject.isSuppressed(route, name)) &&
      refusalByWish(subject.recipient.preferences, category, route.channel) === undefined,
  )
  return isReached === isOn
}

function answerPasses(
  { answered: { message, state, value } }: AnsweredCondition,
  subject: SegmentSubject,
): boolean {
  const states: readonly string[] = state === undefined ? answeredStates : [state]
  return subject
    .invitations(message)
    .some(
      (invitation) =>
        states.includes(invitation.state) &&
        (value === undefined ||
          (Array.isArray(invitation.value) ? invitation.value : [invitation.value]).includes(value)),
    )
}
