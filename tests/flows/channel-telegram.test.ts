import { choice, number, yesNo } from '@invite-me/core'
import { telegram } from '@invite-me/channels/telegram'
import { pollTelegram } from '@invite-me/channels/telegram-polling'
import { scriptedChannel } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFakeBotApi } from '../peers/fake-bot-api.ts'
import { startTelegram, type TelegramPeer, type TelegramPerson } from '../peers/telegram-server.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { startEngine } from './start-engine.ts'

const closers: (() => Promise<unknown>)[] = []
let peer: TelegramPeer
let ann: TelegramPerson

beforeEach(async () => {
  peer = await startTelegram()
  closers.push(() => peer.close())
  ann = peer.person(100_200_300, 'Ann')
})
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

type Engine = Awaited<ReturnType<typeof start>>

const start = () =>
  startEngine({
    channels: [
      telegram({ token: peer.token, apiRoot: peer.url }),
      scriptedChannel({ name: 'twilio-sms' }),
      scriptedChannel({ name: 'email' }),
    ],
    order: ['telegram', 'twilio-sms', 'email'],
  })

/** Fetches updates from now on, as a program of its own would. */
async function poll(t: Engine, { apiRoot = peer.url } = {}): Promise<void> {
  const poller = await pollTelegram({
    token: peer.token,
    apiRoot,
    holdSeconds: 1,
    receive: (request) => t.inviteMe.handleWebhook('telegram', request),
    // The peer does not hold a call open; a tenth of the usual pause keeps the tests short.
    clock: {
      now: () => Date.now(),
      schedule: (delayMs, run) => {
        const timer = setTimeout(run, delayMs / 10)
        return () => clearTimeout(timer)
      },
    },
  })
  closers.push(() => poller.close())
}

const toAnn = {
  name: 'Ann',
  locale: 'ru',
  routes: { telegram: '100200300', 'twilio-sms': '+491510000001', email: 'ann@guests.test' },
}
const sentBy = (t: Engine) => t.outbox.map(({ channel }) => channel)
const wasEdited = (t: Pick<Engine, 'inviteMe'>, invitationId: string) => async () =>
  (await t.inviteMe.receipts.list({ invitationId })).some(({ kind }) => kind === 'edited')
const isAnswered = (invitation: { state(): Promise<string> }) => async () =>
  (await invitation.state()) !== 'pending'

describe('a question asked by Telegram', () => {
  test('finds a person who opened the link, is answered by a button, and no other route is used', async () => {
    const t = await start()
    await poll(t)
    await t.inviteMe.recipients.upsert({
      externalId: 'ann',
      name: 'Ann',
      routes: { email: 'ann@guests.test' },
    })
    const { url } = await t.inviteMe.recipients.connectAddress('ann', 'telegram')
    expect(url).toMatch(/^https:\/\/t\.me\/TestNameBot\?start=/)
    await ann.starts(new URL(url).searchParams.get('start') ?? '')
    await waitUntil('the bot greets her', () => ann.messages().length === 1, 5_000)

    const invitation = await t.inviteMe.ask('ann', 'Dinner on Friday at 8?', {
      answer: yesNo(),
      via: ['telegram', 'email'],
      next: { unlessAnswered: '30m' },
    })
    await t.advance(0)
    expect(ann.newest().text).toBe('Dinner on Friday at 8?')
    await ann.presses('Yes')
    await waitUntil('she has answered', isAnswered(invitation), 5_000)
    expect(await invitation.answer()).toMatchObject({ kind: 'answered', value: true, via: 'telegram' })
    await waitUntil('her message says so', () => ann.newest().text.includes('\n\n'), 5_000)
    expect(ann.newest().buttons).toEqual([])
    await t.advance('2h')
    expect(sentBy(t)).toEqual(['telegram'])
  })

  test('unanswered for half an hour goes on by SMS; the answer there closes it here, and no mail is sent', async () => {
    const t = await start()
    await poll(t)
    const invitation = await t.inviteMe.ask(toAnn, 'Ужин в пятницу?', {
      answer: yesNo(),
      via: ['telegram', 'twilio-sms', 'email'],
      next: { unlessAnswered: '30m' },
    })
    await t.advance(0)
    expect(ann.newest().text).toContain('Ужин в пятницу?')
    await t.advance('30m')
    await t.reply(invitation, 'да', { via: 'twilio-sms' })
    await waitUntil('the message in Telegram says so', () => ann.newest().text.includes('Да'), 5_000)
    await t.advance('2h')
    expect(sentBy(t)).toEqual(['telegram', 'twilio-sms'])
    expect(await invitation.why()).toContain('the message by telegram was brought up to date')
  })

  test('is answered in words, with the message held and without', async () => {
    const t = await start()
    await poll(t)
    const party = await t.inviteMe.ask(toAnn, 'Сколько вас?', { answer: number({ min: 1, max: 8 }) })
    await t.advance(0)
    await ann.replies('3')
    await waitUntil('the first is answered', isAnswered(party), 5_000)
    expect(await party.answer()).toMatchObject({ value: 3, via: 'telegram' })

    const dinner = await t.inviteMe.ask(toAnn, 'Ужин?', { answer: yesNo() })
    await t.advance(0)
    await ann.says('да, с радостью')
    await waitUntil('the second is answered', isAnswered(dinner), 5_000)
    expect(await dinner.answer()).toMatchObject({ value: true })
  })

  test('is answered while nobody fetches updates, and nothing is lost', async () => {
    const t = await start()
    const invitation = await t.inviteMe.ask(toAnn, 'Ужин?', { answer: yesNo() })
    await t.advance(0)
    await ann.presses('Да')
    expect(await invitation.state()).toBe('pending')
    await poll(t)
    await waitUntil('she has answered', isAnswered(invitation), 5_000)
    expect(await invitation.answer()).toMatchObject({ value: true })
  })

  test('is nobody else’s to answer', async () => {
    const t = await start()
    await poll(t)
    const eve = peer.person(666, 'Eve')
    const invitation = await t.inviteMe.ask(toAnn, 'Ужин?', { answer: yesNo() })
    await t.advance(0)
    const [yes] = ann.newest().buttons
    await eve.pressesForged(yes?.callback_data ?? '')
    await eve.says('да')
    await eve.replies('да', ann.newest())
    await ann.presses('Нет')
    await waitUntil('Ann has answered', isAnswered(invitation), 5_000)
    expect(await invitation.answer()).toMatchObject({ value: false })
    expect(await t.inviteMe.invitations.responses(invitation.id)).toHaveLength(1)
  })

  test('that is pressed twice is answered once', async () => {
    const t = await start()
    await poll(t)
    const invitation = await t.inviteMe.ask(toAnn, 'Ужин?', { answer: yesNo() })
    await t.advance(0)
    await ann.presses('Да')
    await ann.presses('Да')
    const responses = () => t.inviteMe.invitations.responses(invitation.id)
    await waitUntil('both presses came in', async () => (await responses()).length === 2, 5_000)
    expect((await responses()).map(({ status }) => status)).toEqual(['counted', 'repeated'])
  })
})

