import { choice, yesNo } from '@invite-me/core'
import { inviteMe, type InviteMeTest } from '@invite-me/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFakeNtfy, type FakeNtfy } from './fake-ntfy.ts'
import { ntfy } from './ntfy.ts'

const sam = { name: 'Sam', routes: { ntfy: 'sam-x7k2m9', email: 'sam@guests.test' } }
const tapUrl = 'https://app.guests.test/hooks/ntfy'
let server: FakeNtfy
let t: InviteMeTest

beforeEach(async () => {
  server = await startFakeNtfy()
  t = await inviteMe.test({
    channels: [ntfy({ server: server.url, tapUrl }), 'email'],
    order: ['ntfy', 'email'],
  })
})
afterEach(async () => {
  await t.stop()
  await server.close()
})

test('the engine asks through the channel, and a tap on the phone answers', async () => {
  const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday at 8?', {
    answer: yesNo(),
    from: { name: 'Anna' },
  })
  await t.advance(0)
  const [sent] = server.notifications
  expect(sent).toMatchObject({
    topic: 'sam-x7k2m9',
    title: 'Anna',
    message: 'Dinner on Friday at 8?',
    actions: [{ label: 'Yes' }, { label: 'No' }],
  })

  const [yes] = sent?.actions ?? []
  const { headers, body, method, url } = yes ?? {}
  const tap = () => new Request(url ?? '', { method, headers, body } as RequestInit)
  expect(await t.inviteMe.receive('ntfy', tap())).toMatchObject([{ result: 'recorded', answer: 'counted' }])
  expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'ntfy' })
  expect(await t.inviteMe.receive('ntfy', tap())).toMatchObject([{ result: 'repeated' }])
})

test('a tap with a token that was never sent finds nothing', async () => {
  const body = JSON.stringify({ token: '0123456789abcdefghjkmnpqrs', value: 'yes' })
  const forged = new Request(tapUrl, { method: 'POST', body })
  expect(await t.inviteMe.receive('ntfy', forged)).toMatchObject([{ result: 'unmatched' }])
})

test('answers that do not fit buttons are given on the page', async () => {
  await t.inviteMe.ask(sam, 'Which day?', { answer: choice(['Mon', 'Tue', 'Wed', 'Thu']) })
  await t.advance(0)
  const [sent] = server.notifications
  expect(sent?.click).toMatch(/^https:\/\/portal\.test\/r\//)
  expect(sent?.actions).toBeUndefined()
})

test('a topic the server refuses is marked dead, and the next channel asks', async () => {
  server.answer('no_such_address')
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.advance(0)
  expect(t.outbox.map(({ channel }) => channel)).toEqual(['ntfy', 'email'])
  expect(await invitation.why()).toContain('ntfy failed: the server refuses this topic (40009)')
})

test('a full bucket pauses the channel and costs no try', async () => {
  server.answer('too_many')
  await t.inviteMe.send(sam, 'The door code is 1234.')
  await t.advance('1s')
  server.answer('well')
  await t.advance('28s')
  expect(server.notifications).toHaveLength(1)
  await t.advance('3s')
  expect(server.notifications).toHaveLength(2)
  expect((await t.inviteMe.deliveries.list())[0]).toMatchObject({ state: 'sent', tries: 0 })
})
