import { announceDue } from '../ledger/announce-due.ts'
import { writeWishes } from '../ledger/write-wishes.ts'
import { InviteMeError } from '../model/error.ts'
import {
  preferenceChangeSchema,
  preferenceChoicesSchema,
  type PersonPreferences,
  type PreferenceChange,
  type PreferenceChanges,
  type PreferenceChoices,
} from '../model/preference-change.ts'
import type { PreferenceView } from '../model/preference-view.ts'
import { parseInput } from '../model/parse.ts'
import type { Preferences } from '../model/preference.ts'
import type { Recipient } from '../model/recipient.ts'
import type { Suppression } from '../model/suppression.ts'
import type { DueHint } from '../ports/queue.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { isOnFor } from '../rules/category-choice.ts'
import { applyChoices } from '../rules/preference-choices.ts'
import { hashToken, makeToken, tokenBytes } from '../rules/response-link.ts'

/** What a person wants, as it is told. */
export function preferencesOf({ preferences, zone }: Recipient): PersonPreferences {
  const { order, off, on = [], window } = preferences
  return { order, off, on, window, zone }
}

/**
 * Changes what a person wants, in the parts that are given.
 * @throws InviteMeError `RECIPIENT_UNKNOWN`, or `REQUEST_INVALID` naming the part
 */
export async function changePreferences(
  world: World,
  externalId: string,
  change: PreferenceChange,
): Promise<PersonPreferences> {
  const { zone, ...given } = parseInput(preferenceChangeSchema, change, {
    code: 'REQUEST_INVALID',
    what: 'The preferences were refused',
  })
  return changeOf(world, externalId, async (parts, person) => {
    const preferences = withChange(person.preferences, given)
    const refused = await parts.recipients.suppressed(person.routes)
    // Who switches a category on by name takes back what they refused by a link.
    const lifted = refusedCategories(refused).filter(({ channel, category }) =>
      (given.on ?? []).some(
        (entry) => entry.category === category && (entry.channel === undefined || entry.channel === channel),
      ),
    )
    const wishes = { preferences, zone: zone === undefined ? person.zone : (zone ?? undefined) }
    return writeWishes(world, parts, person, { wishes, source: 'host', lifted })
  })
}

async function changeOf(
  world: World,
  externalId: string,
  write: (parts: StoreParts, person: Recipient) => Promise<readonly DueHint[]>,
): Promise<PersonPreferences> {
  const hints = await world.store.transaction(
    async (parts) => {
      const person = await parts.recipients.lock(externalId)
      if (person === undefined) throw unknownPerson(externalId)
      return write(parts, person)
    },
    { alone: true },
  )
  await announceDue(world, hints)
  const [person] = await world.store.recipients.byExternalIds([externalId])
  if (person === undefined) throw unknownPerson(externalId)
  return preferencesOf(person)
}

/** The parts that are given replace what was there; `undefined` stays, `window: null` is taken out. */
function withChange(
  before: Preferences,
  { order, off, on, window }: Omit<PreferenceChanges, 'zone'>,
): Preferences {
  const kept = { on: on ?? before.on, window: window === undefined ? before.window : (window ?? undefined) }
  return {
    order: order ?? before.order,
    off: off ?? before.off,
    ...(kept.on !== undefined && kept.on.length > 0 && { on: kept.on }),
    ...(kept.window !== undefined && { window: kept.window }),
  }
}

/**
 * Makes the address of a person's page of preferences. It works until it has run out, as often as they like.
 * @throws InviteMeError `RECIPIENT_UNKNOWN`, or `OPTIONS_INVALID` without `options.portal`
 */
export async function makePreferencesLink(
  world: World,
  externalId: string,
  lifeMs: number = world.settings.policies.linkLifeMs,
): Promise<{ readonly url: string; readonly expiresAt: Date }> {
  const { portalUrl } = world.settings
  if (portalUrl === null)
    throw new InviteMeError(
      'OPTIONS_INVALID',
      'Links to the page of preferences need the address of the portal: set portal: { url }.',
      { field: 'portal' },
    )
  const [person] = await world.store.recipients.byExternalIds([externalId])
  if (person === undefined) throw unknownPerson(externalId)
  const { token, expiresAt } = await issueLink(world, world.store, person.id, lifeMs)
  return { url: `${portalUrl}/p/${token}`, expiresAt }
}

/** Writes a link for a person whose preferences are to be shown. */
export async function issueLink(
  world: World,
  parts: Pick<StoreParts, 'links'>,
  recipientId: string,
  lifeMs: number,
): Promise<{ readonly token: string; readonly expiresAt: Date }> {
  const token = makeToken(world.random.bytes(tokenBytes))
  const createdAt = new Date(world.clock.now())
  const expiresAt = new Date(createdAt.getTime() + lifeMs)
  await parts.links.issuePreferences({ hash: hashToken(token) ?? '', recipientId, expiresAt, createdAt })
  return { token, expiresAt }
}

