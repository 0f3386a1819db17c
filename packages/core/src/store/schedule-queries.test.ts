import Driver from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { expect, test } from 'vitest'
import { after, sampleRun, sampleSchedule } from '../testing/store-samples.ts'
import { migrateToLatest } from './migrate.ts'
import type { Database } from './schema.ts'
import { scheduleStore } from './schedules.ts'

test('nothing that is asked of schedules walks over all runs, schedules or people', async () => {
  const database = new Driver(':memory:')
  /** What SQLite does for the statements that were run, a line a step. */
  const steps: string[] = []
  const db = new Kysely<Database>({
    dialect: new SqliteDialect({ database }),
    log: ({ query: { sql, parameters } }) => {
      if (!/^(select|update|delete|insert)/.test(sql)) return
      const explain = database.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      steps.push(...explain.all(...parameters).map(({ detail }) => detail))
    },
  })
  await migrateToLatest(db)
  const schedules = scheduleStore({ db, run: (work) => work() }, false)
  await schedules.insert(sampleSchedule(1))
  const { id, name } = sampleSchedule(1)
  await schedules.addRun(sampleRun(1))
  steps.length = 0

  expect((await schedules.claimDue(after(1)))?.id).toBe(id)
  await schedules.nextDueAt()
  await schedules.lock(name)
  await schedules.hasRun(id, after(0))
  await schedules.move(id, { nextAt: null, dueAt: null })
  await schedules.runs(id, { limit: 10 })
  await schedules.prune(after(0), 100)
  await schedules.zones()
  for (const zone of ['Europe/Berlin', null])
    await schedules.peopleOn({ attribute: 'birthday', days: ['05-17'], zone }, { limit: 10, after: 'a' })
  await schedules.remove(id)
  database.close()

  expect(steps.length).toBeGreaterThan(10)
  // Zones are read off their index, which the people themselves are not needed for.
  const walks = steps.filter((step) => step.startsWith('SCAN ') && !step.includes('COVERING INDEX'))
  expect(walks).toEqual([])
  expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
  expect(steps.join('\n')).toContain('schedules_due')
  expect(steps.join('\n')).toContain('runs_fired')
  expect(steps.join('\n')).toContain('recipients_of_zone')
})
