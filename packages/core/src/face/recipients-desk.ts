import { canonicalAddress } from '../accept/find-recipients.ts'
import { announceDue } from '../ledger/announce-due.ts'
import { judgeHeldAgain } from '../ledger/judge-held-again.ts'
import type { ImportRecord, ImportReport, Page, Recipients } from './face.ts'
import { importRecords } from './import-records.ts'
import { durationSchema, type Duration } from '../model/duration.ts'
import { InviteMeError } from '../model/error.ts'
import {
  addressSchema,
  recipientInputSchema,
  type RecipientDraft,
  type RecipientInput,
} from '../model/recipient.ts'
import { parseInput } from '../model/parse.ts'
import { categorySchema } from '../model/preference.ts'
import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, PageRequest, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { makeConnectAddress } from '../respond/connect.ts'
import { optIn, optOut, placeOf } from '../respond/opt-out.ts'
import {
  changePreferences,
  makePreferencesLink,
  preferencesOf,
  unknownPerson,
} from '../respond/preferences.ts'
import { newId } from '../rules/uuid.ts'
import { SeenNames } from './seen-names.ts'

/** Records of an import written in one transaction; bounds what is held in memory. */
const importBatch = 500

/** A page request with its default, within its bounds. */
export function pageOf(page: Page = {}): PageRequest {
  return { limit: boundedLimit(page.limit), ...(page.after !== undefined && { after: page.after }) }
}

/** How many rows a page has: 1 to 1,000, default 100. */
export function boundedLimit(wanted: number | undefined): number {
  const limit = Number(wanted ?? 100)
  return Number.isNaN(limit) ? 100 : Math.min(Math.max(Math.trunc(limit), 1), 1_000)
}

/**
 * The engine's people desk, but for what is kept and forgotten about one of them.
 * @param change does what is told to those who listen
 */
export function recipientsDesk(
  world: World,
  change: <Result>(work: () => Promise<Result>) => Promise<Result>,
): Omit<Recipients, 'export' | 'erase'> {
  /** Who says yes or no to an address writes to it alone. */
  const consent = (
    channel: string,
    address: string,
    write: (parts: StoreParts, place: ChannelAddress) => Promise<void>,
  ): Promise<void> =>
    change(async () => {
      const place = addressOf(world, channel, address)
      await world.store.transaction((parts) => write(parts, place), { alone: true })
    })
  return {
    upsert: async (input) => {
      const draft = readRecipient(world, input)
      await upsert(world, [draft])
      const [recipient] = await world.store.recipients.byExternalIds([draft.externalId])
      if (recipient === undefined)
        throw new InviteMeError('INTERNAL', 'A recipient that was just written is missing.')
      return recipient
    },
    get: async (externalId) => (await world.store.recipients.byExternalIds([externalId]))[0],
    list: (page) => world.store.recipients.list(pageOf(page)),
    import: (source) => importRecipients(world, source),
    importFrom: (directory, { signal = new AbortController().signal } = {}) =>
      importRecipients(world, recordsOf(directory.people({ signal, log: world.log }))),
    connectAddress: (externalId, channelName, { expiresIn } = {}) =>
      makeConnectAddress(world, {
        externalId,
        channelName,
        lifeMs: expiresIn === undefined ? undefined : readDuration(expiresIn, 'expiresIn'),
      }),
    optOut: (channel, address, { category } = {}) => {
      const refused = readCategory(category)
      return consent(channel, address, (parts, place) =>
        optOut(world, parts, place, { source: 'host', category: refused }),
      )
    },
    optIn: (channel, address, { category } = {}) => {
      const taken = readCategory(category)
      return consent(channel, address, (parts, place) => optIn(parts, place, taken))
    },
    preferences: async (externalId) => {
      const [person] = await world.store.recipients.byExternalIds([externalId])
      if (person === undefined) throw unknownPerson(externalId)
      return preferencesOf(person)
    },
    setPreferences: (externalId, given) => change(() => changePreferences(world, externalId, given)),
    preferencesLink: (externalId, { expiresIn } = {}) =>
      change(() =>
        makePreferencesLink(
          world,
          externalId,
          expiresIn === undefined ? undefined : readDuration(expiresIn, 'expiresIn'),
        ),
      ),
  }
}

