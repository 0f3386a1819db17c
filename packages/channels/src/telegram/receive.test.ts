import { readFileSync } from 'node:fs'
import type { InboundFact } from '@invite-me/core/channel'
import { describe, expect, test } from 'vitest'
import { buttonData } from './button-data.ts'
import { pollingSecret, receiveUpdate, secretHeader } from './receive.ts'
import { readReplyPlace } from './reply-place.ts'

const botToken = '123456789:AAEhBP0av28-test-token-of-nobody'
const secrets = ['the-secret-of-this-year', 'the-secret-of-last-year'] as const
const replyToken = '7h2k9qsampvetoken4d8w3e6r5'
const ann = 100_200_300
const bob = 100_200_301
const group = '-1001234567890'
const now = Date.UTC(2026, 10, 22, 5)
const sentAt = new Date(1_795_320_000_000)

const fixtures = new URL('../__fixtures__/telegram/updates.json', import.meta.url)
const updates: Readonly<Record<string, object>> = JSON.parse(readFileSync(fixtures, 'utf8'))

interface Changes {
  readonly secret?: string | null
  readonly botName?: () => Promise<string | undefined>
}

async function receive(update: unknown, { secret = secrets[0], botName }: Changes = {}) {
  const request = new Request('https://app.guests.test/hooks/telegram', {
    method: 'POST',
    headers: secret === null ? {} : { [secretHeader]: secret },
    body: typeof update === 'string' ? update : JSON.stringify(update),
  })
  return receiveUpdate(request, {
    botToken,
    secrets: [...secrets, pollingSecret(botToken)],
    botName: botName ?? (async () => 'DinnerTestBot'),
    nowMs: now,
  })
}

/** The one fact of an update kept for tests, its button carrying this data. */
async function factOf(name: string, data = ''): Promise<InboundFact> {
  const update = updates[name]
  if (update === undefined) throw new Error(`there is no update "${name}"`)
  const [fact, ...others] = await receive(JSON.stringify(update).replaceAll('__DATA__', data))
  expect(others).toEqual([])
  if (fact === undefined) throw new Error('no fact')
  return fact
}

const buttonFor = (user: number | undefined, value = 'yes') =>
  buttonData({ botToken, replyToken, user }, [value], true)?.[0] ?? ''

const text = (said: string) => ({ kind: 'text', text: said })

describe('who is believed', () => {
  test.each([...secrets, pollingSecret(botToken)])('a request with one of our secrets', async (secret) => {
    expect(await receive(updates['text'], { secret })).toHaveLength(1)
  })

  test.each([null, '', 'the-secret-of-this-yea', 'the-secret-of-this-year2', botToken])(
    'nobody who shows %j',
    async (secret) => {
      await expect(receive(updates['text'], { secret })).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
    },
  )

  test('and nothing is read before it is believed', async () => {
    const huge = 'x'.repeat(5_000_000)
    await expect(receive(huge, { secret: 'forged-forged-forged' })).rejects.toMatchObject({
      code: 'WEBHOOK_REFUSED',
    })
  })
})

describe('words', () => {
  test('in a private chat answer the open question there', async () => {
    expect(await factOf('text')).toMatchObject({
      kind: 'answer',
      id: 'message:100200300:41',
      at: sentAt,
      reference: { by: 'address', address: '100200300' },
      input: text('Yes, gladly!'),
      from: '100200300',
    })
  })

  test('in reply to a message answer that one', async () => {
    expect(await factOf('reply')).toMatchObject({
      kind: 'answer',
      reference: { by: 'provider-message', providerMessageId: '100200300:40' },
      input: text('3'),
    })
  })

  test('in an edited reply are a further answer; in any other edited message they are none', async () => {
    const [first, edited] = [await factOf('reply'), await factOf('reply-edited')]
    expect(edited).toMatchObject({
      kind: 'answer',
      input: text('4'),
      at: new Date(sentAt.getTime() + 30_000),
    })
    expect(edited.id).not.toBe(first.id)
    expect(await factOf('text-edited')).toMatchObject({ kind: 'ignored' })
  })

  test('below a picture count too', async () => {
    expect(await factOf('photo-with-caption')).toMatchObject({ kind: 'answer', input: text('2') })
  })

  test.each([
    'sticker',
    'forwarded',
    'anonymous-administrator',
    'group-talk',
    'channel-post',
    'reaction',
    'poll-state',
  ])('are none in: %s', async (name) => {
    expect(await factOf(name)).toMatchObject({ kind: 'ignored' })
  })

  test('that ask to stop are obeyed, also as a reply; an answer that only sounds so is none', async () => {
    const said = async (words: string, isReply = false) => {
      const { message } = updates[isReply ? 'reply' : 'text'] as { message: object }
      const [fact] = await receive({ update_id: 1, message: { ...message, text: words } })
      return fact?.kind
    }
    expect(await said('СТОП')).toBe('opted_out')
    expect(await said('Stop!', true)).toBe('opted_out')
    expect(await said('please don’t stop')).toBe('answer')
    expect(await said('start')).toBe('opted_in')
    expect(await said('start', true)).toBe('answer')
  })
})

