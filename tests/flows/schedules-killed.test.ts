import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { scriptedChannel, virtualClock } from '@invite-me/core/testing'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { waitUntil } from '../peers/wait-until.ts'

const minute = 60_000
/** Of each schedule; a tenth of a second each. */
const moments = 120
const began = Date.parse('2026-01-05T09:00Z')
const program = join(import.meta.dirname, '../peers/run-schedules.ts')

test(
  'processes that are killed again and again, two at a time, leave each moment done once',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'invite-me-killed-'))
    const running = new Set<ChildProcess>()
    onTestFinished(async () => {
      for (const child of running) child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    })
    const store = sqlite(join(folder, 'invites.db'))
    const channels = [scriptedChannel({ name: 'email' })]
    const desk = await createInviteMe({ store, channels, dispatch: false, clock: virtualClock(began) })
    onTestFinished(() => desk.stop())
    const action = { send: { to: { routes: { email: 'ann@people.test' } }, content: 'Hello.' } } as const
    const last = new Date(began + moments * minute)
    for (const name of ['one', 'two', 'three'])
      await desk.schedules.save({ name, when: { every: '1m' }, ends: last, missed: 'all', action })

    const environment = {
      ...process.env,
      STORE: join(folder, 'invites.db'),
      BEGAN: String(began),
      // The first two take a while to start.
      BEGAN_REAL: String(Date.now() + 2_000),
    }
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, ['--conditions=@invite-me/source', program], {
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      running.add(child)
      child.once('exit', () => running.delete(child))
      // It makes runs by now.
      await once(child.stdout, 'data')
      return child
    }
    const count = async (): Promise<number> => (await desk.messages.list({ limit: 1_000 })).length
    const isDone = async (): Promise<boolean> =>
      (await desk.schedules.list()).every(({ nextAt }) => nextAt === null)
    /** Kills one of the two while they make runs, some time after one was made. @returns whether there were any left */
    const kill = async (child: ChildProcess, waitMs: number): Promise<boolean> => {
      const before = await count()
      await waitUntil('runs are made', async () => (await count()) > before || (await isDone()), 15_000)
      await new Promise((resolve) => setTimeout(resolve, waitMs))
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
      return !(await isDone())
    }

    let [older, newer] = [await start(), await start()]
    let kills = 0
    for (let round = 0; round < 4; round += 1) {
      if (await kill(older, round * 7)) kills += 1
      ;[older, newer] = [newer, await start()]
    }
    expect(kills).toBeGreaterThan(0)
    await waitUntil('every moment is over', isDone, 30_000)

    for (const name of ['one', 'two', 'three']) {
      const runs = await desk.schedules.runs(name, { limit: 1_000 })
      const done = runs.filter(({ state }) => state === 'done')
      expect(runs.map(({ at }) => (at.getTime() - began) / minute).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: moments }, (_, number) => number + 1),
      )
      expect(done).toHaveLength(moments)
      expect(new Set(done.map(({ messageId }) => messageId)).size).toBe(moments)
    }
    expect(await desk.messages.list({ limit: 1_000 })).toHaveLength(3 * moments)
  },
)
