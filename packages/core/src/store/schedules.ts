import type { Schedule } from '../model/schedule.ts'
import type { ScheduleStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment, toMomentOrNull, toRun, toSchedule } from './rows.ts'

/** Runs that are deleted by one statement when their schedule is removed. */
const removedAtOnce = 1_000

/**
 * Schedules and their runs.
 * @param lockRows adds the database's own row locks to reads for change; SQLite's write transactions already exclude each other
 */
export function scheduleStore(connection: Connection, lockRows: boolean): ScheduleStore {
  return { ...schedules(connection, lockRows), ...runs(connection), ...peopleOfDays(connection) }
}

function schedules(
  { db, run }: Connection,
  lockRows: boolean,
): Omit<ScheduleStore, 'hasRun' | 'addRun' | 'runs' | 'prune' | 'zones' | 'peopleOn'> {
  const all = () => db.selectFrom('schedules').selectAll()

  const removeRuns = async (scheduleId: string): Promise<number> => {
    const { numDeletedRows } = await db
      .deleteFrom('runs')
      .where('id', 'in', (some) =>
        some
          .selectFrom('runs')
          .select('id')
          .where('schedule_id', '=', scheduleId)
          .orderBy('id')
          .limit(removedAtOnce),
      )
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  }

  return {
    insert: (schedule) =>
      run(async () => {
        const row = await db
          .insertInto('schedules')
          .values(rowOf(schedule))
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returning('id')
          .executeTakeFirst()
        return row !== undefined
      }),
    update: (schedule) =>
      run(async () => {
        const { id, ...rest } = rowOf(schedule)
        await db.updateTable('schedules').set(rest).where('id', '=', id).execute()
      }),
    lock: (name) =>
      run(async () => {
        let query = all().where('name', '=', name)
        if (lockRows) query = query.forUpdate()
        const row = await query.executeTakeFirst()
        return row === undefined ? undefined : toSchedule(row)
      }),
    byName: (name) =>
      run(async () => {
        const row = await all().where('name', '=', name).executeTakeFirst()
        return row === undefined ? undefined : toSchedule(row)
      }),
    list: ({ after, limit }) =>
      run(async () => {
        const rows = await all()
          .where('id', '>', after ?? '')
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(toSchedule)
      }),
    remove: async (id) => {
      // It fires no more, so that there is an end.
      await run(() =>
        db
          .updateTable('schedules')
          .set({ enabled: 0, next_at: null, due_at: null })
          .where('id', '=', id)
          .execute(),
      )
      while ((await run(() => removeRuns(id))) === removedAtOnce);
      return run(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('schedules')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        return numDeletedRows > 0
      })
    },
    claimDue: (now) =>
      run(async () => {
        let query = all().where('due_at', '<=', toMoment(now)).orderBy('due_at').orderBy('id').limit(1)
        if (lockRows) query = query.forUpdate().skipLocked()
        const row = await query.executeTakeFirst()
        return row === undefined ? undefined : toSchedule(row)
      }),
    nextDueAt: () =>
      run(async () => {
        const row = await db
          .selectFrom('schedules')
          .select('due_at')
          .where('due_at', 'is not', null)
          .orderBy('due_at')
          .limit(1)
          .executeTakeFirst()
        return row?.due_at === undefined || row.due_at === null ? undefined : new Date(row.due_at)
      }),
    move: (id, { nextAt, dueAt, ranAt }) =>
      run(async () => {
        await db
          .updateTable('schedules')
          .set(({ eb }) => ({
            next_at: toMomentOrNull(nextAt),
            due_at: toMomentOrNull(dueAt),
            ...(ranAt !== undefined && { last_run_at: toMoment(ranAt), run_count: eb('run_count', '+', 1) }),
          }))
          .where('id', '=', id)
          .execute()
      }),
  }
}

function runs({ db, run }: Connection): Pick<ScheduleStore, 'hasRun' | 'addRun' | 'runs' | 'prune'> {
  return {
    hasRun: (scheduleId, at) =>
      run(async () => {
        const row = await db
          .selectFrom('runs')
          .select('id')
          .where('schedule_id', '=', scheduleId)
          .where('slot', '=', toMoment(at))
          .executeTakeFirst()
        return row !== undefined
      }),
    addRun: (made) =>
      run(async () => {
        const row = await db
          .insertInto('runs')
          .values({
            id: made.id,
            schedule_id: made.scheduleId,
            slot: made.byHand ? made.id : toMoment(made.at),
            at: toMoment(made.at),
            fired_at: toMoment(made.firedAt),
            state: made.state,
            by_hand: made.byHand ? 1 : 0,
            message_id: made.messageId,
            error: made.error,
            missed: made.missed,
            messages: made.messages,
          })
          .onConflict((conflict) => conflict.columns(['schedule_id', 'slot']).doNothing())
          .returning('id')
          .executeTakeFirst()
        return row !== undefined
      }),
    runs: (scheduleId, { after, limit }) =>
      run(async () => {
        let query = db
          .selectFrom('runs')
          .selectAll()
          .where('schedule_id', '=', scheduleId)
          .orderBy('id', 'desc')
          .limit(limit)
        if (after !== undefined) query = query.where('id', '<', after)
        return (await query.execute()).map(toRun)
      }),
    prune: (firedBefore, limit) =>
      run(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('runs')
          .where('id', 'in', (some) =>
            some
              .selectFrom('runs')
              .select('id')
              .where('fired_at', '<', toMoment(firedBefore))
              .orderBy('fired_at')
              .limit(limit),
          )
          .executeTakeFirstOrThrow()
        return Number(numDeletedRows)
      }),
  }
}

function peopleOfDays({ db, run }: Connection): Pick<ScheduleStore, 'zones' | 'peopleOn'> {
  return {
    zones: () =>
      run(async () => {
        const rows = await db.selectFrom('recipients').select('zone').distinct().execute()
        return rows.map(({ zone }) => zone)
      }),
    peopleOn: ({ attribute, days, zone }, { after, limit }) =>
      run(async () => {
        // The text JSON.stringify made: a date with its year, or without one as in RFC 6350. It finds too many rather than too few.
        const name = JSON.stringify(attribute)
        const rows = await db
          .selectFrom('recipients')
          .select(['id', 'external_id', 'attributes'])
          .where('id', '>', after ?? '')
          .where('zone', zone === null ? 'is' : '=', zone)
          .where(({ eb, or }) => or(days.map((day) => eb('attributes', 'like', `%${name}:"%-${day}%`))))
          .orderBy('id')
          .limit(limit)
          .execute()
        return rows.map(({ id, external_id: externalId, attributes }) => ({
          id,
          externalId,
          value: (JSON.parse(attributes) as Readonly<Record<string, unknown>>)[attribute],
        }))
      }),
  }
}

function rowOf(schedule: Schedule) {
  return {
    id: schedule.id,
    name: schedule.name,
    description: schedule.description,
    timing: JSON.stringify(schedule.when),
    starts: toMomentOrNull(schedule.starts),
    ends: toMomentOrNull(schedule.ends),
    enabled: schedule.enabled ? 1 : 0,
    missed: schedule.missed,
    jitter_ms: schedule.jitterMs,
    action: JSON.stringify(schedule.action),
    next_at: toMomentOrNull(schedule.nextAt),
    due_at: toMomentOrNull(schedule.dueAt),
    last_run_at: toMomentOrNull(schedule.lastRunAt),
    run_count: schedule.runCount,
    created_at: toMoment(schedule.createdAt),
    updated_at: toMoment(schedule.updatedAt),
  }
}
