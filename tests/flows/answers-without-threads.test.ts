import { choice, number, yesNo } from '@invite-me/core'
import { inboundRequest, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const phone = '+491510000001'
const sam = { name: 'Sam', routes: { 'twilio-sms': phone, email: 'sam@guests.test' } }
const bySms = { via: ['twilio-sms'] } as const
const start = () => startEngine({ channels: ['twilio-sms', 'email'] })

let received = 0

/** Words of a person in a text message, which has no thread. */
async function write(t: InviteMeTest, words: string, more: { readonly reference?: object } = {}) {
  const [result] = await t.inviteMe.receive(
    'twilio-sms',
    inboundRequest('twilio-sms', [
      {
        id: `SM${String((received += 1))}`,
        at: new Date(0),
        kind: 'answer',
        reference: { by: 'address', address: phone },
        from: phone,
        input: { kind: 'text', text: words },
        ...more,
      } as never,
    ]),
  )
  await t.clock.settle()
  return result
}

const texts = (t: InviteMeTest) => t.outbox.map(({ message }) => message.content.text)

async function askBoth(t: InviteMeTest) {
  const dinner = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo(), ...bySms })
  await t.advance('1m')
  const lunch = await t.inviteMe.ask(sam, 'Lunch on Sunday?', { answer: yesNo(), ...bySms })
  await t.advance('1m')
  return { dinner, lunch }
}

describe('an answer by the first route, when the second one was tried meanwhile', () => {
  test('is the person’s own, and what is not clear is asked back where they wrote', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', {
      answer: yesNo(),
      via: ['twilio-sms', 'email'],
      next: { unlessAnswered: '30m' },
    })
    await t.advance('31m')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms', 'email'])
    await write(t, 'what?')
    expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms', 'email', 'twilio-sms'])
    expect(await write(t, 'yes')).toMatchObject({ answer: 'counted' })
    expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([
      { status: 'unclear', provisional: false },
      { status: 'counted', provisional: false },
    ])
  })
})

describe('who was asked which question they meant', () => {
  test('means by a number what it meant in their list, though more was asked since', async () => {
    const t = await start()
    const { dinner } = await askBoth(t)
    await write(t, 'yes')
    await t.inviteMe.ask(sam, 'Breakfast on Monday?', { answer: yesNo(), ...bySms })
    await t.advance('1m')
    expect(await write(t, 'no')).toMatchObject({ answer: 'ambiguous' })
    // Three questions are open, and they have a new list; the old one does not count any more.
    expect(texts(t).at(-1)).toMatch(/1.*Breakfast[\s\S]*2.*Lunch[\s\S]*3.*Dinner/)
    expect(await write(t, '3')).toMatchObject({ answer: 'counted', invitationId: dinner.id })
    expect(await dinner.answer()).toMatchObject({ value: false })
  })

  test('and says the same again is not asked again, and the list they have still counts', async () => {
    const t = await start()
    const { dinner } = await askBoth(t)
    await write(t, 'yes')
    await write(t, 'no')
    await t.advance('2h')
    expect(texts(t)).toHaveLength(3)
    expect(await write(t, '2')).toMatchObject({ answer: 'counted', invitationId: dinner.id })
    expect(await dinner.answer()).toMatchObject({ value: false })
  })

  test('answers a newer question with a number when that can be meant', async () => {
    const t = await start()
    await askBoth(t)
    await write(t, 'yes')
    const guests = await t.inviteMe.ask(sam, 'How many guests?', { answer: number(), ...bySms })
    await t.advance('1m')
    expect(await write(t, '2')).toMatchObject({ answer: 'counted', invitationId: guests.id })
  })

  test('and answered on the page meanwhile changes their mind by naming its number', async () => {
    const t = await start()
    const { dinner, lunch } = await askBoth(t)
    await write(t, 'yes')
    await t.inviteMe.respond(dinner.id, { kind: 'option', value: 'no' }, { via: 'portal' })
    expect(await write(t, '2')).toMatchObject({ answer: 'counted', invitationId: dinner.id })
    expect(await dinner.answer()).toMatchObject({ value: true, revision: 2 })
    expect(await lunch.state()).toBe('pending')
  })

  test('and whose question was called off meanwhile is told so, and the others stay open', async () => {
    const t = await start()
    const { dinner, lunch } = await askBoth(t)
    await write(t, 'yes')
    await dinner.cancel()
    expect(await write(t, '2')).toMatchObject({ answer: 'late', invitationId: dinner.id })
    expect(await lunch.state()).toBe('pending')
  })

  test('replies to just that in a medium that has threads: the number still names the question', async () => {
    const t = await start()
    const { dinner, lunch } = await askBoth(t)
    await write(t, 'yes')
    const reference = { by: 'provider-message', providerMessageId: 'twilio-sms-3' }
    expect(await write(t, '2', { reference })).toMatchObject({ answer: 'counted', invitationId: dinner.id })
    expect(await lunch.state()).toBe('pending')
  })

  test('a day later, is not taken by their word any more', async () => {
    const t = await start()
    await askBoth(t)
    await write(t, 'yes')
    await t.advance('25h')
    expect(await write(t, '2')).not.toMatchObject({ answer: 'counted' })
  })
})

