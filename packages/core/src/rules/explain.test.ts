import { afterEach, beforeEach, expect, test } from 'vitest'
import { yesNo } from '../model/answer.ts'
import { testInviteMe, type InviteMeTest } from '../testing/invite-me-test.ts'

let t: InviteMeTest

beforeEach(async () => {
  t = await testInviteMe({ channels: ['telegram', 'email'] })
})
afterEach(() => t.stop())

const ann = { routes: { telegram: '42', email: 'ann@guests.test' } }

test('an address that bounced earlier is not said to have opted out', async () => {
  const bare = { routes: { email: 'gone@guests.test' } }
  t.channel('email').script(['permanent_recipient'])
  await t.inviteMe.ask(bare, 'Dinner?', { answer: yesNo() })
  await t.advance('1s')

  const again = await t.inviteMe.ask(bare, 'Dinner?', { answer: yesNo() })
  const story = await again.why()
  expect(story).toContain('email left out: the address is dead or said stop')
  expect(story).not.toContain('the person opted out')
})

test('only a route with another behind it is given a time', async () => {
  const invitation = await t.inviteMe.ask(ann, 'Dinner?', {
    answer: yesNo(),
    next: { unlessAnswered: '30m' },
  })
  const story = await invitation.why()
  expect(story).toContain('telegram is given 30 min to be answered')
  expect(story).not.toContain('email is given')
})

test('routes that are used all at once do not come one after another', async () => {
  const inTurn = await t.inviteMe.ask(ann, 'Dinner?', { answer: yesNo() })
  const atOnce = await t.inviteMe.ask(ann, 'Dinner?', { answer: yesNo(), routing: 'all' })
  expect(await inTurn.why()).toContain('asked to send by telegram, then email')
  expect(await atOnce.why()).toContain('asked to send by telegram and email')
})
