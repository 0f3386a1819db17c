import { choice, yesNo } from '@invite-me/core'
import { expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

const answer = yesNo()

test('a question that was answered on its second route', async () => {
  const t = await startEngine()
  const next = { unlessAnswered: '30m' } as const
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, next, until: '2026-01-06T18:00' })
  await t.advance('31m')
  expect(await invitation.why()).toMatchInlineSnapshot(`
    "2026-01-05 09:00:00  asked to send by telegram, then email (times are UTC)
                         telegram is given 30 min to be answered
    2026-01-05 09:00:00  telegram accepted it
    2026-01-05 09:30:00  telegram: not answered in time, so on to the next route
    2026-01-05 09:30:00  email accepted it
    now: waiting for an answer; the deadline is 2026-01-06 18:00:00 UTC"
  `)
  await t.report(invitation, 'read')
  await t.advance('5m')
  await t.reply(invitation, 'yes')
  await t.advance('1h')
  await t.reply(invitation, 'no')
  expect(await invitation.why()).toMatchInlineSnapshot(`
    "2026-01-05 09:00:00  asked to send by telegram, then email (times are UTC)
                         telegram is given 30 min to be answered
    2026-01-05 09:00:00  telegram accepted it
    2026-01-05 09:30:00  telegram: not answered in time, so on to the next route
    2026-01-05 09:30:00  email accepted it
    2026-01-05 09:31:00  email says it was read
    2026-01-05 09:36:00  answered Yes by email
    2026-01-05 10:36:00  changed to No by email
    now: declined by email"
  `)
})

test('a question nobody answered in spite of reminders', async () => {
  const t = await startEngine({ channels: ['email'] })
  const ann = { routes: { email: 'ann@guests.test' } }
  const invitation = await t.inviteMe.ask(ann, 'Which?', {
    answer: choice(['tea', 'coffee']),
    remind: ['1h', '90m'],
    until: '2h',
  })
  await t.advance('30m')
  await t.reply(invitation, 'something warm')
  await t.advance('3h')
  await t.reply(invitation, 'tea')
  expect(await invitation.why()).toMatchInlineSnapshot(`
    "2026-01-05 09:00:00  asked to send by email (times are UTC)
    2026-01-05 09:00:00  email accepted it
    2026-01-05 09:30:00  an answer by email was not clear; it is kept for a human
    2026-01-05 09:30:00  asked back by email
    2026-01-05 09:30:00  email accepted the words back
    2026-01-05 10:00:00  not answered yet, so a reminder by email
    2026-01-05 10:00:00  email accepted it
    2026-01-05 10:30:00  not answered yet, so a reminder by email
    2026-01-05 10:30:00  email accepted it
    2026-01-05 11:00:00  the deadline passed
    2026-01-05 12:30:00  an answer by email came too late (expired)
    now: expired"
  `)
})

test('a question that reached nobody', async () => {
  const t = await startEngine({ channels: ['telegram', 'email', 'sms'] })
  await t.inviteMe.recipients.upsert({
    externalId: 'ann',
    routes: { telegram: '42', email: 'ann@guests.test', sms: '+1', signal: '+1' },
    preferences: { off: [{ channel: 'sms' }] },
  })
  t.fail('telegram', 'permanent_recipient')
  t.channel('email').script(['retryable', 'rate_limited', 'permanent_content'])
  const invitation = await t.inviteMe.ask('ann', 'Dinner?', { answer })
  await t.advance('1h')
  // The provider asked for five seconds; up to one more is chance, in which processes draw in an order of their own.
  const story = (await invitation.why()).replaceAll(/09:00:0[56]/g, '09:00:05')
  expect(story).toMatchInlineSnapshot(`
    "2026-01-05 09:00:00  asked to send by telegram, then email (times are UTC)
                         sms left out: the person switched this channel off
                         signal left out: this channel is not configured here
    2026-01-05 09:00:00  telegram failed: there is no such address (550 5.1.1)
    2026-01-05 09:00:00  email failed: the provider is unwell (503)
    2026-01-05 09:00:00  email failed: too many at once (429)
    2026-01-05 09:00:05  email failed: the text was refused (554)
    2026-01-05 09:00:05  no route is left
    now: unreachable, every route failed"
  `)
})

test('a message that may have arrived twice', async () => {
  const t = await startEngine({ channels: ['email'] })
  t.channel('email').script(['unknown'])
  const invitation = await t.inviteMe.ask({ routes: { email: 'ann@guests.test' } }, 'Dinner?', { answer })
  await t.advance('1m')
  await invitation.cancel()
  expect(await invitation.why()).toMatchInlineSnapshot(`
    "2026-01-05 09:00:00  asked to send by email (times are UTC)
    2026-01-05 09:00:00  email gave no answer (timeout): it may have been sent
    2026-01-05 09:00:00  email accepted it; it may have arrived twice
    2026-01-05 09:01:00  called off
    now: cancelled"
  `)
})

test('a message that came back, and a person who opted out before the next one left', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
  await t.advance('1m')
  await t.inviteMe.recipients.optOut('email', 'sam@guests.test')
  const [entry] = t.outbox
  if (entry === undefined) throw new Error('nothing was sent')
  await t.inviteMe.receive('telegram', t.channel('telegram').bounce(entry))
  await t.advance('1m')
  expect(await invitation.why()).toMatchInlineSnapshot(`
    "2026-01-05 09:00:00  asked to send by telegram, then email (times are UTC)
    2026-01-05 09:00:00  telegram accepted it
    2026-01-05 09:01:00  telegram returned it: there is no such address (550 5.1.1)
    2026-01-05 09:01:00  email left out: the address is dead or said stop
    now: unreachable, every route failed"
  `)
})

test('no explanation holds an address, a text or an answer’s words beyond the answer', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'A secret dinner?', { answer, next: { unlessAnswered: '1m' } })
  await t.advance('5m')
  await t.reply(invitation, 'maybe, call me at 555-0100')
  const why = await invitation.why()
  expect(why).not.toMatch(/guests\.test|secret|555/)
})
