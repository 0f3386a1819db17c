import {
  InviteMeError,
  type FactResult,
  type HandledFact,
  type InboundFact,
  type MessageEdit,
  type SendOutcome,
} from '@invite-me/core/channel'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startFakeBotApi, type FakeBotApi } from '../../../tests/peers/fake-bot-api.ts'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { telegram } from './telegram.ts'

const token = '123456789:AAEhBP0av28-test-token-of-nobody'
const webhookSecret = 'a-long-and-random-webhook-secret'
const group = -1_001_234_567_890
let api: FakeBotApi

beforeEach(async () => {
  api = await startFakeBotApi()
})
afterEach(() => api.close())

const open = (more: Partial<Parameters<typeof telegram>[0]> = {}) =>
  telegram({ token, webhookSecret, apiRoot: api.url, ...more })

const question = (address = '100200300') => outboundMessage({ to: { address, name: 'Ann Lee' } })

const menu = {
  spec: {
    type: 'choice' as const,
    options: [
      { value: 'fish', label: 'Fish' },
      { value: 'soup', label: 'Soup' },
    ],
    multiple: false,
  },
  actions: [],
}

describe('sending', () => {
  test('a question goes to the chat, with its buttons', async () => {
    const outcome = await open().send(question(), sendContext())
    expect(outcome).toEqual({ status: 'accepted', providerMessageId: '100200300:1' })
    expect(api.callsOf('sendMessage')).toMatchObject([
      {
        chat_id: 100_200_300,
        text: 'Anna: Dinner on Friday at 8?',
        link_preview_options: { is_disabled: true },
        reply_markup: { inline_keyboard: [[{ text: 'Yes' }, { text: 'No' }]] },
      },
    ])
  })

  test('a poll is known by the votes of the one who was asked', async () => {
    const outcome = await open().send({ ...question(), answer: menu }, sendContext())
    expect(outcome).toEqual({
      status: 'accepted',
      providerMessageId: '100200300:1',
      otherIds: ['poll:5490000000000001:100200300'],
    })
    expect(api.callsOf('sendPoll')).toMatchObject([{ chat_id: 100_200_300, is_anonymous: false }])
  })

  test('a group that was upgraded is written to under its new id, and the address moves', async () => {
    api.refuseNext('sendMessage', {
      code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: group },
    })
    const outcome = await open().send(question('-987654321:100200300'), sendContext())
    expect(outcome).toEqual({
      status: 'accepted',
      providerMessageId: `${group}:1`,
      movedTo: `${group}:100200300`,
    })
    expect(api.callsOf('sendMessage').map(({ chat_id: id }) => id)).toEqual([-987_654_321, group])
  })

  test('a group that moves and moves is given up, not followed for ever', async () => {
    const refusal = {
      code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: group },
    }
    api.refuseNext('sendMessage', refusal)
    api.refuseNext('sendMessage', refusal)
    expect(await open().send(question('-987654321'), sendContext())).toMatchObject({
      status: 'permanent_recipient',
    })
    expect(api.callsOf('sendMessage')).toHaveLength(2)
  })

  test('what cannot be marked up goes out as plain text, once', async () => {
    const refusal = { code: 400, description: 'Bad Request: ENTITY_MENTION_USER_INVALID' }
    api.refuseNext('sendMessage', refusal)
    expect(await open().send(question(`${group}:100200300`), sendContext())).toMatchObject({
      status: 'accepted',
    })
    const [marked, plain] = api.callsOf('sendMessage')
    expect(marked?.['entities']).toBeDefined()
    expect(plain?.['entities']).toBeUndefined()
    expect(plain?.['text']).toBe(marked?.['text'])

    api.refuseNext('sendMessage', refusal)
    api.refuseNext('sendMessage', refusal)
    expect(await open().send(question(`${group}:100200300`), sendContext())).toMatchObject({
      status: 'permanent_content',
    })
    expect(api.callsOf('sendMessage')).toHaveLength(4)
  })

  test('nothing is sent twice because the network failed', async () => {
    api.answer('cut_after')
    expect(await open().send(question(), sendContext())).toMatchObject({ status: 'unknown' })
    expect(api.calls).toHaveLength(1)
  })

  test.each([
    [200, '<html>Welcome</html>', 'permanent_config'],
    [200, '{"ok":true,"result":{}}', 'permanent_config'],
    [302, '', 'permanent_config'],
    [502, '<html>Bad Gateway</html>', 'retryable'],
    [200, '{"ok":true', 'permanent_config'],
  ])('an answer of status %i with %j is %s', async (status, body, expected) => {
    const fetch = async () => new Response(body, { status, headers: { location: 'http://127.0.0.1:1/' } })
    const outcome = await open({ fetch }).send(question(), sendContext())
    expect(outcome.status).toBe(expected)
  })

  test('says what to install when grammY is missing', async () => {
    vi.doMock('grammy', () => {
      throw new Error('Cannot find package')
    })
    try {
      const channel = open()
      expect(await channel.send(question(), sendContext())).toMatchObject({
        status: 'permanent_config',
        scope: 'provider',
        providerCode: 'PEER_MISSING',
        detail: expect.stringContaining('npm i grammy'),
      })
      expect(await channel.probe?.(AbortSignal.timeout(1_000))).toMatchObject({ ok: false })
    } finally {
      vi.doUnmock('grammy')
    }
  })
})

