import type { AuditStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toAuditEntry, toMoment } from './rows.ts'

/** The audit log. */
export function auditStore({ db, run }: Connection): AuditStore {
  return {
    append: ({ id, at, actor, action, target, detail }) =>
      run(async () => {
        await db
          .insertInto('audit')
          .values({ id, at: toMoment(at), actor, action, target, detail: JSON.stringify(detail) })
          .execute()
      }),
    list: ({ after, limit }) =>
      run(async () => {
        let entries = db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit)
        if (after !== undefined) entries = entries.where('id', '<', after)
        return (await entries.execute()).map(toAuditEntry)
      }),
  }
}
