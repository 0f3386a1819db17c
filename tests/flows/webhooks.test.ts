import { yesNo } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { inboundRequest, scriptedChannel } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const post = (body: string) => new Request('https://guests.test/hook', { method: 'POST', body })

describe('a webhook', () => {
  test('is answered in the medium’s own way, with what became of the answer', async () => {
    const chat = scriptedChannel({ name: 'telegram' })
    chat.acknowledge = async (handled) => Response.json(handled.map(({ result }) => result.feedback))
    const t = await startEngine({ channels: [chat] })
    const invitation = await t.inviteMe.ask({ routes: { telegram: '4711' } }, 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    const [entry] = chat.outbox
    if (entry === undefined) throw new Error('a message is expected')
    const response = await t.inviteMe.handleWebhook('telegram', chat.press(entry, 'yes'))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual([expect.stringMatching(/yes/i)])
    expect(await invitation.state()).toBe('accepted')
  })

  test('without anything to say is answered with 204', async () => {
    const t = await startEngine()
    const fact = { id: '1', at: new Date(0), kind: 'opted_out', address: 'sam' } as const
    expect((await t.inviteMe.handleWebhook('telegram', inboundRequest('telegram', [fact]))).status).toBe(204)
  })

  test('trouble is told as a status, and recorded facts stay recorded', async () => {
    const chat = scriptedChannel({ name: 'telegram' })
    chat.acknowledge = () => Promise.reject(new Error('a fault of the adapter'))
    const t = await startEngine({ channels: [chat, 'email'] })
    const fact = { id: '1', at: new Date(0), kind: 'opted_out', address: 'sam' } as const
    expect((await t.inviteMe.handleWebhook('telegram', inboundRequest('telegram', [fact]))).status).toBe(204)
    expect(t.troubles.map(({ message }) => message)).toEqual([
      'A channel could not acknowledge what it received',
    ])
    expect((await t.inviteMe.handleWebhook('telegram', post('[]'))).status).toBe(401)
    expect((await t.inviteMe.handleWebhook('pigeon-post', post('[]'))).status).toBe(404)
    chat.receive = () => Promise.reject(new InviteMeError('BODY_TOO_LARGE', 'The request is too large.'))
    expect((await t.inviteMe.handleWebhook('telegram', post('x'))).status).toBe(413)
  })

  test('something that is no fact is told in the log, and its neighbours are recorded', async () => {
    const chat = scriptedChannel({ name: 'telegram' })
    const good = { id: '1', at: new Date(0), kind: 'opted_out' as const, address: 'sam' }
    chat.receive = async () => [
      { ...good, id: '' },
      { nonsense: true } as never,
      { ...good, at: new Date(Number.NaN) },
      good,
    ]
    const t = await startEngine({ channels: [chat] })
    expect(await t.inviteMe.receive('telegram', post('x'))).toMatchObject([{ id: '1', result: 'recorded' }])
    expect(t.troubles).toHaveLength(3)
  })

  test('a report that comes before our own record is not lost', async () => {
    const chat = scriptedChannel({ name: 'twilio-sms' })
    const t = await startEngine({ channels: [chat] })
    const early = {
      id: 'early-1',
      at: new Date(0),
      kind: 'delivered',
      reference: { by: 'provider-message', providerMessageId: 'SM1' },
    } as const
    chat.script([
      async () => {
        const [told] = await t.inviteMe.receive('twilio-sms', inboundRequest('twilio-sms', [early]))
        expect(told).toMatchObject({ result: 'unmatched' })
        return { status: 'accepted', providerMessageId: 'SM1' }
      },
    ])
    const sent = await t.inviteMe.send({ routes: { 'twilio-sms': '+491510000001' } }, 'Doors open at 7.')
    await t.clock.settle()
    expect(await t.inviteMe.deliveries.get(sent.deliveryIds[0] ?? '')).toMatchObject({ state: 'delivered' })
    expect(await t.inviteMe.unmatched.list()).toEqual([])
  })

  test('a complaint shuts the address at once, and the question stays open', async () => {
    const t = await startEngine({ channels: ['email'] })
    await t.inviteMe.recipients.upsert({ externalId: 'sam', routes: { email: 'sam@guests.test' } })
    const invitation = await t.inviteMe.ask('sam', 'Dinner?', { answer: yesNo() })
    await t.clock.settle()
    const complaint = {
      id: 'arf-1',
      at: new Date(0),
      kind: 'complained',
      reference: { by: 'provider-message', providerMessageId: 'email-1' },
    } as const
    await t.inviteMe.receive('email', inboundRequest('email', [complaint]))
    expect((await t.inviteMe.recipients.get('sam'))?.routes[0]?.state).toBe('opted_out')
    expect(await invitation.state()).toBe('pending')
    expect(await invitation.why()).toContain('spam')
  })

  test('a counter-proposal is kept for the host and answers nothing', async () => {
    const t = await startEngine({ channels: ['email'] })
    const invitation = await t.inviteMe.ask({ routes: { email: 'sam@guests.test' } }, 'Dinner?', {
      answer: yesNo(),
    })
    await t.clock.settle()
    const proposal = {
      id: 'counter-1',
      at: new Date(0),
      kind: 'proposed',
      reference: { by: 'provider-message', providerMessageId: 'email-1' },
      text: 'Saturday at 7?',
    } as const
    await t.inviteMe.receive('email', inboundRequest('email', [proposal]))
    expect(await invitation.state()).toBe('pending')
    expect(await t.inviteMe.invitations.responses(invitation.id)).toMatchObject([
      { status: 'proposed', value: 'Saturday at 7?' },
    ])
  })
})
