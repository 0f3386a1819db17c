import { join } from 'node:path'
import { inviteMe, virtualClock, type InviteMeTest } from '@invite-me/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runScript } from '../../tests/peers/run-script.ts'
import { quietHours } from './quiet-hours.ts'

let t: InviteMeTest

beforeEach(async () => {
  // A Monday: 21:00 in Tokyo, noon in Lisbon, 07:00 in New York.
  const clock = virtualClock(Date.parse('2026-01-05T12:00:00Z'))
  t = await inviteMe.test({ channels: ['telegram'], clock })
})
afterEach(() => t.stop())

const sent = () =>
  t.outbox.map(
    ({ at, message }) => `${at.toISOString().slice(5, 16)} ${message.to.address} ${message.category}`,
  )

test('news waits for the hours of each person; a code does not', async () => {
  await quietHours(t.inviteMe)
  await t.advance('1m')
  expect(sent().toSorted()).toEqual(['01-05T12:00 ines news', '01-05T12:00 sam verification'])
  await t.advance('2d')
  expect(sent().slice(2)).toEqual(['01-05T23:00 sam news', '01-06T00:00 aiko news'])
})

test('who changes their mind meanwhile gets it when they want it now, or not at all', async () => {
  await quietHours(t.inviteMe)
  await t.advance('1m')
  await t.inviteMe.recipients.setPreferences('aiko', { window: 'any' })
  await t.inviteMe.recipients.setPreferences('sam', { off: [{ category: 'news' }] })
  await t.advance('2d')
  expect(sent().slice(2)).toEqual(['01-05T12:01 aiko news'])
})

test('the run tells when each message left', async () => {
  const run = runScript(join(import.meta.dirname, 'run.ts'), import.meta.dirname, {})
  const told = await run.waitFor(['aiko: The menu for Friday is out.'])
  expect(told).toContain('2026-01-05T12:00Z  sam: Your code is 274 913.')
  await run.end()
})
