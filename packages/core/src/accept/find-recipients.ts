import type { Category } from '../model/category.ts'
import { InviteMeError } from '../model/error.ts'
import type { ResolvedTo } from '../model/message.ts'
import { noPreferences, type Preferences } from '../model/preference.ts'
import type { Recipient } from '../model/recipient.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import type { CandidateRoute } from '../rules/plan-delivery.ts'
import { refusalsAmong } from '../rules/refused-places.ts'

/** Somebody a message goes to: a known person, or a bare address. */
export interface Addressee {
  readonly recipientId: string | null
  /** What the caller wrote. */
  readonly to: string
  readonly name: string | null
  readonly locale: string | null
  readonly zone: string | undefined
  readonly attributes: Recipient['attributes']
  readonly preferences: Preferences
  readonly routes: readonly CandidateRoute[]
}

type Unchecked = Omit<Addressee, 'routes'> & {
  readonly routes: readonly Omit<CandidateRoute, 'isSuppressed' | 'isCategorySuppressed'>[]
}

/**
 * Finds who is meant, in order, each person once: by externalId, else as a bare address that one of the channels recognises.
 * @throws InviteMeError `RECIPIENT_UNKNOWN` or `ADDRESS_INVALID`, naming the entry
 */
export async function findRecipients(
  world: World,
  parts: StoreParts,
  { to, category }: { readonly to: readonly ResolvedTo[]; readonly category: Category },
): Promise<readonly Addressee[]> {
  const externalIds = to.filter((entry) => typeof entry === 'string')
  const known = new Map(
    // Held, so that nobody is forgotten between being found and being written to.
    (await parts.recipients.hold([...new Set(externalIds)])).map((recipient) => [
      recipient.externalId,
      recipient,
    ]),
  )
  const found = to.map((entry, index) => {
    const recipient = typeof entry === 'string' ? known.get(entry) : undefined
    return recipient === undefined ? bareAddressee(world, entry, index) : knownAddressee(world, recipient)
  })
  const distinct = [
    ...new Map(found.map((addressee) => [addressee.recipientId ?? identity(addressee), addressee])).values(),
  ]
  const refusalOf = refusalsAmong(await parts.recipients.suppressed(distinct.flatMap(({ routes }) => routes)))
  return distinct.map((addressee) => ({
    ...addressee,
    routes: addressee.routes.map((route) => ({
      ...route,
      ...refusalOf(route, category),
    })),
  }))
}

function identity(addressee: Unchecked): string {
  return addressee.routes.map(({ channel, address }) => `${channel} ${address}`).join('\n')
}

function knownAddressee(world: World, recipient: Recipient): Unchecked {
  const isStrict = world.settings.policies.addressCheck !== 'tryAndRecord'
  return {
    recipientId: recipient.id,
    to: recipient.externalId,
    name: recipient.name ?? null,
    locale: recipient.locale ?? null,
    zone: recipient.zone,
    attributes: recipient.attributes,
    preferences: recipient.preferences,
    routes: recipient.routes.map((route) => ({
      channel: route.channel,
      routeId: route.id,
      address: route.address,
      rank: route.rank,
      state: route.state,
      verified: route.verified,
      isImpossible: isStrict && world.channels.get(route.channel)?.address?.(route.address).ok === false,
    })),
  }
}

function bareAddressee(world: World, entry: ResolvedTo, index: number): Unchecked {
  const field = `to.${String(index)}`
  const addresses = typeof entry === 'string' ? recognised(world, entry) : Object.entries(entry.routes)
  const routes = addresses.map(([channel, address]) => ({
    channel,
    routeId: null,
    address: canonicalAddress(world, channel, address, `${field}.routes.${channel}`),
    rank: 1,
    state: 'open' as const,
    verified: false,
  }))
  const [first] = routes
  if (first === undefined) {
    throw new InviteMeError(
      'RECIPIENT_UNKNOWN',
      `"${field}" is neither the externalId of a known recipient nor an address one of the channels recognises.`,
      { field },
    )
  }
  const person =
    typeof entry === 'string'
      ? { name: null, locale: null }
      : { name: entry.name ?? null, locale: entry.locale ?? null }
  return {
    recipientId: null,
    to: typeof entry === 'string' ? entry : first.address,
    ...person,
    zone: undefined,
    attributes: {},
    preferences: noPreferences,
    routes,
  }
}

/** Channels whose address this text certainly is; one that neither recognises nor checks any text takes none. */
function recognised(world: World, text: string): readonly (readonly [string, string])[] {
  return [...world.channels.values()]
    .filter((channel) => channel.recognises?.(text) ?? channel.address?.(text).ok === true)
    .map((channel) => [channel.name, text] as const)
}

/**
 * The one spelling of an address, so that a person under two spellings is one route.
 * By default (P8) an impossible address is kept as it is, to be tried and recorded.
 */
export function canonicalAddress(world: World, channel: string, address: string, field: string): string {
  const checked = world.channels.get(channel)?.address?.(address)
  if (checked === undefined) return address
  if (checked.ok) return checked.address
  if (world.settings.policies.addressCheck === 'tryAndRecord') return address
  throw new InviteMeError(
    'ADDRESS_INVALID',
    `"${field}" cannot be an address of the channel "${channel}": ${checked.reason}.`,
    { field },
  )
}