describe('commands', () => {
  test('/start with a token connects the chat', async () => {
    expect(await factOf('start-token')).toMatchObject({
      kind: 'connected',
      token: '7h2k9qsampletoken4d8w3e6r5',
      address: '100200300',
    })
  })

  test('/start and /stop are wishes', async () => {
    expect(await factOf('start')).toMatchObject({ kind: 'opted_in', address: '100200300' })
    expect(await factOf('stop')).toMatchObject({ kind: 'opted_out', address: '100200300' })
  })

  test('in a group speak for the person alone, and only to the bot they name', async () => {
    expect(await factOf('group-stop')).toMatchObject({ kind: 'opted_out', address: `${group}:${bob}` })
    expect(await factOf('group-stop-for-another-bot')).toMatchObject({ kind: 'ignored' })
  })

  test.each(['/start not a token', `/start ${'x'.repeat(65)}`, '/yes', '/yes@DinnerTestBot 3'])(
    '%j is no answer',
    async (words) => {
      const { message } = updates['text'] as { message: object }
      const facts = await receive({ update_id: 1, message: { ...message, text: words } })
      expect(facts).toMatchObject([{ kind: 'ignored' }])
    },
  )
})

describe('buttons', () => {
  test('answer the message their token names, for the person Telegram names', async () => {
    const fact = await factOf('button', buttonFor(ann))
    expect(fact).toMatchObject({
      kind: 'answer',
      id: 'button:4382abc0000000001',
      reference: { by: 'token', token: replyToken },
      input: { kind: 'option', value: 'yes' },
      from: '100200300',
    })
    expect(readReplyPlace(fact.replyTo ?? '')).toEqual({
      to: 'button',
      callbackId: '4382abc0000000001',
      language: 'en',
    })
  })

  test('work on a message Telegram cannot read any more', async () => {
    expect(await factOf('button-too-old-to-read', buttonFor(ann))).toMatchObject({ kind: 'answer' })
  })

  test('made for one person are nobody else’s', async () => {
    const fact = await factOf('button-in-group', buttonFor(ann))
    expect(fact).toMatchObject({ kind: 'ignored', reason: expect.stringContaining('somebody else') })
    expect(readReplyPlace(fact.replyTo ?? '')).toMatchObject({ note: 'for_another', language: 'ru' })
  })

  test('made for a whole group say who pressed, so that the answer is known to be provisional', async () => {
    expect(await factOf('button-in-group', buttonFor(undefined))).toMatchObject({
      kind: 'answer',
      from: `${group}:${bob}`,
    })
  })

  test('with data of another message, of another bot or of nobody are ignored, and answered', async () => {
    const stolen = buttonFor(ann).replace(replyToken, '0000000000000000000000000a')
    for (const data of [stolen, 'yes', '', 'vote:1']) {
      const fact = await factOf('button', data)
      expect(fact).toMatchObject({ kind: 'ignored' })
      expect(fact.replyTo).toBeDefined()
    }
  })
})

