import { yesNo } from '@invite-me/core'
import { describe, expect, test } from 'vitest'
import { sam, startEngine } from './start-engine.ts'

const answer = yesNo()

describe('one key is one message', () => {
  test('the same request gives the same invitation, at any time', async () => {
    const t = await startEngine()
    const ask = () => t.inviteMe.ask(sam, 'Dinner?', { answer, key: 'dinner-42:sam', until: '2026-02-01' })
    const first = await ask()
    await t.advance('7d')
    const second = await ask()
    expect(second.id).toBe(first.id)
    expect(second.messageId).toBe(first.messageId)
    await t.reply(first, 'yes')
    expect(await (await ask()).answer()).toMatchObject({ kind: 'answered', value: true })
    expect(t.outbox).toHaveLength(1)
  })

  test('another request under the key is refused, naming the key', async () => {
    const t = await startEngine()
    await t.inviteMe.ask(sam, 'Dinner?', { answer, key: 'dinner-42:sam' })
    const others = [
      () => t.inviteMe.ask(sam, 'Lunch?', { answer, key: 'dinner-42:sam' }),
      () => t.inviteMe.ask({ routes: { email: 'a@b.test' } }, 'Dinner?', { answer, key: 'dinner-42:sam' }),
      () => t.inviteMe.ask(sam, 'Dinner?', { answer, key: 'dinner-42:sam', remind: ['1h'] }),
      () => t.inviteMe.send(sam, 'Dinner?', { key: 'dinner-42:sam' }),
    ]
    for (const other of others)
      await expect(other()).rejects.toMatchObject({
        code: 'KEY_REUSED',
        field: 'options.key',
        message: expect.stringContaining('"dinner-42:sam"'),
      })
    await t.advance('1m')
    expect(t.outbox).toHaveLength(1)
  })

  test('the order in which members are written does not matter', async () => {
    const t = await startEngine()
    const one = { name: 'Sam', routes: { email: 'a@b.test' } }
    const same = { routes: { email: 'a@b.test' }, name: 'Sam' }
    const first = await t.inviteMe.ask(one, { subject: 'S', text: 'T' }, { answer, key: 'k', remind: ['1h'] })
    const second = await t.inviteMe.ask(
      same,
      { text: 'T', subject: 'S' },
      { remind: ['1h'], key: 'k', answer },
    )
    expect(second.id).toBe(first.id)
  })

  test('twenty calls at once make one message', async () => {
    const t = await startEngine()
    const ask = () =>
      t.inviteMe.ask([sam, { routes: { email: 'a@b.test' } }], 'Dinner?', { answer, key: 'dinner' })
    const groups = await Promise.all(Array.from({ length: 20 }, ask))
    expect(new Set(groups.map(({ messageId }) => messageId)).size).toBe(1)
    const ids = groups.map(({ invitations }) => invitations.map(({ id }) => id).join())
    expect(new Set(ids).size).toBe(1)
    await t.advance('1m')
    expect(t.outbox).toHaveLength(2)
    expect(await t.inviteMe.messages.list()).toHaveLength(1)
  })

  test('a notice repeated under its key is sent once', async () => {
    const t = await startEngine()
    const send = () => t.inviteMe.send(sam, 'Doors open at 7.', { key: 'doors' })
    const [first, second] = [await send(), await send()]
    expect(second).toMatchObject({ messageId: first.messageId, deliveryIds: first.deliveryIds })
    await t.advance('1m')
    expect(t.outbox).toHaveLength(1)
  })

  test('a request that was refused does not take the key', async () => {
    const t = await startEngine()
    const past = t.inviteMe.ask(sam, 'Dinner?', { answer, key: 'k', until: '2020-01-01' })
    await expect(past).rejects.toMatchObject({ code: 'DEADLINE_PAST' })
    await expect(t.inviteMe.ask('nobody', 'Dinner?', { answer, key: 'k' })).rejects.toMatchObject({
      code: 'RECIPIENT_UNKNOWN',
    })
    const invitation = await t.inviteMe.ask(sam, 'Dinner?', { answer, key: 'k' })
    expect(await invitation.state()).toBe('pending')
  })

  test('a repeat after the deadline still finds the message it made', async () => {
    const t = await startEngine()
    const ask = () =>
      t.inviteMe.ask(sam, 'Dinner?', { answer, key: 'k', until: '2026-01-06', via: ['email'] })
    const first = await ask()
    await t.advance('10d')
    expect((await ask()).id).toBe(first.id)
  })
})

test('without a key the same request twice is two messages', async () => {
  const t = await startEngine()
  const ask = () => t.inviteMe.ask(sam, 'Dinner?', { answer })
  expect((await ask()).id).not.toBe((await ask()).id)
  await t.advance('1m')
  expect(t.outbox).toHaveLength(2)
})
