import { sqlite } from '@invite-me/core/sqlite'
import { inviteMe, virtualClock } from '@invite-me/core/testing'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runScript } from '../../tests/peers/run-script.ts'
import { wishHappyBirthday } from './birthday.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'birthday-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('everybody at ten where they live, once a year, whatever the program does', async () => {
  const file = join(await newFolder(), 'birthday.db')
  const clock = virtualClock(Date.parse('2027-02-27T00:00Z'))
  const wishes: string[] = []
  // The program runs for a few days now and then, and says each time what it wants.
  for (const from of ['2027-02-27', '2027-03-01', '2027-05-16', '2028-02-28', '2028-05-16', '2028-05-18']) {
    clock.jump(Date.parse(from) - clock.now())
    const t = await inviteMe.test({ store: sqlite(file), clock, channels: ['email'] })
    await wishHappyBirthday(t.inviteMe)
    await clock.advance('42h')
    wishes.push(
      ...t.outbox.map(({ at, message }) => `${at.toISOString().slice(0, 16)} ${message.to.address}`),
    )
    await t.stop()
  }
  expect(wishes).toEqual([
    // Cid was born on 29 February.
    '2027-02-28T15:00 cid@people.test',
    '2027-05-17T04:15 bob@people.test',
    '2027-05-17T09:00 ann@people.test',
    '2028-02-29T15:00 cid@people.test',
    '2028-05-17T04:15 bob@people.test',
    '2028-05-17T09:00 ann@people.test',
  ])
})

test('the program runs and waits for its days', async () => {
  const program = runScript(join(import.meta.dirname, 'run.ts'), await newFolder(), {})
  expect(await program.waitFor(['wished a happy birthday'])).toContain('from now on')
  await program.end()
})