describe('limits', () => {
  test('everybody in a group shares one bucket, every private chat has its own', () => {
    const bucket = open().limits?.bucket
    expect(bucket?.('100200300')).toEqual({ key: '100200300', rate: { count: 3, perMs: 3_000 } })
    const slow = { key: String(group), rate: { count: 20, perMs: 60_000 } }
    expect(bucket?.(String(group))).toEqual(slow)
    expect(bucket?.(`${group}:100200300`)).toEqual(slow)
    expect(bucket?.('nobody')).toBeUndefined()
  })
})

describe('a question that is over', () => {
  const over = (change: Partial<MessageEdit> = {}): MessageEdit => ({
    providerMessageId: '100200300:7',
    message: { ...question(), answer: { spec: { type: 'yesNo' }, actions: [] }, links: {} },
    reason: { kind: 'answered', value: true, isDeclined: false, via: 'api' },
    notice: 'Answered: Yes',
    ...change,
  })
  const edit = async (change?: Partial<MessageEdit>): Promise<SendOutcome | undefined> =>
    open().edit?.(over(change), sendContext())

  test('loses its buttons and says so', async () => {
    expect(await edit()).toEqual({ status: 'accepted' })
    expect(api.callsOf('editMessageText')).toEqual([
      {
        chat_id: 100_200_300,
        message_id: 7,
        text: 'Anna: Dinner on Friday at 8?\n\nAnswered: Yes',
        link_preview_options: { is_disabled: true },
        reply_markup: { inline_keyboard: [] },
      },
    ])
  })

  test('is stopped when it is a poll', async () => {
    await open().send({ ...question(), answer: menu }, sendContext())
    const stop = () =>
      edit({ providerMessageId: '100200300:1', message: { ...question(), answer: menu, links: {} } })
    expect(await stop()).toEqual({ status: 'accepted' })
    expect(api.callsOf('stopPoll')).toEqual([{ chat_id: 100_200_300, message_id: 1 }])
    expect(await stop()).toMatchObject({ status: 'accepted', detail: 'There was nothing to change.' })
  })

  test('stays open when it is a poll that was answered here, so that the vote can be taken back', async () => {
    const here = { kind: 'answered', value: 'fish', isDeclined: false, via: 'telegram' } as const
    expect(await edit({ message: { ...question(), answer: menu, links: {} }, reason: here })).toMatchObject({
      status: 'accepted',
    })
    expect(api.calls).toEqual([])
  })

  test.each([
    'Bad Request: message is not modified: specified new message content and reply markup are exactly the same',
    'Bad Request: message to edit not found',
    "Bad Request: message can't be edited",
  ])('is done when Telegram says: %s', async (description) => {
    api.refuseNext('editMessageText', { code: 400, description })
    expect(await edit()).toMatchObject({ status: 'accepted' })
  })

  test.each([
    [429, 'Too Many Requests: retry after 3', 'rate_limited'],
    [403, 'Forbidden: bot was blocked by the user', 'opted_out'],
    [500, 'Internal Server Error: restart', 'retryable'],
  ])('waits or is given up at %i %s', async (code, description, status) => {
    api.refuseNext('editMessageText', { code, description, parameters: { retry_after: 3 } })
    expect(await edit()).toMatchObject({ status })
  })

  test('is edited where it was written, also after its group has moved', async () => {
    const message = { ...over().message, to: { address: String(group) } }
    await edit({ message, providerMessageId: '-987654321:7' })
    expect(api.callsOf('editMessageText')).toMatchObject([{ chat_id: -987_654_321 }])
  })

  test('keeps its buttons when only its calendar entry has changed', async () => {
    expect(await edit({ reason: { kind: 'updated' } })).toMatchObject({ status: 'accepted' })
    expect(api.calls).toEqual([])
  })
})