test('who writes /stop is asked by another way, and by Telegram again after /start', async () => {
  const t = await start()
  await poll(t)
  await ann.says('/stop')
  const ask = async () => {
    await t.inviteMe.ask(toAnn, 'Ужин?', { answer: yesNo() })
    await t.advance(0)
    return sentBy(t).at(-1)
  }
  await waitUntil('the wish is known', async () => (await ask()) === 'twilio-sms', 5_000)
  await ann.starts()
  await waitUntil('the new wish is known', async () => (await ask()) === 'telegram', 5_000)
  expect(ann.newest().text).toContain('Ужин?')
})

test('updates that are pushed to a webhook do the same', async () => {
  const secret = 'a-long-and-random-webhook-secret'
  const t = await startEngine({
    channels: [
      telegram({ token: peer.token, apiRoot: peer.url, webhookSecret: ['the-next-secret-of-ours', secret] }),
    ],
  })
  await peer.pushTo((request) => t.inviteMe.handleWebhook('telegram', request), secret)
  const invitation = await t.inviteMe.ask({ routes: { telegram: '100200300' } }, 'Dinner?', {
    answer: yesNo(),
  })
  await t.advance(0)
  await ann.presses('No')
  expect(await invitation.answer()).toMatchObject({ kind: 'declined', value: false, via: 'telegram' })
})

test('a vote counts, can be taken back, and is nobody else’s in a poll that was forwarded', async () => {
  const api = await startFakeBotApi()
  closers.push(() => api.close())
  const t = await startEngine({ channels: [telegram({ token: peer.token, apiRoot: api.url })] })
  const days = choice(['Friday', 'Saturday', 'Sunday'], { multiple: true })
  const invitation = await t.inviteMe.ask({ routes: { telegram: '100200300' } }, 'Which days?', {
    answer: days,
  })
  await t.advance(0)
  expect(api.callsOf('sendPoll')).toMatchObject([{ question: 'Which days?', allows_multiple_answers: true }])

  const vote = (updateId: number, user: number, options: readonly number[]) => ({
    update_id: updateId,
    poll_answer: { poll_id: '5490000000000001', user: { id: user, is_bot: false }, option_ids: options },
  })
  api.push(vote(1, 666, [1]), vote(2, ann.id, [0, 2]))
  await poll(t, { apiRoot: api.url })
  await waitUntil('she has voted', isAnswered(invitation), 5_000)
  expect(await invitation.answer()).toMatchObject({ value: ['Friday', 'Sunday'], via: 'telegram' })
  await t.advance(0)
  await waitUntil('the poll was looked at and left open', wasEdited(t, invitation.id), 5_000)
  expect(api.callsOf('stopPoll')).toEqual([])
  api.push(vote(3, 666, []))
  await waitUntil('the other one took a vote back', () => api.waiting.length === 0, 5_000)
  expect(await invitation.state()).toBe('answered')
  api.push(vote(4, ann.id, []))
  await waitUntil('the question is open again', async () => !(await isAnswered(invitation)()), 5_000)
})

test('a poll whose question was answered elsewhere is closed, and nobody can vote in it any more', async () => {
  const api = await startFakeBotApi()
  closers.push(() => api.close())
  const t = await startEngine({ channels: [telegram({ token: peer.token, apiRoot: api.url })] })
  const invitation = await t.inviteMe.ask({ routes: { telegram: '100200300' } }, 'Which day?', {
    answer: choice(['Friday', 'Saturday']),
  })
  await t.advance(0)
  await t.inviteMe.respond(invitation.id, { kind: 'option', value: 'Friday' })
  await t.advance(0)
  await waitUntil('the poll is closed', wasEdited(t, invitation.id), 5_000)
  expect(api.callsOf('stopPoll')).toEqual([{ chat_id: 100_200_300, message_id: 1 }])
  api.push({
    update_id: 1,
    poll_answer: { poll_id: '5490000000000001', user: { id: ann.id, is_bot: false }, option_ids: [1] },
  })
  expect(api.waiting).toEqual([])
})
