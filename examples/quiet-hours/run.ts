/** Two days in the life of three people, in a second: `node run.ts`. Nothing is really sent. */
import { inviteMe, virtualClock } from '@invite-me/core/testing'
import { quietHours } from './quiet-hours.ts'

const clock = virtualClock(Date.parse('2026-01-05T12:00:00Z'))
const t = await inviteMe.test({ channels: ['telegram'], clock })
await quietHours(t.inviteMe)
await t.advance('2d')
for (const { at, message } of t.outbox)
  console.log(`${at.toISOString().slice(0, 16)}Z  ${message.to.address}: ${message.content.text}`)
await t.stop()
