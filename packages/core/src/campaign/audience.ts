import { findFilter } from '../accept/find-filter.ts'
import { InviteMeError } from '../model/error.ts'
import { recipientInputSchema, type Recipient } from '../model/recipient.ts'
import type { SegmentFilter } from '../model/segment.ts'
import type { World } from '../ports/world.ts'

/** One entry of a list of people: an externalId, with its line when it is known, or what was wrong with the line. */
export type AudienceEntry =
  | string
  | { readonly line?: number; readonly externalId: string }
  | { readonly line: number; readonly problem: string }

/**
 * Who is meant: all people, those a filter or a saved segment finds, or those of a list of externalIds of any length. A saved
 * segment is looked up when it is read: who needs it to stay as it is keeps its filter.
 */
export type Audience =
  | 'everybody'
  | { readonly segment: string | SegmentFilter }
  | { readonly ids: AsyncIterable<AudienceEntry> | Iterable<AudienceEntry> }

/** An entry that names nobody. */
export interface AudienceProblem {
  /** Where it is in its list, from 1; its number when the line is not known. */
  readonly line: number
  /** `unknown` nobody has this id · `invalid` it cannot be one, or the line cannot be read. */
  readonly reason: 'unknown' | 'invalid'
  readonly message: string
}

/** Some people of an audience. */
export interface AudienceBatch {
  /** Each once within the batch; a list that names somebody twice may have them in two batches. */
  readonly people: readonly Recipient[]
  readonly problems: readonly AudienceProblem[]
  /** Reads on after this batch. Of a list it is how far it was read: it must be given from its beginning again. */
  readonly cursor: string
}

/** How an audience is read. */
export interface ReadAudienceOptions {
  /** `cursor` of the last batch that is done with; default from the beginning. */
  readonly cursor?: string | undefined
  /** Most people of a batch, or entries of a list; 1 to 1,000, default 500. */
  readonly limit?: number
}

/**
 * Reads an audience a batch at a time, in bounded memory. What a list of ids gets wrong is told in its batch and stops nothing.
 * People who come while it is read are found when their id is behind the cursor.
 *
 * @throws InviteMeError `SEGMENT_UNKNOWN`; `REQUEST_INVALID` naming the place in the filter or the `cursor`; what the list throws
 */
export async function* readAudience(
  world: World,
  audience: Audience,
  { cursor, limit = 500 }: ReadAudienceOptions = {},
): AsyncGenerator<AudienceBatch, void, undefined> {
  const size = Math.min(Math.max(Math.trunc(limit), 1), 1_000)
  if (audience !== 'everybody' && 'ids' in audience) {
    yield* readList(world, audience.ids, readPlace(cursor), size)
    return
  }
  const { recipients } = world.store
  const filter = audience === 'everybody' ? undefined : await findFilter(world, audience.segment)
  for (let after = readPerson(cursor); ;) {
    const page = { limit: size, ...(after !== undefined && { after }) }
    const people = await (filter === undefined
      ? recipients.list(page)
      : recipients.page({ filter, categories: world.settings.categories }, page))
    after = people.at(-1)?.id
    if (after !== undefined) yield { people, problems: [], cursor: `person:${after}` }
    if (people.length < size) return
  }
}

interface NamedEntry {
  readonly line: number
  readonly externalId: string
}

async function* readList(
  world: World,
  ids: AsyncIterable<AudienceEntry> | Iterable<AudienceEntry>,
  done: number,
  size: number,
): AsyncGenerator<AudienceBatch, void, undefined> {
  let number = 0
  let named: NamedEntry[] = []
  let problems: AudienceProblem[] = []
  const batch = async (): Promise<AudienceBatch> => {
    const lookedUp = await lookUp(world, named)
    const told = [...problems, ...lookedUp.problems].toSorted((one, other) => one.line - other.line)
    named = []
    problems = []
    return { people: lookedUp.people, problems: told, cursor: `entry:${String(number)}` }
  }
  for await (const entry of ids) {
    number += 1
    if (number <= done) continue
    const read = readEntry(entry, number)
    if ('externalId' in read) named.push(read)
    else problems.push(read)
    if (named.length + problems.length >= size) yield await batch()
  }
  if (named.length + problems.length > 0) yield await batch()
}

function readEntry(entry: AudienceEntry, number: number): NamedEntry | AudienceProblem {
  if (typeof entry === 'object' && 'problem' in entry)
    return { line: entry.line, reason: 'invalid', message: entry.problem }
  const { line = number, externalId } = typeof entry === 'object' ? entry : { externalId: entry }
  const read = recipientInputSchema.shape.externalId.safeParse(externalId)
  return read.success
    ? { line, externalId: read.data }
    : { line, reason: 'invalid', message: read.error.issues[0]?.message ?? 'it is no externalId' }
}

async function lookUp(
  world: World,
  named: readonly NamedEntry[],
): Promise<Pick<AudienceBatch, 'people' | 'problems'>> {
  const wanted = [...new Set(named.map(({ externalId }) => externalId))]
  const found = wanted.length === 0 ? [] : await world.store.recipients.byExternalIds(wanted)
  const byExternalId = new Map(found.map((person) => [person.externalId, person]))
  return {
    people: wanted.flatMap((externalId) => byExternalId.get(externalId) ?? []),
    problems: named
      .filter(({ externalId }) => !byExternalId.has(externalId))
      .map(({ line }) => ({ line, reason: 'unknown', message: 'nobody has this externalId' })),
  }
}

function readPerson(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : cursorOf(cursor, /^person:(.+)$/s)
}

function readPlace(cursor: string | undefined): number {
  return cursor === undefined ? 0 : Number(cursorOf(cursor, /^entry:(\d{1,15})$/))
}

function cursorOf(cursor: string, kind: RegExp): string {
  const [, place] = kind.exec(cursor) ?? []
  if (place === undefined)
    throw new InviteMeError('REQUEST_INVALID', '"cursor" is wrong: it is none of this audience.', {
      field: 'cursor',
    })
  return place
}
