import type { EditStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment } from './rows.ts'

/** The parts of the edit store that are asked at every look for work; written per database, since they are on the hot path. */
type EditWork = Pick<EditStore, 'claimDue' | 'nextDueAt'>

/** Plans edits and ends them. */
export function editWriter({ db, run }: Connection): Omit<EditStore, keyof EditWork> {
  /** @returns whether it was there, in this version */
  const endOne = async (
    one: { readonly delivery_id: string; readonly attempt: number; readonly version: string },
    { retryAt, tries }: { readonly retryAt: Date | null; readonly tries: number },
  ): Promise<boolean> => {
    if (retryAt === null) {
      const ended = db.deleteFrom('edits').where((edit) => edit.and(one))
      return (await ended.executeTakeFirstOrThrow()).numDeletedRows > 0
    }
    const putOff = db
      .updateTable('edits')
      .set({ due_at: toMoment(retryAt), tries, held: 0 })
      .where((edit) => edit.and(one))
    return (await putOff.executeTakeFirstOrThrow()).numUpdatedRows > 0
  }

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
            .values({ delivery_id: edit.deliveryId, attempt: edit.attempt, ...planned, held: 0 })
            .onConflict((conflict) =>
              conflict.columns(['delivery_id', 'attempt']).doUpdateSet(({ eb, ref }) => ({
                ...planned,
                // One that is on its way might arrive after this one: this one waits for its end.
                due_at: eb
                  .case()
                  .when(ref('edits.held'), '=', 1)
                  .then(ref('edits.due_at'))
                  .else(planned.due_at)
                  .end(),
              })),
            )
            .execute()
        }
      }),
    settle: ({ deliveryId, attempt, dueAt, version, tries }, retryAt) =>
      run(async () => {
        const sameAttempt = { delivery_id: deliveryId, attempt }
        if (await endOne({ ...sameAttempt, version }, { retryAt, tries: tries + 1 })) return true
        // A newer plan has another version, and has waited for this. Looked for last: it may have come just before.
        await db
          .updateTable('edits')
          .set({ due_at: toMoment(dueAt), held: 0 })
          .where((edit) => edit.and({ ...sameAttempt, held: 1 }))
          .where('version', '<>', version)
          .execute()
        return false
      }),
  }
}
