import { choice, number, yesNo } from '@invite-me/core'
import { discord } from '@invite-me/channels/discord'
import { virtualClock, type VirtualClock } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  discordBotToken,
  discordPublicKey,
  signedByDiscord,
  startDiscordServer,
  type DiscordPost,
  type DiscordServer,
} from '../peers/discord-server.ts'
import { startEngine } from './start-engine.ts'

const ann = '175928847299117063'
const toAnn = { name: 'Ann', routes: { discord: ann, email: 'ann@guests.test' } }
let clock: VirtualClock
let server: DiscordServer

beforeEach(async () => {
  clock = virtualClock()
  server = await startDiscordServer(() => clock.now())
})
afterEach(() => server.close())

const start = () =>
  startEngine({
    clock,
    channels: [
      discord({ botToken: discordBotToken, publicKey: discordPublicKey, apiUrl: server.url }),
      'email',
    ],
    order: ['discord', 'email'],
  })
type Engine = Awaited<ReturnType<typeof start>>

const newest = (): DiscordPost => {
  const post = server.posts.at(-1)
  if (post === undefined) throw new Error('nothing was posted')
  return post
}
const sentBy = (t: Engine) => t.outbox.map(({ channel }) => channel)
const webhook = async (t: Engine, request: Request): Promise<unknown> => {
  const response = await t.inviteMe.handleWebhook('discord', request)
  return response.json()
}

describe('a question in Discord', () => {
  test('is answered by a button: its buttons go, both routes are closed, and who pressed is told', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner on Friday at 8?', {
      answer: yesNo(),
      next: { unlessAnswered: '30m' },
    })
    await t.advance(0)
    const told = await webhook(t, server.press(newest(), 'Yes', ann))
    expect(told).toMatchObject({ type: 4, data: { flags: 64, content: expect.stringContaining('Yes') } })
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'discord' })

    await t.advance('2h')
    expect(sentBy(t)).toEqual(['discord'])
    expect(server.posts).toMatchObject([{ components: [], content: expect.stringContaining('**') }])
  })

  test('with a list, one is picked', async () => {
    const t = await start()
    const days = Array.from({ length: 12 }, (_none, index) => `December ${index + 1}`)
    const invitation = await t.inviteMe.ask(toAnn, 'Which day?', { answer: choice(days) })
    await t.advance(0)
    await webhook(t, server.press(newest(), 'December 11', ann))
    expect(await invitation.answer()).toMatchObject({ value: 'December 11' })
  })

  test('wants a number: a window opens, a wrong one is told at once, the right one counts', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'How many are you?', {
      answer: number({ min: 1, max: 8 }),
    })
    await t.advance(0)
    const shown = await webhook(t, server.press(newest(), 'Answer', ann))
    expect(shown).toMatchObject({ type: 9, data: { title: 'Your answer' } })
    const customId = (shown as { data: { custom_id: string } }).data.custom_id
    expect(await webhook(t, server.write(customId, '90', ann))).toMatchObject({
      type: 4,
      data: { content: expect.stringContaining('8 or less') },
    })
    expect(await invitation.state()).toBe('pending')
    await webhook(t, server.write(customId, '3', ann))
    expect(await invitation.answer()).toMatchObject({ value: 3, via: 'discord' })
  })

  test('answered by mail, it says so in Discord', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo(), routing: 'all' })
    await t.advance(0)
    await t.reply(invitation, 'no', { via: 'email' })
    await t.advance('1m')
    expect(newest()).toMatchObject({ components: [] })
  })

  test('a person who takes no messages of the bot is asked by mail', async () => {
    const t = await start()
    server.answer('no_such_address')
    const invitation = await t.inviteMe.ask(toAnn, 'Dinner?', { answer: yesNo() })
    await t.advance('1m')
    expect(sentBy(t)).toEqual(['discord', 'email'])
    expect(await invitation.why()).toContain('50007')
  })

  test('one slow conversation waits alone', async () => {
    const t = await start()
    server.answer('too_many')
    await t.inviteMe.send(toAnn, 'The door code is 1234.')
    await t.advance(0)
    server.answer('well')
    await t.advance('64s')
    expect(server.posts).toHaveLength(0)
    await t.advance('5s')
    expect(server.posts).toHaveLength(1)
  })

  test('Discord’s first question is answered, and a forged one refused', async () => {
    const t = await start()
    const ping = signedByDiscord({ id: '1', type: 1 }, clock.now())
    const forged = new Request(ping.url, {
      method: 'POST',
      headers: ping.headers,
      body: '{"id":"2","type":1}',
    })
    expect(await webhook(t, ping)).toEqual({ type: 1 })
    expect((await t.inviteMe.handleWebhook('discord', forged)).status).toBe(401)
  })
})
