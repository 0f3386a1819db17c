import type { EditStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment } from './rows.ts'

/** The parts of the edit store that are asked at every look for work; written per database, since they are on the hot path. */
type EditWork = Pick<EditStore, 'claimDue' | 'nextDueAt'>

/** Plans edits and ends them. */
export function editWriter({ db, run }: Connection): Omit<EditStore, keyof EditWork> {
  return {
    plan: (edits) =>
      run(async () => {
        for (const edit of edits) {
          const planned = {
            channel: edit.channel,
            provider_message_id: edit.providerMessageId,
            position: edit.position,
            reason: edit.reason,
            version: edit.version,
            due_at: toMoment(edit.dueAt),
            tries: edit.tries,
          }
          await db
            .insertInto('edits')
            .values({ delivery_id: edit.deliveryId, attempt: edit.attempt, ...planned })
            .onConflict((conflict) => conflict.columns(['delivery_id', 'attempt']).doUpdateSet(planned))
            .execute()
        }
      }),
    settle: ({ deliveryId, attempt, version, tries }, retryAt) =>
      run(async () => {
        // A newer plan has another version.
        const held = { delivery_id: deliveryId, attempt, version }
        if (retryAt === null) {
          const { numDeletedRows } = await db
            .deleteFrom('edits')
            .where((edit) => edit.and(held))
            .executeTakeFirstOrThrow()
          return numDeletedRows > 0
        }
        const { numUpdatedRows } = await db
          .updateTable('edits')
          .set({ due_at: toMoment(retryAt), tries: tries + 1 })
          .where((edit) => edit.and(held))
          .executeTakeFirstOrThrow()
        return numUpdatedRows > 0
      }),
  }
}
