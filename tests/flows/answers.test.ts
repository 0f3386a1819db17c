import { choice, number, yesNo } from '@invite-me/core'
import { inboundRequest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

const answer = yesNo()

describe('of answers that come at once', () => {
  test('exactly one is the first, and the others are revisions or repeats', async () => {
    const t = await startEngine()
    const colours = ['red', 'green', 'blue', 'grey'] as const
    const invitation = await t.inviteMe.ask(sam, 'Which colour?', { answer: choice(colours), until: '1d' })
    await t.clock.settle()
    const receipts = await Promise.all(
      colours.map((value) => t.inviteMe.respond(invitation.id, { kind: 'option', value })),
    )
    expect(new Set(receipts.map((receipt) => receipt.status === 'counted' && receipt.revision))).toEqual(
      new Set([1, 2, 3, 4]),
    )
    const responses = await t.inviteMe.invitations.responses(invitation.id)
    const last = responses.find(({ revision }) => revision === 4)
    expect(await invitation.answer()).toMatchObject({ revision: 4, value: last?.value })
    const kinds = (await t.inviteMe.receipts.list({ invitationId: invitation.id })).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'answered')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'revised')).toHaveLength(3)
  })

  test('links that were revoked lead nowhere, and neither does the reply address', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.clock.settle()
    const [sent] = t.outbox
    if (sent === undefined) throw new Error('a message is expected')
    const [delivery] = await t.inviteMe.deliveries.list({ invitationId: invitation.id })
    await t.inviteMe.deliveries.revokeLinks(delivery?.id ?? '')
    const token = sent.message.links.respond?.split('/').at(-1) ?? ''
    expect(await t.inviteMe.links.open(token, 'respond')).toEqual({ status: 'unknown' })
    await expect(t.inviteMe.links.answer(token, { kind: 'option', value: 'yes' })).rejects.toMatchObject({
      code: 'LINK_UNKNOWN',
    })
    const [reply] = await t.inviteMe.receive(
      sent.channel,
      inboundRequest(sent.channel, [
        {
          id: 'reply-1',
          at: new Date(0),
          kind: 'answer',
          reference: { by: 'token', token: sent.message.replyToken ?? '' },
          input: { kind: 'text', text: 'yes' },
        },
      ]),
    )
    expect(reply).toMatchObject({ result: 'unmatched' })
    expect(await invitation.state()).toBe('pending')
  })

  test('the same yes by link, button and reply counts once', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, routing: 'all' })
    await t.clock.settle()
    const [one, other] = t.outbox
    const token = one?.message.links.respond?.split('/').at(-1) ?? ''
    if (one === undefined || other === undefined) throw new Error('two messages are expected')
    const channel = t.channel(other.channel)
    const [byLink, [byReply], byHost] = await Promise.all([
      t.inviteMe.links.answer(token, { kind: 'option', value: 'yes' }),
      t.inviteMe.receive(other.channel, channel.reply(other, 'yes')),
      t.inviteMe.respond(invitation.id, { kind: 'value', value: true }),
    ])
    const statuses = [byLink.status, byReply?.answer, byHost.status]
    expect(statuses.filter((status) => status === 'counted')).toHaveLength(1)
    expect(statuses.filter((status) => status === 'repeated')).toHaveLength(2)
    const events: string[] = []
    for await (const { type } of invitation.events()) events.push(type)
    expect(events.filter((type) => type === 'invitation.accepted')).toHaveLength(1)
  })
})

describe('a later answer', () => {
  test('is a revision until the deadline', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '2h' })
    await t.reply(invitation, 'yes')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', revision: 1 })
    await t.advance('1h')
    await t.reply(invitation, 'no, sorry')
    expect(await invitation.answer()).toMatchObject({ kind: 'declined', value: false, revision: 2 })
    await t.advance('2h')
    expect(await t.reply(invitation, 'yes')).toMatchObject({ answer: 'late' })
    expect(await invitation.answer()).toMatchObject({ kind: 'declined', revision: 2 })
    const events: string[] = []
    for await (const { type } of invitation.events()) events.push(type)
    expect(events).toEqual(['delivery.sent', 'invitation.accepted', 'invitation.revised'])
  })

  test('that says the same changes nothing, on whatever route', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '1m' } })
    await t.advance('2m')
    await t.reply(invitation, 'yes', { via: 'telegram' })
    expect(await t.reply(invitation, 'YES!', { via: 'email' })).toMatchObject({ answer: 'repeated' })
    expect(await invitation.answer()).toMatchObject({ revision: 1, via: 'telegram' })
    expect(await t.inviteMe.invitations.responses(invitation.id)).toHaveLength(2)
  })
})