describe('telling people what became of their answer', () => {
  const place = { to: 'button', callbackId: '4382', language: 'ru' }
  const fact: InboundFact = {
    id: 'button:4382',
    at: new Date(0),
    kind: 'answer',
    reference: { by: 'token', token: 'k7Qm2xV9bT4sW8nL3pR6dY' },
    input: { kind: 'option', value: 'yes' },
    replyTo: JSON.stringify(place),
  }
  const result: FactResult = {
    id: fact.id,
    kind: 'answer',
    result: 'recorded',
    invitationId: null,
    answer: 'counted',
    feedback: 'Thank you, noted: Yes.',
  }
  const { clock, log } = sendContext()
  const acknowledge = async (...handled: readonly HandledFact[]) =>
    (await open().acknowledge?.(handled, { clock, log }))?.status

  test('a press is answered beside the button', async () => {
    expect(await acknowledge({ fact, result })).toBe(200)
    expect(api.calls).toEqual([
      {
        method: 'answerCallbackQuery',
        payload: { callback_query_id: '4382', text: 'Thank you, noted: Yes.', show_alert: false },
      },
    ])
  })

  test('a late press is told so, and has to be read', async () => {
    const feedback = 'This question is closed.'
    await acknowledge({ fact, result: { ...result, answer: 'late', feedback } })
    expect(api.callsOf('answerCallbackQuery')).toMatchObject([{ text: feedback, show_alert: true }])
  })

  test('a press on a question nobody knows any more is told so in the language of the phone', async () => {
    await acknowledge({ fact, result: { ...result, result: 'unmatched', answer: null, feedback: null } })
    expect(api.callsOf('answerCallbackQuery')).toMatchObject([{ text: 'Этот вопрос закрыт.' }])
  })

  test('who presses somebody else’s button is told so, politely', async () => {
    const replyTo = JSON.stringify({ ...place, note: 'for_another' })
    const ignored: InboundFact = { id: '1', at: new Date(0), kind: 'ignored', reason: 'not theirs', replyTo }
    await acknowledge({
      fact: ignored,
      result: { ...result, result: 'ignored', answer: null, feedback: null },
    })
    expect(api.callsOf('answerCallbackQuery')).toMatchObject([{ text: 'Этот вопрос задан не вам.' }])
  })

  test('a press with nothing to tell is answered all the same', async () => {
    await acknowledge({ fact, result: { ...result, result: 'repeated', answer: null, feedback: null } })
    expect(api.callsOf('answerCallbackQuery')).toEqual([{ callback_query_id: '4382' }])
  })

  test('long words are cut, and no letter in half', async () => {
    await acknowledge({ fact, result: { ...result, feedback: `x${'👍'.repeat(300)}` } })
    const [{ text = '' } = {}] = api.callsOf('answerCallbackQuery')
    expect(String(text).length).toBeLessThanOrEqual(200)
    expect(String(text)).toMatch(/👍…$/u)
  })

  test('an answer in words gets a reply when it counted; what was not understood the engine asks back', async () => {
    const said = { ...fact, replyTo: JSON.stringify({ to: 'message', chatId: 100_200_300, messageId: 41 }) }
    await acknowledge({ fact: said, result })
    await acknowledge({ fact: said, result: { ...result, answer: 'unclear', feedback: 'Reply YES or NO.' } })
    await acknowledge({ fact: said, result: { ...result, result: 'repeated' } })
    expect(api.calls).toMatchObject([
      {
        method: 'sendMessage',
        payload: {
          chat_id: 100_200_300,
          text: 'Thank you, noted: Yes.',
          reply_parameters: { message_id: 41, allow_sending_without_reply: true },
        },
      },
    ])
  })

  test('who has connected their chat is greeted', async () => {
    const connected: InboundFact = {
      id: 'message:100200300:44',
      at: new Date(0),
      kind: 'connected',
      token: 'abc',
      address: '100200300',
      replyTo: JSON.stringify({ to: 'message', chatId: 100_200_300, messageId: 44 }),
    }
    await acknowledge({
      fact: connected,
      result: { ...result, kind: 'connected', answer: null, feedback: 'Hello Ann.' },
    })
    expect(api.callsOf('sendMessage')).toMatchObject([{ chat_id: 100_200_300, text: 'Hello Ann.' }])
  })

  test('whatever Telegram says to it, the webhook is answered with 200', async () => {
    api.refuseNext('answerCallbackQuery', {
      code: 400,
      description: 'Bad Request: query is too old and response timeout expired or query ID is invalid',
    })
    expect(await acknowledge({ fact, result })).toBe(200)
    api.answer('cut_after')
    expect(await acknowledge({ fact, result })).toBe(200)
  })
})