describe('votes', () => {
  test('name the options by number, and the voter', async () => {
    expect(await factOf('vote')).toMatchObject({
      kind: 'answer',
      reference: { by: 'provider-message', providerMessageId: `poll:5490000000000001:${ann}` },
      input: text('1, 3'),
      from: '100200300',
    })
  })

  test('can be taken back', async () => {
    expect(await factOf('vote-retracted')).toMatchObject({
      kind: 'withdrawn',
      reference: { by: 'provider-message', providerMessageId: `poll:5490000000000001:${ann}` },
    })
  })

  test('in the name of a group are nobody’s', async () => {
    expect(await factOf('vote-of-a-group')).toMatchObject({ kind: 'ignored' })
  })

  test('for the same option again, after another, are a new fact', async () => {
    const vote = (updateId: number, places: readonly number[]) =>
      receive({ update_id: updateId, poll_answer: { poll_id: '5', user: { id: ann }, option_ids: places } })
    const facts = await Promise.all([vote(1, [0]), vote(2, [1]), vote(3, [0]), vote(3, [0])])
    expect(new Set(facts.flat().map(({ id }) => id)).size).toBe(3)
  })
})

describe('chats', () => {
  test('in which the bot is blocked want nothing; unblocked, they do again', async () => {
    expect(await factOf('blocked')).toMatchObject({ kind: 'opted_out', address: '100200300' })
    expect(await factOf('unblocked')).toMatchObject({ kind: 'opted_in', address: '100200300' })
    expect(await factOf('removed-from-group')).toMatchObject({ kind: 'opted_out', address: group })
    expect(await factOf('made-administrator')).toMatchObject({ kind: 'ignored' })
  })

  test('that are upgraded move, and saying so twice is saying it once', async () => {
    const [old, fresh] = [await factOf('group-upgraded-old'), await factOf('group-upgraded-new')]
    expect(old).toMatchObject({ kind: 'moved', address: '-987654321', to: group })
    expect(fresh).toMatchObject({ kind: 'moved', address: '-987654321', to: group, id: old.id })
  })

  test('with several people: a reply counts for the one who was asked', async () => {
    expect(await factOf('group-reply')).toMatchObject({
      kind: 'answer',
      reference: { by: 'provider-message', providerMessageId: `${group}:50` },
      from: `${group}:${ann}`,
    })
    expect(await factOf('group-reply-of-another')).toMatchObject({
      kind: 'ignored',
      reason: 'somebody else was asked',
    })
  })
})

describe('numbers of updates', () => {
  test('that begin anew make nothing a repeat, and a repeat stays one', async () => {
    const { message } = updates['text'] as { message: { message_id: number } }
    const one = await receive({ update_id: 5, message })
    const same = await receive({ update_id: 900, message })
    const next = await receive({ update_id: 5, message: { ...message, message_id: 42 } })
    expect(same[0]?.id).toBe(one[0]?.id)
    expect(next[0]?.id).not.toBe(one[0]?.id)
  })
})

describe('what makes no sense', () => {
  test.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{}',
    '{"update_id":"1"}',
    '\u0000'.repeat(100),
    '{"a":'.repeat(10_000),
  ])('%j is refused', async (body) => {
    await expect(receive(body)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })
  })

  test('and is too large is refused', async () => {
    await expect(receive('x'.repeat(2_000_000))).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  test.each([
    { message: { text: 'no chat' } },
    { message: 'text' },
    { message: { message_id: 1, date: 9e18, chat: { id: ann, type: 'private' } } },
    { callback_query: { id: '', from: { id: ann } } },
    { callback_query: { id: 'x'.repeat(5_000), from: { id: ann } } },
    { callback_query: { id: '1', from: {}, data: buttonFor(ann) } },
    { poll_answer: { poll_id: '1', user: { id: ann }, option_ids: ['0'] } },
    { poll_answer: { poll_id: '1', user: { id: ann }, option_ids: Array.from({ length: 1_000 }, () => 0) } },
    { my_chat_member: { chat: { id: ann } } },
    { something_new: {} },
    {},
  ])('%j is ignored', async (part) => {
    expect(await receive({ update_id: 1, ...part })).toMatchObject([{ kind: 'ignored' }])
  })

  test('hostile words arrive as they are', async () => {
    const { message } = updates['text'] as { message: object }
    const words = `x\r\nBcc: eve\u202e <b>&</b> '; DROP TABLE 👍🏽 ${'ж'.repeat(4_000)}`
    const [fact] = await receive({ update_id: 1, message: { ...message, text: words } })
    expect(fact).toMatchObject({ kind: 'answer', input: text(words) })
  })
})
