import { choice } from '@invite-me/core'
import { inboundRequest, scriptedChannel, type InviteMeTest } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { startEngine } from './start-engine.ts'

const drinks = choice(['tea', 'coffee'])
const start = () =>
  startEngine({ channels: [scriptedChannel({ name: 'telegram', supports: { edits: ['question'] } })] })

let votes = 0

async function takeBack(t: InviteMeTest, from?: string) {
  const [result] = await t.inviteMe.receive(
    'telegram',
    inboundRequest('telegram', [
      {
        id: `vote-${String((votes += 1))}`,
        at: new Date(0),
        kind: 'withdrawn',
        reference: { by: 'provider-message', providerMessageId: 'telegram-1' },
        ...(from !== undefined && { from }),
      },
    ]),
  )
  await t.clock.settle()
  return result
}

async function ask(t: InviteMeTest, address = '4711') {
  const invitation = await t.inviteMe.ask({ routes: { telegram: address } }, 'What to drink?', {
    answer: drinks,
    until: '1h',
  })
  await t.clock.settle()
  return invitation
}

describe('a vote that is taken back', () => {
  test('before there was one changes nothing, and the next vote counts', async () => {
    const t = await start()
    const invitation = await ask(t)
    await takeBack(t, '4711')
    expect(await invitation.state()).toBe('pending')
    await t.press(invitation, 'tea')
    expect(await invitation.answer()).toMatchObject({ value: 'tea' })
  })

  test('by somebody else leaves the answer of the invited person', async () => {
    const t = await start()
    const invitation = await ask(t)
    await t.press(invitation, 'tea')
    await takeBack(t, '666')
    expect(await invitation.answer()).toMatchObject({ value: 'tea', revision: 1 })
    await takeBack(t, '4711')
    expect(await invitation.state()).toBe('pending')
  })

  test('in a group, where everybody votes under a name of their own, opens the question again', async () => {
    const t = await start()
    const invitation = await ask(t, '-1004711')
    await t.press(invitation, 'tea', { from: '4711' })
    expect(await invitation.state()).toBe('answered')
    await takeBack(t, '4711')
    expect(await invitation.state()).toBe('pending')
  })

  test('does not take back what was said another way since', async () => {
    const t = await start()
    const invitation = await ask(t)
    await t.press(invitation, 'tea')
    await t.inviteMe.respond(invitation.id, { kind: 'option', value: 'coffee' }, { via: 'portal' })
    await takeBack(t, '4711')
    expect(await invitation.answer()).toMatchObject({ value: 'coffee', via: 'portal', revision: 2 })
  })

  test('after the deadline comes too late', async () => {
    const t = await start()
    const invitation = await ask(t)
    await t.press(invitation, 'tea')
    await t.advance('2h')
    await takeBack(t, '4711')
    expect(await invitation.answer()).toMatchObject({ value: 'tea' })
  })

  test('after it was called off changes nothing', async () => {
    const t = await start()
    const invitation = await ask(t)
    await invitation.cancel()
    await takeBack(t, '4711')
    expect(await invitation.state()).toBe('cancelled')
  })

  test('before its edit has left: the message keeps its buttons', async () => {
    const channel = scriptedChannel({
      name: 'telegram',
      supports: { edits: ['question'] },
      limits: { bucket: () => ({ key: 'all', rate: { count: 1, perMs: 60_000 } }) },
    })
    const t = await startEngine({ channels: [channel] })
    const invitation = await ask(t)
    await t.press(invitation, 'tea')
    await takeBack(t, '4711')
    await t.advance('10m')
    expect(channel.edited).toEqual([])
    expect(await invitation.state()).toBe('pending')
    await t.advance('2h')
    expect(await invitation.state()).toBe('expired')
    expect(channel.edited.map(({ reason }) => reason.kind)).toEqual(['expired'])
  })
})
