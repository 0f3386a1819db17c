import type { Kysely } from 'kysely'
import { noPreferences } from '../model/preference.ts'
import type { RecipientDraft } from '../model/recipient.ts'
import { inPortions } from './connection.ts'
import { toMoment, type Row } from './rows.ts'
import type { Database } from './schema.ts'

const noPreferencesText = JSON.stringify(noPreferences)

/** What is given of a person; what is not given stays as it is. */
type Given = Partial<Pick<Row<'recipients'>, 'name' | 'locale' | 'zone' | 'attributes' | 'preferences'>>

/** A draft with the id its person gets when there is none yet. */
type NumberedDraft = RecipientDraft & { readonly newId: string }

/** What is needed to write people. */
interface Writing {
  readonly db: Kysely<Database>
  readonly newId: () => string
  /** When they are written, as text. */
  readonly at: string
}

/**
 * Inserts or updates people, a few statements for many; of several drafts of one person each is written after the one before.
 * @returns their ids, in the order of the drafts
 */
export async function upsertPeople(
  db: Kysely<Database>,
  drafts: readonly RecipientDraft[],
  newId: () => string,
  now: Date,
): Promise<readonly string[]> {
  const writing = { db, newId, at: toMoment(now) }
  const ids = new Map<string, string>()
  // Ids sort by when they were made: people are listed in the order they came.
  const numbered = drafts.map((draft) => ({ ...draft, newId: newId() }))
  for (const round of roundsOf(numbered))
    await inPortions(round, async (portion) => {
      for (const [externalId, id] of await upsertDistinct(writing, portion)) ids.set(externalId, id)
      await replaceRoutes(writing, portion, ids)
      return []
    })
  return drafts.map(({ externalId }) => ids.get(externalId) ?? '')
}

/** One statement writes a row once. In one order, whoever writes: two that write the same people wait for each other instead of both. */
function roundsOf(drafts: readonly NumberedDraft[]): readonly (readonly NumberedDraft[])[] {
  const rounds: NumberedDraft[][] = []
  for (const same of Map.groupBy(drafts, ({ externalId }) => externalId).values())
    for (const [index, draft] of same.entries()) (rounds[index] ??= []).push(draft)
  return rounds.map((round) => round.toSorted((one, other) => (one.externalId < other.externalId ? -1 : 1)))
}

function givenOf({ attributes, locale, name, preferences, zone }: RecipientDraft): Given {
  return {
    ...(name !== undefined && { name }),
    ...(locale !== undefined && { locale }),
    ...(zone !== undefined && { zone }),
    ...(Object.keys(attributes).length > 0 && { attributes: JSON.stringify(attributes) }),
    ...(preferences !== undefined && { preferences: JSON.stringify(preferences) }),
  }
}

/** A statement for all of whom the same is given. @returns ids by externalId */
async function upsertDistinct(
  { db, at }: Writing,
  drafts: readonly NumberedDraft[],
): Promise<readonly (readonly [string, string])[]> {
  const written: (readonly [string, string])[] = []
  const all = drafts.map((draft) => ({ draft, given: givenOf(draft) }))
  for (const [names, alike] of Map.groupBy(all, ({ given }) => Object.keys(given).join())) {
    const changed = names === '' ? [] : (names.split(',') as readonly (keyof Given)[])
    const rows = await db
      .insertInto('recipients')
      .values(
        alike.map(({ draft, given }) => ({
          id: draft.newId,
          external_id: draft.externalId,
          name: null,
          locale: null,
          zone: null,
          attributes: '{}',
          preferences: noPreferencesText,
          created_at: at,
          updated_at: at,
          ...given,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .column('external_id')
          .doUpdateSet(({ ref }) =>
            Object.fromEntries(
              [...changed, 'updated_at' as const].map((name) => [name, ref(`excluded.${name}`)]),
            ),
          ),
      )
      .returning(['id', 'external_id'])
      .execute()
    for (const { external_id, id } of rows) written.push([external_id, id])
  }
  return written
}

async function replaceRoutes(
  { db, newId }: Writing,
  drafts: readonly RecipientDraft[],
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  const described = drafts.flatMap(({ externalId, routes }) =>
    routes === undefined ? [] : { recipientId: ids.get(externalId) ?? '', routes },
  )
  if (described.length === 0) return
  // Read as they are taken away: what another process says of them meanwhile, a "no" above all, is not overlooked.
  const before = await db
    .deleteFrom('routes')
    .where(
      'recipient_id',
      'in',
      described.map(({ recipientId }) => recipientId),
    )
    .returningAll()
    .execute()
  const known = new Map(before.map((row) => [keyOf(row.recipient_id, row), row]))
  const rows = described.flatMap(({ recipientId, routes }) =>
    [...new Map(routes.map((route) => [keyOf(recipientId, route), route]))].map(([key, route]) =>
      routeRow(newId, { recipientId, route, known: known.get(key) }),
    ),
  )
  await inPortions(rows, async (portion) => {
    await db.insertInto('routes').values(portion).execute()
    return []
  })
}

interface DescribedRoute {
  readonly recipientId: string
  readonly route: NonNullable<RecipientDraft['routes']>[number]
  /** The route there was with this address. */
  readonly known: Row<'routes'> | undefined
}

function routeRow(newId: () => string, { recipientId, route, known }: DescribedRoute): Row<'routes'> {
  const isShut = known !== undefined && (known.state === 'opted_out' || known.state === 'bounced')
  return {
    id: known?.id ?? newId(),
    recipient_id: recipientId,
    channel: route.channel,
    address: route.address,
    rank: route.rank,
    verified: route.verified ? 1 : (known?.verified ?? 0),
    state: isShut && route.state === 'open' ? known.state : route.state,
  }
}

function keyOf(
  recipientId: string,
  { address, channel }: { readonly channel: string; readonly address: string },
): string {
  return `${recipientId} ${channel} ${address}`
}
