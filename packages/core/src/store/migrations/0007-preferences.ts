import type { ColumnDefinitionBuilder, Kysely } from 'kysely'
import type { Database } from '../schema.ts'

const required = (column: ColumnDefinitionBuilder) => column.notNull()

/** Suppressions of a single category, with whose word they are; links to the page of preferences. */
export async function up(db: Kysely<Database>): Promise<void> {
  await suppressions(db)
  await db.schema
    .createTable('preference_links')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('recipient_id', 'text', required)
    .addColumn('expires_at', 'text', required)
    .addColumn('created_at', 'text', required)
    .execute()
  await db.schema
    .createIndex('preference_links_of_recipient')
    .on('preference_links')
    .columns(['recipient_id'])
    .execute()
}

/** By whose word an older suppression is, as far as its reason tells. */
const sources: Readonly<Record<string, string>> = {
  bounced: 'provider',
  complained: 'complaint',
  manual: 'host',
}
/** Rows that are copied at once. */
const portion = 1_000

/** The table is made anew: SQLite does not change the key of one. */
async function suppressions(db: Kysely<Database>): Promise<void> {
  const name = 'suppressions_of_category'
  await db.schema
    .createTable(name)
    .addColumn('id', 'text', required)
    .addColumn('channel', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('category', 'text', required)
    .addColumn('reason', 'text', required)
    .addColumn('source', 'text', required)
    .addColumn('at', 'text', required)
    .addPrimaryKeyConstraint(`${name}_key`, ['channel', 'address', 'category'])
    .execute()
  const copies = db.withTables<{ [name]: Database['suppressions'] }>()
  for (let last = { channel: '', address: '' }, isMore = true; isMore;) {
    const { channel, address } = last
    const older = await db
      .selectFrom('suppressions')
      .select(['channel', 'address', 'reason', 'at'])
      .where((eb) =>
        eb.or([
          eb('channel', '>', channel),
          eb.and([eb('channel', '=', channel), eb('address', '>', address)]),
        ]),
      )
      .orderBy('channel')
      .orderBy('address')
      .limit(portion)
      .execute()
    const rows = older.map((row) => ({
      ...row,
      id: idAt(row.at),
      category: '',
      source: sources[row.reason] ?? 'unknown',
    }))
    if (rows.length > 0) await copies.insertInto(name).values(rows).execute()
    last = rows.at(-1) ?? last
    isMore = rows.length === portion
  }
  await db.schema.dropTable('suppressions').execute()
  await db.schema.alterTable(name).renameTo('suppressions').execute()
  await db.schema.createIndex('suppressions_by_id').unique().on('suppressions').columns(['id']).execute()
}

/** An id (UUIDv7) of the time it was said, so that lists stay in that order. */
function idAt(at: string): string {
  const hex = Math.max(Date.parse(at) || 0, 0)
    .toString(16)
    .padStart(12, '0')
    .slice(-12)
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${crypto.randomUUID().slice(15)}`
}
