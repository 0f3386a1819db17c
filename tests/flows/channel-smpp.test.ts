import { choice, yesNo } from '@invite-me/core'
import { listenForSms, smpp, type SmsListener } from '@invite-me/channels/smpp'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { smscAccount, startSmsc, type Smsc } from '../peers/smsc.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { startEngine } from './start-engine.ts'

const ann = '+4915123456789'
const toAnn = { name: 'Ann', routes: { smpp: ann, email: 'ann@guests.test' } }
let smsc: Smsc
let listener: SmsListener | undefined

beforeEach(async () => {
  smsc = await startSmsc()
})
afterEach(async () => {
  await listener?.close()
  listener = undefined
  await smsc.close()
})

async function start() {
  const sms = smpp({
    host: '127.0.0.1',
    port: smsc.port,
    ...smscAccount,
    source: '+4915100000000',
    deadNumberErrors: ['001'],
    reconnectMs: 10,
  })
  const t = await startEngine({ channels: [sms, 'email'], order: ['smpp', 'email'] })
  listener = listenForSms(sms, { receive: (request) => t.inviteMe.receive('smpp', request) })
  return t
}
type Engine = Awaited<ReturnType<typeof start>>

const sentBy = (t: Engine) => t.outbox.map(({ channel }) => channel)
const write = (text: string, from = ann) => smsc.bring({ from: from.replace('+', ''), text })
const isAnswered = (invitation: { state(): Promise<string> }) => async () =>
  (await invitation.state()) !== 'pending'

describe('a question by one’s own operator', () => {
  test('is asked, delivered and answered, and no mail is sent', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner on Friday at 8?', {
      answer: yesNo(),
      next: { unlessAnswered: '30m' },
    })
    await t.advance(0)
    expect(await smsc.received()).toEqual([expect.stringContaining('Reply YES or NO.')])
    expect(await smsc.report('m1', 'DELIVRD')).toBe(0)
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'delivered' },
    ])

    expect(await write('Yes, gladly!')).toBe(0)
    await waitUntil('she has answered', isAnswered(invitation), 5_000)
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'smpp' })
    await t.advance('2h')
    expect(sentBy(t)).toEqual(['smpp'])
    expect(await invitation.why()).toContain('segment')
  })

  test('in several parts is delivered when the last of them is', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Ужин в пятницу? '.repeat(10), { answer: yesNo() })
    await t.advance(0)
    const parts = smsc.parts.length
    expect(parts).toBeGreaterThan(2)
    await smsc.report(`m${parts}`, 'DELIVRD')
    expect(await t.inviteMe.deliveries.list({ invitationId: invitation.id })).toMatchObject([
      { state: 'delivered' },
    ])
  })

  test('one of whose parts did not arrive goes on by mail', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Ужин в пятницу? '.repeat(10), { answer: yesNo() })
    await t.advance(0)
    await smsc.report('m1', 'EXPIRED')
    await t.advance('1m')
    expect(sentBy(t)).toEqual(['smpp', 'email'])
    expect(await invitation.why()).toContain('EXPIRED')
  })

  test('to a number that does not exist marks it, and the mail asks', async () => {
    const t = await start()
    await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    await smsc.report('m1', 'UNDELIV', '001')
    await t.advance('1m')
    await t.inviteMe.ask(toAnn, 'Lunch?', { answer: yesNo() })
    await t.advance('1m')
    expect(sentBy(t)).toEqual(['smpp', 'email', 'email'])
  })

  test('is answered by a number or a name of what was offered', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'What will you eat?', { answer: choice(['Fish', 'Soup']) })
    await t.advance(0)
    await write('2')
    await waitUntil('she has answered', isAnswered(invitation), 5_000)
    expect(await invitation.answer()).toMatchObject({ value: 'Soup' })
  })

  test('throttled, it waits and costs no try', async () => {
    const t = await start()
    smsc.answer('too_many')
    await t.inviteMe.send(toAnn, 'The door code is 1234.')
    await t.advance(0)
    smsc.answer('well')
    await t.advance('5s')
    expect(smsc.parts).toHaveLength(1)
    expect(sentBy(t)).toEqual(['smpp', 'smpp'])
    expect((await t.inviteMe.deliveries.list())[0]).toMatchObject({ state: 'sent', tries: 0 })
  })

  test('STOP is obeyed, START takes it back', async () => {
    const t = await start()
    await write('STOP')
    await t.inviteMe.send(toAnn, 'One')
    await t.advance('1m')
    await write('START')
    await t.inviteMe.send(toAnn, 'Two')
    await t.advance('1m')
    expect(sentBy(t)).toEqual(['email', 'smpp'])
  })

  test('an answer that comes while the link is down is brought when it is up again', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance(0)
    smsc.hangUp()
    await waitUntil('the link is up again', () => smsc.binds() === 2, 5_000)
    await write('no')
    await waitUntil('she has answered', isAnswered(invitation), 5_000)
    expect(await invitation.answer()).toMatchObject({ value: false })
  })
})