function readCategory(category: string | undefined): string | null {
  return (
    parseInput(categorySchema.optional(), category, {
      code: 'REQUEST_INVALID',
      path: 'category',
      what: 'The category was refused',
    }) ?? null
  )
}

async function* recordsOf(people: AsyncIterable<RecipientInput>): AsyncGenerator<ImportRecord> {
  for await (const recipient of people) yield { recipient }
}

function readDuration(duration: Duration, field: string): number {
  return parseInput(durationSchema, duration, {
    code: 'REQUEST_INVALID',
    path: field,
    what: 'The time was refused',
  })
}

/** An address of a configured channel, as a caller wrote it, in its one spelling. */
export function addressOf(world: World, channel: string, address: string): ChannelAddress {
  const checked = parseInput(addressSchema, address, {
    code: 'ADDRESS_INVALID',
    path: 'address',
    what: 'The address was refused',
  })
  return placeOf(channelOf(world, channel), checked)
}

function channelOf(world: World, name: string): Channel {
  const channel = world.channels.get(name)
  if (channel === undefined)
    throw new InviteMeError('CHANNEL_UNKNOWN', `The channel "${name}" is not configured.`, {
      field: 'channel',
    })
  return channel
}

function readRecipient(world: World, input: RecipientInput): RecipientDraft {
  const draft = parseInput(recipientInputSchema, input, {
    code: 'REQUEST_INVALID',
    what: 'The recipient was refused',
  })
  if (draft.routes === undefined) return draft
  return {
    ...draft,
    routes: draft.routes.map((route, index) => ({
      ...route,
      address: canonicalAddress(world, route.channel, route.address, `routes.${String(index)}.address`),
    })),
  }
}

async function upsert(world: World, drafts: readonly RecipientDraft[]): Promise<void> {
  const now = new Date(world.clock.now())
  const hints = await world.store.transaction(
    async (parts) => {
      const moving = await peopleWithOtherHours(parts, drafts)
      await parts.recipients.upsert(drafts, () => newId(world), now)
      return judgeHeldAgain(world, parts, moving)
    },
    { alone: true },
  )
  await announceDue(world, hints)
}

/** Ids of those who are known already and get another zone or window by a draft. */
async function peopleWithOtherHours(
  parts: StoreParts,
  drafts: readonly RecipientDraft[],
): Promise<readonly string[]> {
  const telling = drafts.filter(({ zone, preferences }) => zone !== undefined || preferences !== undefined)
  if (telling.length === 0) return []
  const people = await parts.recipients.byExternalIds(telling.map(({ externalId }) => externalId))
  const known = new Map(people.map((person) => [person.externalId, person]))
  const moved = telling.flatMap(({ externalId, preferences, zone }) => {
    const person = known.get(externalId)
    if (person === undefined) return []
    const hasOtherZone = zone !== undefined && zone !== person.zone
    const hasOtherWindow =
      preferences !== undefined &&
      JSON.stringify(preferences.window) !== JSON.stringify(person.preferences.window)
    return hasOtherZone || hasOtherWindow ? [person.id] : []
  })
  return [...new Set(moved)]
}

async function importRecipients(
  world: World,
  source: AsyncIterable<ImportRecord> | Iterable<ImportRecord>,
): Promise<ImportReport> {
  const seen = new SeenNames()
  let written = 0
  let repeated = 0
  const problems = await importRecords(source, {
    portion: importBatch,
    read: ({ recipient }: { readonly recipient: RecipientInput }) => {
      const draft = readRecipient(world, recipient)
      if (!seen.add(draft.externalId)) repeated += 1
      return draft
    },
    write: async (drafts) => {
      await upsert(world, drafts)
      written += drafts.length
    },
  })
  return { imported: written - repeated, repeated, problems }
}