describe('connecting', () => {
  test('the link names the bot; Telegram is asked for its name once', async () => {
    const channel = open()
    expect(await channel.connectUrl?.('abc-123_DEF')).toBe('https://t.me/DinnerTestBot?start=abc-123_DEF')
    await channel.connectUrl?.('another')
    expect(api.callsOf('getMe')).toHaveLength(1)
  })

  test('with a name given nobody is asked', async () => {
    expect(await open({ botName: 'OurOwnBot' }).connectUrl?.('abc')).toBe('https://t.me/OurOwnBot?start=abc')
    expect(api.calls).toEqual([])
  })

  test('while Telegram does not tell the name there is no link, and later there is', async () => {
    const channel = open()
    api.answer('not_allowed')
    await expect(channel.connectUrl?.('abc')).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      field: 'botName',
    })
    api.answer('well')
    expect(await channel.connectUrl?.('abc')).toContain('DinnerTestBot')
  })

  test('a name that could not be asked for is asked for again', async () => {
    const { Api } = await import('grammy')
    let times = 0
    const flaky = {
      Api: class extends Api {
        constructor(...given: ConstructorParameters<typeof Api>) {
          times += 1
          if (times === 1) throw new InviteMeError('PEER_MISSING', 'not there yet')
          super(...given)
        }
      },
    }
    const channel = open({ grammy: flaky })
    await expect(channel.connectUrl?.('abc')).rejects.toMatchObject({ code: 'PEER_MISSING' })
    expect(await channel.connectUrl?.('abc')).toContain('DinnerTestBot')
  })

  test.each(['', 'x'.repeat(65), 'a b', 'é'])('%j is no token', async (bad) => {
    await expect(open().connectUrl?.(bad)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })
})

describe('the check without sending', () => {
  test('tells how the webhook does', async () => {
    api.answerWith('getWebhookInfo', {
      url: 'https://app.guests.test/hooks/telegram',
      has_custom_certificate: false,
      pending_update_count: 12,
      last_error_date: 1_795_320_000,
      last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
    })
    expect(await open().probe?.(AbortSignal.timeout(2_000))).toEqual({
      ok: true,
      detail:
        'Telegram knows the bot. Its webhook has 12 updates waiting; the last failure was at 2026-11-22T04:00:00.000Z.',
    })
  })

  test('tells that updates must be polled when there is none', async () => {
    expect(await open().probe?.(AbortSignal.timeout(2_000))).toMatchObject({
      ok: true,
      detail: expect.stringContaining('polled'),
    })
  })
})

test('an id in the host app is never taken for a chat', () => {
  expect(open().recognises?.('100200300')).toBe(false)
})
