import type { Kysely } from 'kysely'
import { topicOfPerson } from '../model/topic.ts'
import type { Row } from './rows.ts'
import type { Database } from './schema.ts'

/** Whose events: by their id, and by the names their topics have. */
export interface EventOwner {
  readonly recipientId: string
  readonly names: readonly string[]
}

/**
 * Takes what is theirs out of the next events of a person.
 * @returns cursor of the last event that was looked at; `undefined` when there are no more
 */
export async function overwriteEvents(
  db: Kysely<Database>,
  { recipientId, names }: EventOwner,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<number | undefined> {
  const next = db.selectFrom('outbox').selectAll().where('cursor', '>', after).orderBy('cursor').limit(limit)
  const pages = [await next.where('recipient_id', '=', recipientId).execute()]
  for (const name of names) pages.push(await next.where('topic', '=', topicOfPerson(name)).execute())
  // Each page begins with its oldest events, so the oldest of all are among them.
  const found = new Map(pages.flat().map((row) => [row.cursor, row]))
  const oldest = [...found.values()].toSorted((one, other) => one.cursor - other.cursor).slice(0, limit)
  await strip(db, oldest)
  return oldest.at(-1)?.cursor
}

/** The same for the events of questions. */
export async function stripInvitationEvents(
  db: Kysely<Database>,
  invitationIds: readonly string[],
): Promise<void> {
  await strip(
    db,
    await db.selectFrom('outbox').selectAll().where('invitation_id', 'in', invitationIds).execute(),
  )
}

async function strip(db: Kysely<Database>, rows: readonly Row<'outbox'>[]): Promise<void> {
  for (const row of rows) {
    const data = withoutWords(row.data)
    // Of a person only: what the host app published on a topic of its own is not known to be anybody's.
    const topic = row.topic?.startsWith(topicOfPerson('')) === true ? null : row.topic
    if (data === row.data && topic === row.topic) continue
    await db.updateTable('outbox').set({ data, topic }).where('cursor', '=', row.cursor).execute()
  }
}

/** What was answered, and the address of the inbox it was said in. */
function withoutWords(text: string): string {
  // Written by this store itself.
  const { inbox: _address, value: _answer, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>
  return JSON.stringify(rest)
}
