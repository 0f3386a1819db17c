import { choice, date, form, number, rsvp, text, yesNo, type DomainEvent } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { sam, soon, startEngine } from './start-engine.ts'

test('a question goes out at once and its answer comes back typed', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner on Friday at 8?', { answer: yesNo() })
  const answering = invitation.answer()
  await t.reply(invitation, 'yes, gladly')
  const result = await soon(t.clock, answering)
  expect(result).toMatchObject({ kind: 'answered', value: true, via: 'telegram', revision: 1 })
  expect(await invitation.state()).toBe('accepted')
  expect(t.outbox).toHaveLength(1)
  expect(t.outbox[0]?.message).toMatchObject({
    to: { address: 'sam', name: 'Sam' },
    content: { text: 'Dinner on Friday at 8?' },
    purpose: 'message',
    category: 'invitation',
    links: { respond: expect.stringMatching(/^https:\/\/portal\.test\/r\/[0-9a-z]{26}$/) },
  })
  expect(t.troubles).toEqual([])
})

test('a no is a decline', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.press(invitation, 'no')
  expect(await invitation.answer()).toMatchObject({ kind: 'declined', value: false })
  expect(await invitation.state()).toBe('declined')
})

describe('each type of answer', () => {
  test('one of several options, by its button', async () => {
    const t = await startEngine()
    const answer = choice(['pasta', { value: 'pizza', label: 'Pizza from Luigi' }])
    const invitation = await t.inviteMe.ask(sam, 'What shall we eat?', { answer })
    expect(t.outbox).toHaveLength(0)
    await t.press((await settled(t), invitation), 'pizza')
    const result = await invitation.answer()
    if (result.kind !== 'answered') throw new Error(`it is ${result.kind}`)
    const value: 'pasta' | 'pizza' = result.value
    expect(value).toBe('pizza')
  })

  test('several of several options, by words, in the order they were offered', async () => {
    const t = await startEngine()
    const answer = choice(['Monday', 'Tuesday', 'Friday'], { multiple: true })
    const invitation = await t.inviteMe.ask(sam, 'Which days suit you?', { answer })
    await t.reply(invitation, 'friday and monday')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: ['Monday', 'Friday'] })
  })

  test('free text, a number and a day', async () => {
    const t = await startEngine()
    const where = await t.inviteMe.ask('sam', 'Where?', { answer: text() }).catch(() => undefined)
    expect(where).toBeUndefined()
    const asked = {
      place: await t.inviteMe.ask(sam, 'Where?', { answer: text() }),
      guests: await t.inviteMe.ask(sam, 'How many?', { answer: number({ min: 1, integer: true }) }),
      day: await t.inviteMe.ask(sam, 'When?', { answer: date({ earliest: '2026-01-06' }) }),
    }
    await t.reply(asked.place, 'At the lake')
    await t.reply(asked.guests, '4')
    await t.reply(asked.day, '2026-01-09')
    expect(await asked.place.answer()).toMatchObject({ value: 'At the lake' })
    expect(await asked.guests.answer()).toMatchObject({ value: 4 })
    expect(await asked.day.answer()).toMatchObject({ value: '2026-01-09' })
  })

  test('whether and with how many', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Garden party?', { answer: rsvp({ maxParty: 4 }) })
    await t.reply(invitation, 'yes, 3 of us')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: { coming: 'yes', party: 3 } })
  })

  test('a form, by its page', async () => {
    const t = await startEngine()
    const answer = form(z.object({ name: z.string().min(1), vegan: z.boolean() }))
    const invitation = await t.inviteMe.ask(sam, 'Who are you?', { answer })
    await t.clock.settle()
    const token = t.outbox[0]?.message.links.respond?.split('/').at(-1) ?? ''
    expect(await t.inviteMe.links.open(token, 'respond')).toMatchObject({ status: 'open', current: null })
    const fields = { name: ['Sam'], vegan: ['on'] }
    const receipt = await t.inviteMe.links.answer(token, { kind: 'fields', fields })
    expect(receipt).toMatchObject({ status: 'counted', value: { name: 'Sam', vegan: true } })
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', via: 'portal' })
  })
})

test('an answer link answers, opening it changes nothing, and it serves no other purpose', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.clock.settle()
  const token = t.outbox[0]?.message.links.respond?.split('/').at(-1) ?? ''
  expect(await t.inviteMe.links.open(token, 'unsubscribe')).toEqual({ status: 'unknown' })
  await t.inviteMe.links.open(token, 'respond')
  expect(await invitation.state()).toBe('pending')
  await t.inviteMe.links.answer(token.toUpperCase(), { kind: 'option', value: 'yes' })
  expect(await invitation.answer()).toMatchObject({ value: true, via: 'portal' })
  await expect(
    t.inviteMe.links.answer('0'.repeat(26), { kind: 'option', value: 'yes' }),
  ).rejects.toMatchObject({ code: 'LINK_UNKNOWN' })
})

test('somebody may answer on their behalf', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.inviteMe.respond(invitation.id, { kind: 'value', value: true }, { via: 'front-desk' })
  expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'front-desk' })
  await expect(t.inviteMe.respond('nobody', { kind: 'text', text: 'yes' })).rejects.toMatchObject({
    code: 'INVITATION_UNKNOWN',
  })
})

