import { choice, text, yesNo } from '@invite-me/core'
import { inboundRequest, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const phone = '+491510000001'
const sam = { name: 'Sam', routes: { 'twilio-sms': phone } }
const start = () => startEngine({ channels: ['twilio-sms'] })

let messages = 0

/** Words of a person in a text message, which has no thread. */
async function write(t: InviteMeTest, words: string, options: { readonly onlyIfClear?: boolean } = {}) {
  const [result] = await t.inviteMe.receive(
    'twilio-sms',
    inboundRequest('twilio-sms', [
      {
        id: `SM${String((messages += 1))}`,
        at: new Date(0),
        kind: 'answer',
        reference: { by: 'address', address: phone },
        from: phone,
        input: { kind: 'text', text: words },
        ...options,
      },
    ]),
  )
  await t.clock.settle()
  return result
}

const texts = (t: InviteMeTest) => t.outbox.map(({ message }) => message.content.text)

describe('an answer that is not clear', () => {
  test('is asked back once, then left to a human; a clear one still counts', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    expect(await write(t, 'what?')).toMatchObject({
      answer: 'unclear',
      feedback: expect.stringMatching(/yes/i),
    })
    expect(texts(t)).toHaveLength(2)
    expect(texts(t)[1]).toMatch(/yes/i)
    expect(await write(t, 'hm hm')).toMatchObject({ answer: 'unclear' })
    expect(texts(t)).toHaveLength(2)
    expect(await write(t, 'yes')).toMatchObject({ answer: 'counted' })
    expect(await invitation.answer()).toMatchObject({ value: true, via: 'twilio-sms' })
    expect(await invitation.why()).toContain('asked back by twilio-sms')
  })

  test('is not asked back from somebody who said stop', async () => {
    const t = await start()
    await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    await t.inviteMe.recipients.optOut('twilio-sms', phone)
    await write(t, 'what?')
    expect(texts(t)).toHaveLength(1)
  })

  test('words that may mean something else are dropped without a word unless they are clear', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Which?', { answer: choice(['Cancel', 'Go on']) })
    await t.clock.settle()
    expect(await write(t, 'END', { onlyIfClear: true })).toMatchObject({ result: 'ignored' })
    expect(texts(t)).toHaveLength(1)
    expect(await write(t, 'CANCEL', { onlyIfClear: true })).toMatchObject({ answer: 'counted' })
    expect(await invitation.answer()).toMatchObject({ value: 'Cancel' })
  })
})

describe('of two open questions to one phone', () => {
  const ask = async (t: InviteMeTest) => {
    const dinner = await t.inviteMe.ask(sam, 'Dinner on Friday?', { answer: yesNo() })
    await t.clock.settle()
    const lunch = await t.inviteMe.ask(sam, 'Lunch on Sunday?', { answer: yesNo() })
    await t.clock.settle()
    return { dinner, lunch }
  }

  test('an answer both could mean is asked back, and the number decides', async () => {
    const t = await start()
    const { dinner, lunch } = await ask(t)
    expect(await write(t, 'yes')).toMatchObject({ result: 'recorded', answer: 'ambiguous' })
    expect(texts(t)).toHaveLength(3)
    expect(texts(t)[2]).toMatch(/1.*Lunch on Sunday[\s\S]*2.*Dinner on Friday/)
    expect(await write(t, '2')).toMatchObject({ answer: 'counted', invitationId: dinner.id })
    expect(await dinner.answer()).toMatchObject({ value: true })
    expect(await lunch.state()).toBe('pending')
    expect(await write(t, 'no')).toMatchObject({ answer: 'counted', invitationId: lunch.id })
  })

  test('the number may come with another answer', async () => {
    const t = await start()
    const { lunch, dinner } = await ask(t)
    await write(t, 'yes')
    expect(await write(t, '1 no')).toMatchObject({ answer: 'counted', invitationId: lunch.id })
    expect(await lunch.answer()).toMatchObject({ kind: 'declined' })
    expect(await dinner.state()).toBe('pending')
  })

  test('an answer only one of them can have goes to that one', async () => {
    const t = await start()
    const dinner = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    const drink = await t.inviteMe.ask(sam, 'Tea or coffee?', { answer: choice(['tea', 'coffee']) })
    await t.clock.settle()
    expect(await write(t, 'yes')).toMatchObject({ invitationId: dinner.id, answer: 'counted' })
    expect(await write(t, 'coffee')).toMatchObject({ invitationId: drink.id, answer: 'counted' })
  })

  test('who does not say which is asked only once', async () => {
    const t = await start()
    await ask(t)
    await write(t, 'yes')
    expect(await write(t, 'yes')).toMatchObject({ answer: 'ambiguous', feedback: null })
    expect(texts(t)).toHaveLength(3)
  })
})

describe('words after the question is closed', () => {
  test('change the answer while it may be changed, and are politely late afterwards', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), until: '1h' })
    await t.clock.settle()
    await write(t, 'yes')
    expect(await write(t, 'sorry, no')).toMatchObject({ answer: 'counted', invitationId: invitation.id })
    expect(await invitation.answer()).toMatchObject({ kind: 'declined', revision: 2 })
    await t.advance('2h')
    expect(await write(t, 'yes')).toMatchObject({ answer: 'late', feedback: expect.stringMatching(/./) })
    expect(await write(t, 'yes, yes!')).toMatchObject({ answer: 'late', feedback: null })
    expect(await invitation.answer()).toMatchObject({ kind: 'declined' })
  })

  test('words of a stranger are kept for a human', async () => {
    const t = await start()
    const [stray] = await t.inviteMe.receive(
      'twilio-sms',
      inboundRequest('twilio-sms', [
        {
          id: 'SM-stray',
          at: new Date(0),
          kind: 'answer',
          reference: { by: 'address', address: '+491519999999' },
          input: { kind: 'text', text: 'Who are you?' },
        },
      ]),
    )
    expect(stray).toMatchObject({ result: 'unmatched' })
    const [kept] = await t.inviteMe.unmatched.list()
    expect(kept).toMatchObject({ channel: 'twilio-sms', fact: { input: { text: 'Who are you?' } } })
    await t.inviteMe.unmatched.drop(kept?.id ?? '')
    expect(await t.inviteMe.unmatched.list()).toEqual([])
  })

  test('a text question takes any words, so it is told apart only by asking', async () => {
    const t = await start()
    await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    await t.inviteMe.ask(sam, 'What shall we cook?', { answer: text() })
    await t.clock.settle()
    expect(await write(t, 'yes')).toMatchObject({ answer: 'ambiguous' })
    expect(await write(t, '1 soup')).toMatchObject({ answer: 'counted' })
  })
})