describe('words said back', () => {
  test('to a machine that answers everything are said once a question, however long it goes on', async () => {
    const t = await start()
    const dinner = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), ...bySms })
    await t.clock.settle()
    for (let round = 0; round < 30; round += 1) await write(t, 'I am away, please call my office.')
    expect(texts(t)).toHaveLength(2)
    const lunch = await t.inviteMe.ask(sam, 'Lunch?', { answer: yesNo(), ...bySms })
    await t.clock.settle()
    for (let round = 0; round < 30; round += 1) await write(t, 'I am away, please call my office.')
    expect(texts(t)).toHaveLength(4)
    for (let round = 0; round < 30; round += 1) await write(t, 'yes')
    expect(texts(t).length).toBeLessThanOrEqual(5)
    expect([await dinner.state(), await lunch.state()]).toContain('pending')
  })

  test('are not said to thanks after an answer', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), ...bySms })
    await t.clock.settle()
    await write(t, 'yes')
    await write(t, 'looking forward to it very much indeed')
    expect(texts(t)).toHaveLength(1)
    expect(await invitation.state()).toBe('accepted')
    expect(await invitation.why()).not.toContain('asked back')
  })

  test.each(['bounce', 'refusal'] as const)(
    'that do not arrive (%s) leave the question open on its own way',
    async (how) => {
      const t = await start()
      const invitation = await t.inviteMe.ask(sam, 'Dinner?', {
        answer: yesNo(),
        via: ['twilio-sms', 'email'],
        next: { unlessAnswered: '30m' },
        until: '2h',
      })
      await t.clock.settle()
      if (how === 'refusal') t.channel('twilio-sms').script(['permanent_content'])
      await write(t, 'what?')
      const hint = t.outbox[1]
      if (hint === undefined) throw new Error('the person was asked back')
      if (how === 'bounce') await t.inviteMe.receive('twilio-sms', t.channel('twilio-sms').bounce(hint))
      await t.clock.settle()
      expect(await invitation.state()).toBe('pending')
      expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms', 'twilio-sms'])
      await t.advance('31m')
      expect(t.outbox.map(({ channel }) => channel)).toEqual(['twilio-sms', 'twilio-sms', 'email'])
      await t.advance('2h')
      expect(await invitation.state()).toBe('expired')
    },
  )

  test('that arrived do not keep a question open that reached nobody', async () => {
    const t = await startEngine({ channels: ['twilio-sms'] })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), ...bySms })
    await t.clock.settle()
    await write(t, 'what?')
    const [question] = t.outbox
    if (question === undefined) throw new Error('a question is expected')
    await t.inviteMe.receive('twilio-sms', t.channel('twilio-sms').bounce(question))
    expect(await invitation.state()).toBe('unreachable')
  })

  test('do not change when a reminder leaves, and are not said again by it', async () => {
    const t = await start()
    await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), remind: ['1h'], ...bySms })
    await t.clock.settle()
    await t.advance('10m')
    await write(t, 'what?')
    await t.advance('3h')
    const sent = t.outbox.map(({ message }) => [message.purpose, message.content.text === 'Dinner?'])
    expect(sent).toEqual([
      ['message', true],
      ['message', false],
      ['reminder', true],
    ])
  })

  test('are not sent when the question was answered before they left', async () => {
    const t = await startEngine({
      channels: ['twilio-sms'],
    })
    const invitation = await t.inviteMe.ask(sam, 'Which?', { answer: choice(['tea', 'coffee']), ...bySms })
    await t.clock.settle()
    t.channel('twilio-sms').script(['retryable'])
    await write(t, 'water')
    await write(t, 'tea')
    await t.advance('1h')
    expect(texts(t)).toHaveLength(2)
    expect(await invitation.state()).toBe('answered')
  })
})