test('many are asked at once, and each answer comes as it is given', async () => {
  const t = await startEngine({ channels: ['email'] })
  const people = ['ann', 'bob', 'cat', 'bob'].map((name) => ({ routes: { email: `${name}@guests.test` } }))
  const group = await t.inviteMe.ask(people, 'Dinner?', { answer: yesNo() })
  expect(group.invitations.map(({ to }) => to)).toEqual([
    'ann@guests.test',
    'bob@guests.test',
    'cat@guests.test',
  ])
  const answers: [string, string][] = []
  const reading = (async () => {
    for await (const { invitation, result } of group.answers()) answers.push([invitation.to, result.kind])
  })()
  await t.reply('cat@guests.test', 'yes')
  await t.reply('ann@guests.test', 'no')
  expect(answers).toEqual([
    ['cat@guests.test', 'answered'],
    ['ann@guests.test', 'declined'],
  ])
  await t.reply('bob@guests.test', 'YES')
  await reading
  expect(answers).toHaveLength(3)
})

test('a known person is asked by their externalId, in their own order of channels', async () => {
  const t = await startEngine()
  await t.inviteMe.recipients.upsert({
    externalId: 'sam',
    name: 'Sam',
    locale: 'de',
    routes: { telegram: '42', email: 'sam@guests.test' },
    preferences: { order: ['email'] },
  })
  const invitation = await t.inviteMe.ask('sam', 'Abendessen?', { answer: yesNo() })
  await t.reply('sam', 'ja')
  expect(await invitation.answer()).toMatchObject({ kind: 'answered', via: 'email' })
  expect(t.outbox[0]?.message).toMatchObject({
    locale: 'de',
    to: { address: 'sam@guests.test', name: 'Sam' },
  })
})

test('a notice wants no answer and is over when it is sent', async () => {
  const t = await startEngine()
  const sent = await t.inviteMe.send(sam, { subject: 'Doors', text: 'Doors open at 7.' })
  const settling = sent.settled()
  await t.clock.settle()
  expect(await soon(t.clock, settling)).toMatchObject([{ state: 'sent', dueAt: null }])
  expect(t.outbox[0]?.message).toMatchObject({ category: 'notice', links: {} })
  expect(t.outbox[0]?.message.answer).toBeUndefined()
})

test('an answer from another address than the one invited counts, and is marked', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo(), via: ['email'] })
  await t.reply(invitation, 'yes', { from: 'eve@guests.test' })
  expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([
    { status: 'counted', provisional: true },
  ])
})

test('listeners hear what happens, in order, and a listener that throws disturbs nobody', async () => {
  const t = await startEngine()
  const heard: DomainEvent[] = []
  t.inviteMe.on('delivery.sent', () => {
    throw new Error('planned by the test')
  })
  const stopListening = t.inviteMe.on('*', (event) => heard.push(event))
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.reply(invitation, 'yes')
  expect(heard.map(({ type }) => type)).toEqual(['message.accepted', 'delivery.sent', 'invitation.accepted'])
  expect(heard.map(({ cursor }) => cursor)).toEqual(
    heard.map(({ cursor }) => cursor).toSorted((a, b) => a - b),
  )
  stopListening()
  await t.reply(invitation, 'no')
  expect(heard).toHaveLength(3)
  expect(t.troubles).toMatchObject([{ message: 'A listener threw' }])
})

test('who begins to listen is not told what happened before', async () => {
  const t = await startEngine()
  const early: string[] = []
  const late: string[] = []
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.advance('1m')
  t.inviteMe.on('*', ({ type }) => early.push(type))
  await t.reply(invitation, 'perhaps')
  t.inviteMe.on('*', ({ type }) => late.push(type))
  await t.reply(invitation, 'yes')
  expect(early).toEqual(['response.unclear', 'delivery.sent', 'invitation.accepted'])
  expect(late).toEqual(['invitation.accepted'])
})

test('who begins to listen while others wait for an answer holds up neither', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  const answering = invitation.answer()
  const heard: string[] = []
  const replying = t.reply(invitation, 'yes')
  t.inviteMe.on('*', ({ type }) => heard.push(type))
  await replying
  expect(await soon(t.clock, answering)).toMatchObject({ kind: 'answered' })
  expect(heard.at(-1)).toBe('invitation.accepted')
})

test('the events of one invitation can be read from its beginning to its end', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  await t.inviteMe.ask(sam, 'Lunch?', { answer: yesNo() })
  await t.reply(invitation, 'yes')
  const types: string[] = []
  for await (const { type } of invitation.events()) types.push(type)
  expect(types).toEqual(['delivery.sent', 'invitation.accepted'])
})

test('a wait can be called off, and the invitation goes on', async () => {
  const t = await startEngine()
  const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer: yesNo() })
  const controller = new AbortController()
  const waiting = invitation.answer({ signal: controller.signal })
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'WAIT_ABORTED' })
  await expect(invitation.answer({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'WAIT_ABORTED',
  })
  await t.reply(invitation, 'yes')
  expect(await invitation.answer()).toMatchObject({ value: true })
})

async function settled(t: Awaited<ReturnType<typeof startEngine>>): Promise<void> {
  await t.clock.settle()
}
