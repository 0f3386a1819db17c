import { sql } from 'kysely'
import type { WebhookStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment, type Row } from './rows.ts'
import type { JsonText } from './schema.ts'

/** Whose place in the outbox is remembered. */
const reader = 'webhooks'

/** Events of the outbox, from one cursor to another; the first is left out, the last is not. */
export interface EventSpan {
  readonly after: number
  readonly to: number
  /** Only what happened from here on. */
  readonly since?: Date
}

/** How events of the outbox become postings. */
export function webhookFanOut(connection: Connection, lockRows: boolean): Pick<WebhookStore, 'fanOut'> {
  const { db, run } = connection

  /** @returns how far the outbox was read; `undefined` while another process reads on */
  const lockReader = async (): Promise<number | undefined> => {
    await db
      .insertInto('outbox_readers')
      .values({ name: reader, cursor: 0 })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute()
    let query = db.selectFrom('outbox_readers').select('cursor').where('name', '=', reader)
    // Nobody waits: what the other process reads need not be read twice.
    if (lockRows) query = query.forUpdate().skipLocked()
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : Number(row.cursor)
  }

  /** @returns the cursor after which anybody wants to hear; `undefined` while no endpoint is enabled */
  const firstWanted = async (): Promise<number | undefined> => {
    const row = await db
      .selectFrom('webhook_endpoints')
      .select(({ fn }) => fn.min('after_cursor').as('after'))
      .where('state', '=', 'enabled')
      .executeTakeFirst()
    return row?.after === null || row?.after === undefined ? undefined : Number(row.after)
  }

  return {
    fanOut: (limit, now) =>
      run(async () => {
        const wanted = await firstWanted()
        if (wanted === undefined) return 0
        const read = await lockReader()
        if (read === undefined) return undefined
        const after = Math.max(read, wanted)
        const events = await db
          .selectFrom('outbox')
          .select('cursor')
          .where('cursor', '>', after)
          .orderBy('cursor')
          .limit(limit)
          .execute()
        const to = Number(events.at(-1)?.cursor ?? after)
        // Read after the events: whoever is not yet here was made when all of them had happened.
        const endpoints = await db
          .selectFrom('webhook_endpoints')
          .select(['id', 'types', 'after_cursor'])
          .where('state', '=', 'enabled')
          .execute()
        for (const endpoint of to > after ? endpoints : []) {
          const span = { after: Math.max(after, Number(endpoint.after_cursor)), to }
          await postEvents(connection, endpoint, span, now)
        }
        await db.updateTable('outbox_readers').set({ cursor: to }).where('name', '=', reader).execute()
        return events.length
      }),
  }
}

/**
 * Makes postings of the events an endpoint wants, but for those it has.
 * @returns how many were made
 */
export async function postEvents(
  { db }: Connection,
  { id, types }: Pick<Row<'webhook_endpoints'>, 'id' | 'types'>,
  { after, to, since }: EventSpan,
  now: Date,
): Promise<number> {
  const at = sql<string>`cast(${toMoment(now)} as text)`
  // Sorts by cursor: sixteen digits hold more events than a number can tell apart.
  const digits = sql<string>`cast(cursor as text)`
  const postingId = sql<string>`cast(${`${id}.`} as text) || substr('0000000000000000' || ${digits}, length(${digits}) + 1)`
  let events = db
    .selectFrom('outbox')
    .select((row) => [
      postingId.as('id'),
      sql<string>`cast(${id} as text)`.as('endpoint_id'),
      'cursor',
      'type',
      sql<string>`cast('pending' as text)`.as('state'),
      row.lit(0).as('tries'),
      at.as('due_at'),
      at.as('created_at'),
      at.as('updated_at'),
    ])
    .where('cursor', '>', after)
    .where('cursor', '<=', to)
  if (types !== null) events = events.where('type', 'in', typesOf(types))
  if (since !== undefined) events = events.where('at', '>=', toMoment(since))
  const made = await db
    .insertInto('webhook_postings')
    .columns(['id', 'endpoint_id', 'cursor', 'type', 'state', 'tries', 'due_at', 'created_at', 'updated_at'])
    .expression(events)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return Number(made?.numInsertedOrUpdatedRows ?? 0)
}

function typesOf(text: JsonText): readonly string[] {
  return JSON.parse(text) as readonly string[]
}