describe('a wrong answer', () => {
  test('is refused with a hint, kept, and the question stays open', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'How many?', {
      answer: number({ min: 1, max: 4, integer: true }),
    })
    await t.clock.settle()
    const receipt = await t.inviteMe.respond(invitation.id, { kind: 'value', value: 'many' })
    expect(receipt).toMatchObject({ status: 'refused', hint: expect.stringMatching(/./) })
    expect(await t.reply(invitation, '7')).toMatchObject({ answer: 'refused' })
    expect(await invitation.state()).toBe('pending')
    expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([
      { status: 'refused', revision: null },
      { status: 'refused', value: '7', via: 'telegram' },
    ])
    const kinds = (await t.inviteMe.receipts.list({ invitationId: invitation.id })).map(({ kind }) => kind)
    expect(kinds).toEqual(['accepted', 'answer_refused', 'answer_refused', 'asked_back', 'accepted'])
    await t.reply(invitation, '3')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: 3, revision: 1 })
  })

  test('that is unclear is kept for a human', async () => {
    const t = await startEngine()
    const heard: string[] = []
    t.inviteMe.on('response.unclear', ({ type }) => heard.push(type))
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    expect(await t.reply(invitation, 'It depends on my sister.')).toMatchObject({ answer: 'unclear' })
    expect(await invitation.state()).toBe('pending')
    expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([
      { status: 'unclear', value: 'It depends on my sister.' },
    ])
    expect(heard).toEqual(['response.unclear'])
  })

  test('of a megabyte is cut, and kept', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.reply(invitation, 'perhaps '.repeat(125_000))
    const [response] = await t.inviteMe.invitations.responses(invitation.id)
    expect(String(response?.value)).toHaveLength(2_000)
  })

  test('does not take the place of one that counted', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '1d' })
    await t.reply(invitation, 'yes')
    await t.reply(invitation, 'or what do you think?')
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, revision: 1 })
  })
})

describe('what comes from outside', () => {
  test('counts once, however often it is delivered', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, until: '1d' })
    await t.clock.settle()
    expect(await t.reply(invitation, 'yes', { id: 'update-1' })).toMatchObject({ result: 'recorded' })
    await t.reply(invitation, 'no', { id: 'update-2' })
    expect(await t.reply(invitation, 'yes', { id: 'update-1' })).toMatchObject({
      result: 'repeated',
      answer: null,
    })
    expect(await invitation.answer()).toMatchObject({ value: false, revision: 2 })
  })

  test('and fits nothing is not remembered, so that a later try may find its question', async () => {
    const t = await startEngine()
    const telegram = t.channel('telegram')
    const early = () => telegram.reply('sam', 'yes', { id: 'update-1' })
    expect(await t.inviteMe.receive('telegram', early())).toMatchObject([{ result: 'unmatched' }])
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.clock.settle()
    expect(await t.inviteMe.receive('telegram', early())).toMatchObject([
      { result: 'recorded', answer: 'counted' },
    ])
    expect(await invitation.state()).toBe('accepted')
  })

  test('by an address alone answers the open question, and which of two is asked back', async () => {
    const t = await startEngine()
    const older = await t.inviteMe.ask(sam, 'Lunch?', { answer })
    await t.advance('1m')
    const newer = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.clock.settle()
    const say = (text: string) => t.inviteMe.receive('telegram', t.channel('telegram').reply('sam', text))
    expect(await say('yes')).toMatchObject([{ result: 'recorded', answer: 'ambiguous' }])
    await say('1')
    expect(await newer.state()).toBe('accepted')
    expect(await older.state()).toBe('pending')
    await say('no')
    expect(await older.state()).toBe('declined')
  })

  test('by an address is known by that address as it is written', async () => {
    const t = await startEngine({ channels: ['telegram'] })
    const invitation = await t.inviteMe.ask({ routes: { telegram: 'SamTheCook' } }, 'Dinner?', { answer })
    await t.clock.settle()
    const say = (address: string) =>
      t.inviteMe.receive('telegram', t.channel('telegram').reply(address, 'yes'))
    expect(await say('samthecook')).toMatchObject([{ result: 'unmatched' }])
    expect(await say('SamTheCook')).toMatchObject([{ result: 'recorded', answer: 'counted' }])
    expect(await invitation.state()).toBe('accepted')
  })

  test('about a message that is just being sent elsewhere is given back, to be sent again', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, next: { unlessAnswered: '1m' } })
    await t.advance('30s')
    t.fail('email', 'hang')
    await t.advance('31s')
    const report = () => t.report(invitation, 'read', { via: 'telegram', id: 'update-1' })
    await expect(report()).rejects.toMatchObject({ code: 'STORE_BUSY' })
    t.mend('email')
    await t.advance('5m')
    expect(await report()).toMatchObject({ result: 'recorded' })
  })

  test('late and out of order moves a delivery only forward', async () => {
    const t = await startEngine()
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer })
    await t.report((await t.clock.settle(), invitation), 'read')
    await t.report(invitation, 'delivered')
    const [delivery] = await t.inviteMe.deliveries.list({ invitationId: invitation.id })
    expect(delivery?.state).toBe('read')
    const kinds = (await t.inviteMe.receipts.list({ invitationId: invitation.id })).map(({ kind }) => kind)
    expect(kinds).toEqual(['accepted', 'read', 'delivered'])
  })

  test('without a signature is refused', async () => {
    const t = await startEngine()
    const forged = new Request('https://x.test', { method: 'POST', body: '[]' })
    await expect(t.inviteMe.receive('telegram', forged)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
    await expect(t.inviteMe.receive('sms', forged)).rejects.toMatchObject({ code: 'CHANNEL_UNKNOWN' })
  })
})
