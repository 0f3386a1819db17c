import type { SegmentStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment, toSegment } from './rows.ts'

/** Filters that are kept under a name. */
export function segmentStore({ db, run }: Connection): SegmentStore {
  return {
    save: ({ id, name, filter, createdAt, updatedAt }) =>
      run(async () => {
        const kept = { filter: JSON.stringify(filter), updated_at: toMoment(updatedAt) }
        const row = await db
          .insertInto('segments')
          .values({ id, name, created_at: toMoment(createdAt), ...kept })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(kept))
          .returningAll()
          .executeTakeFirstOrThrow()
        return toSegment(row)
      }),
    byName: (name) =>
      run(async () => {
        const row = await db.selectFrom('segments').selectAll().where('name', '=', name).executeTakeFirst()
        return row === undefined ? undefined : toSegment(row)
      }),
    list: ({ after, limit }) =>
      run(async () => {
        const rows = await db
          .selectFrom('segments')
          .selectAll()
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(toSegment)
      }),
    remove: (name) =>
      run(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('segments')
          .where('name', '=', name)
          .executeTakeFirstOrThrow()
        return numDeletedRows > 0n
      }),
  }
}
