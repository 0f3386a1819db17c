import { expect, test } from 'vitest'
import { after, sampleRun, sampleSchedule } from '../testing/store-samples.ts'
import { explainedDatabase } from './__fixtures__/explained-database.ts'
import { scheduleStore } from './schedules.ts'

test('nothing that is asked of schedules walks over all runs, schedules or people', async () => {
  const { db, steps, close } = await explainedDatabase()
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
  close()

  expect(steps.length).toBeGreaterThan(10)
  // Zones are read off their index, which the people themselves are not needed for.
  const walks = steps.filter((step) => step.startsWith('SCAN ') && !step.includes('COVERING INDEX'))
  expect(walks).toEqual([])
  expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
  expect(steps.join('\n')).toContain('schedules_due')
  expect(steps.join('\n')).toContain('runs_fired')
  expect(steps.join('\n')).toContain('recipients_of_zone')
})
