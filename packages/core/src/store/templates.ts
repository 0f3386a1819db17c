import { InviteMeError } from '../model/error.ts'
import type { TemplateStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toDeliveryContents, toMoment, toTemplate } from './rows.ts'

/** Rows written by one statement. */
const writtenAtOnce = 500
/** Ids asked for by one statement. */
const readAtOnce = 1_000
/** Others who may save the same template at the same moment before it is called trouble. */
const mostRivals = 20

/** Versions of templates, and the words each delivery was given. */
export function templateStore({ db, run }: Connection): TemplateStore {
  const versionsOf = (name: string) => db.selectFrom('templates').selectAll().where('name', '=', name)

  return {
    save: (draft) =>
      run(async () => {
        for (let rival = 0; rival < mostRivals; rival += 1) {
          const row = await db
            .insertInto('templates')
            .values({
              id: draft.id,
              name: draft.name,
              version: db
                .selectFrom('templates')
                .select(({ eb, fn, lit }) =>
                  eb(fn.coalesce(fn.max('version'), lit(0)), '+', lit(1)).as('next'),
                )
                .where('name', '=', draft.name),
              texts: JSON.stringify(draft.texts),
              variables: JSON.stringify(draft.variables),
              category: draft.category,
              layout: draft.layout,
              description: draft.description,
              created_at: toMoment(draft.createdAt),
            })
            // Somebody else saved this version meanwhile: ours is the one after it.
            .onConflict((conflict) => conflict.columns(['name', 'version']).doNothing())
            .returningAll()
            .executeTakeFirst()
          if (row !== undefined) return toTemplate(row)
        }
        throw new InviteMeError(
          'STORE_BUSY',
          `The template "${draft.name}" is being saved by too many at once.`,
        )
      }),
    byName: (name, version) =>
      run(async () => {
        let query = versionsOf(name)
        if (version !== undefined) query = query.where('version', '=', version)
        const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
        return row === undefined ? undefined : toTemplate(row)
      }),
    versions: (name, { after, limit }) =>
      run(async () => {
        let query = versionsOf(name)
        if (after !== undefined)
          query = query.where('version', '<', (one) =>
            one.selectFrom('templates').select('version').where('id', '=', after),
          )
        return (await query.orderBy('version', 'desc').limit(limit).execute()).map(toTemplate)
      }),
    list: ({ after, limit }) =>
      run(async () => {
        const rows = await db
          .selectFrom('templates')
          .selectAll()
          .where('id', '>', after ?? '')
          .where(({ exists, not, selectFrom }) =>
            not(
              exists(
                selectFrom('templates as newer')
                  .select('newer.id')
                  .whereRef('newer.name', '=', 'templates.name')
                  .whereRef('newer.version', '>', 'templates.version'),
              ),
            ),
          )
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(toTemplate)
      }),
    remove: (name) =>
      run(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('templates')
          .where('name', '=', name)
          .executeTakeFirstOrThrow()
        return numDeletedRows > 0
      }),
    keepContents: (all) =>
      run(async () => {
        for (let start = 0; start < all.length; start += writtenAtOnce)
          await db
            .insertInto('delivery_contents')
            .values(
              all.slice(start, start + writtenAtOnce).map(({ deliveryId, contents }) => ({
                delivery_id: deliveryId,
                contents: JSON.stringify(contents),
              })),
            )
            .execute()
      }),
    contents: (deliveryIds) =>
      run(async () => {
        const found = []
        for (let start = 0; start < deliveryIds.length; start += readAtOnce) {
          const ids = deliveryIds.slice(start, start + readAtOnce)
          const rows = await db
            .selectFrom('delivery_contents')
            .selectAll()
            .where('delivery_id', 'in', ids)
            .execute()
          found.push(...rows.map(toDeliveryContents))
        }
        return found
      }),
  }
}