/** Whose page a token opens; `expired` when it has run out. */
async function personBehind(world: World, token: string): Promise<Recipient | 'expired' | undefined> {
  const hash = hashToken(token)
  const link = hash === undefined ? undefined : await world.store.links.preferencesByHash(hash)
  if (link === undefined) return undefined
  if (world.clock.now() >= link.expiresAt.getTime()) return 'expired'
  return (await world.store.recipients.byIds([link.recipientId]))[0]
}

/** What the page of preferences shows; changes nothing. */
export async function openPreferences(world: World, token: string): Promise<PreferenceView> {
  const person = await personBehind(world, token)
  if (person === undefined) return { status: 'unknown' }
  if (person === 'expired') return { status: 'expired', locale: world.settings.locale }
  const { categories, locale, policies } = world.settings
  const { preferences } = person
  const suppressed = await world.store.recipients.suppressed(person.routes)
  const channels = channelsOf(world, person)
  return {
    status: 'open',
    name: person.name ?? null,
    locale: person.locale ?? locale,
    channels: channels.map((channel) => ({
      channel,
      isOn: !preferences.off.some((entry) => entry.channel === channel && entry.category === undefined),
      isStopped: isStopped(person, channel, suppressed),
    })),
    categories: [...categories.values()],
    choices: channels.flatMap((channel) =>
      [...categories.values()].map((category) => ({
        channel,
        category: category.name,
        isOn:
          isOnFor(preferences, category, channel) &&
          (category.required ||
            !suppressed.some((one) => one.channel === channel && one.category === category.name)),
      })),
    ),
    window: preferences.window ?? null,
    usualWindow: policies.window,
    zone: person.zone ?? null,
  }
}

/** Media of a person that are configured here, in their own order. */
function channelsOf({ channels, settings }: World, { preferences, routes }: Recipient): readonly string[] {
  const known = [...new Set(routes.map(({ channel }) => channel))].filter((channel) => channels.has(channel))
  const placeIn = (order: readonly string[], channel: string): number =>
    order.includes(channel) ? order.indexOf(channel) : order.length
  const rankOf = (channel: string): number =>
    Math.min(...routes.filter((route) => route.channel === channel).map(({ rank }) => rank))
  return known.toSorted(
    (one, other) =>
      placeIn(preferences.order, one) - placeIn(preferences.order, other) ||
      rankOf(one) - rankOf(other) ||
      placeIn(settings.order, one) - placeIn(settings.order, other),
  )
}

function isStopped({ routes }: Recipient, channel: string, suppressed: readonly Suppression[]): boolean {
  return routes
    .filter((route) => route.channel === channel)
    .every(
      ({ address, state }) =>
        state !== 'open' ||
        suppressed.some((one) => one.channel === channel && one.address === address && one.category === null),
    )
}

function refusedCategories(suppressed: readonly Suppression[]) {
  return suppressed.flatMap(({ channel, address, category }) =>
    category === null ? [] : [{ channel, address, category }],
  )
}

/**
 * Saves what a person chose on their page.
 * @throws InviteMeError `REQUEST_INVALID` naming the field, when something cannot be meant
 */
export async function savePreferences(
  world: World,
  token: string,
  given: PreferenceChoices,
): Promise<{ readonly status: 'done' | 'expired' | 'unknown' }> {
  const choices = parseInput(preferenceChoicesSchema, given, {
    code: 'REQUEST_INVALID',
    what: 'The preferences were refused',
  })
  const found = await personBehind(world, token)
  if (found === undefined) return { status: 'unknown' }
  if (found === 'expired') return { status: 'expired' }
  await changeOf(world, found.externalId, async (parts, person) => {
    const { categories } = world.settings
    const shown = { channels: new Set(channelsOf(world, person)), categories }
    const refused = await parts.recipients.suppressed(person.routes)
    const lifted = refusedCategories(refused).filter(({ channel, category }) =>
      choices.categories.some((one) => one.channel === channel && one.category === category && one.isOn),
    )
    const preferences = applyChoices(person.preferences, choices, shown)
    const wishes = { preferences, zone: choices.zone ?? undefined }
    return writeWishes(world, parts, person, { wishes, source: 'portal', lifted })
  })
  return { status: 'done' }
}

/** Nobody has this id. */
export function unknownPerson(externalId: string): InviteMeError {
  return new InviteMeError(
    'RECIPIENT_UNKNOWN',
    `There is no recipient with the externalId "${externalId}".`,
    { field: 'externalId' },
  )
}
