import type {
  AnswerOption,
  AnswerSpec,
  HandledFact,
  InboundFact,
  OutboundMessage,
} from '@invite-me/core/channel'
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  discordBotToken,
  discordPublicKey,
  isBelievedElsewhere,
  signedByDiscord,
  startDiscordServer,
  type DiscordServer,
} from '../../../tests/peers/discord-server.ts'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { startScriptedHttp } from '../../../tests/peers/scripted-http.ts'
import { discord } from './discord.ts'
import { readCustomId, writeCustomId } from './discord/custom-id.ts'

const ann = '175928847299117063'
const token = 'k7Qm2xV9bT4sW8nL3pR6dY'
let server: DiscordServer
let channel: ReturnType<typeof discord>

beforeEach(async () => {
  server = await startDiscordServer()
  channel = discord({ botToken: discordBotToken, publicKey: discordPublicKey, apiUrl: server.url })
})
afterEach(() => server.close())

/** Discord signs with the real time. */
const context = {
  clock: { ...sendContext().clock, now: () => Date.now() },
  log: { warn: () => undefined, error: () => undefined },
}
let keys = 0
const send = (
  change: Partial<OutboundMessage> = {},
  idempotencyKey = `0192f0c1-6d2e-7000.${String((keys += 1))}`,
) =>
  channel.send(
    outboundMessage({ to: { address: ann, name: 'Ann' }, ...change }),
    sendContext({ idempotencyKey }),
  )
const ask = async (spec: AnswerSpec, actions: readonly AnswerOption[] = []) => {
  expect(await send({ answer: { spec, actions } })).toMatchObject({ status: 'accepted' })
  const post = server.posts.at(-1)
  if (post === undefined) throw new Error('nothing was posted')
  return post
}
const receive = async (request: Request): Promise<readonly InboundFact[]> =>
  (await channel.receive?.(request, context)) ?? []
const acknowledge = async (
  facts: readonly InboundFact[],
  feedback: string | null = null,
): Promise<unknown> => {
  const handled = facts.map((fact): HandledFact => {
    const told = { id: fact.id, kind: fact.kind, invitationId: null, answer: null, feedback }
    return { fact, result: { ...told, result: 'recorded' } }
  })
  return (await channel.acknowledge?.(handled, context))?.json()
}
const options = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({ value: `v${index}`, label: `Option ${index}` }))
const yesNo = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
]

test('a person is written to directly; their conversation is opened once', async () => {
  expect(await send()).toMatchObject({
    status: 'accepted',
    providerMessageId: '895928847299117063:1450000000000000001',
  })
  await send()
  expect(server.calls.map(({ path }) => path)).toEqual([
    '/users/@me/channels',
    '/channels/895928847299117063/messages',
    '/channels/895928847299117063/messages',
  ])
})

test('a channel of a server is written to by its id', async () => {
  expect(await send({ to: { address: 'channel:1450000000000000777' } })).toMatchObject({ status: 'accepted' })
  expect(server.posts[0]?.channel).toBe('1450000000000000777')
})

test('the same message sent again is the same message, because Discord knows its nonce', async () => {
  const key = '0192f0c1-6d2e-7000-8000-000000000001.0'
  const [one, other] = [await send({}, key), await send({}, key)]
  expect(one).toEqual(other)
  expect(server.posts).toHaveLength(1)
  expect(server.posts[0]?.nonce).toHaveLength(25)
})

test('nobody is pinged and no link is fetched, whatever a text says', async () => {
  await send({ content: { text: '@everyone <@1> https://evil.test' } })
  expect(server.posts[0]).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 })
  expect(server.posts[0]?.content).toContain('@everyone \\<@1\\> https://evil.test')
})

test('conversations opened too fast stop the bot, since that limit is not one person’s', async () => {
  const busy = await startScriptedHttp({
    isMessage: () => false,
    refusals: {},
    answer: () => ({ status: 429, body: { retry_after: 1.5, global: false } }),
  })
  try {
    channel = discord({ botToken: discordBotToken, apiUrl: busy.url })
    expect(await send()).toMatchObject({ status: 'rate_limited', scope: 'sender', retryAfterMs: 1_500 })
  } finally {
    await busy.close()
  }
})

test('a text that escaping makes too long is refused, not cut', async () => {
  expect(await send({ content: { text: '*'.repeat(1_600) } })).toMatchObject({ status: 'permanent_content' })
  expect(server.posts).toEqual([])
})

test('a pressed button answers, with the token and who pressed it', async () => {
  const post = await ask({ type: 'yesNo' }, yesNo)
  const facts = await receive(server.press(post, 'Yes', ann))
  expect(facts).toMatchObject([
    { kind: 'answer', reference: { by: 'token', token }, input: { kind: 'option', value: 'yes' }, from: ann },
  ])
})

const fixture = async (name: string): Promise<object> =>
  JSON.parse(await readFile(new URL(`__fixtures__/discord/${name}.json`, import.meta.url), 'utf8')) as object

test('interactions with everything Discord puts into them are understood', async () => {
  const reference = { by: 'token', token: '7h2k9qsampletoken4d8w3e6r5' }
  expect(await receive(signedByDiscord(await fixture('button')))).toMatchObject([
    { id: 'interaction:1450000000000000009', reference, input: { kind: 'option', value: 'yes' }, from: ann },
  ])
  expect(await receive(signedByDiscord(await fixture('window')))).toMatchObject([
    {
      reference,
      input: { kind: 'text', text: 'No nuts, please.\nAnd no fish.' },
      from: 'channel:1450000000000000777',
    },
  ])
})

test('in a server’s channel the answer is the channel’s, whoever pressed', async () => {
  const payload = {
    id: '1450000000000000001',
    type: 3,
    guild_id: '5',
    channel_id: '1450000000000000777',
    member: { user: { id: ann } },
    data: { custom_id: `press ${token} no` },
  }
  expect(await receive(signedByDiscord(payload))).toMatchObject([{ from: 'channel:1450000000000000777' }])
})

test.each([
  [6, 1],
  [25, 1],
  [50, 2],
])('%i options are %i lists to pick from', async (count, lists) => {
  const many = options(count)
  const post = await ask({ type: 'choice', options: many, multiple: false }, many)
  expect(post.components.filter((row) => row.components[0]?.type === 3)).toHaveLength(lists)
  expect(await receive(server.press(post, `Option ${count - 1}`, ann))).toMatchObject([
    { kind: 'answer', input: { kind: 'option', value: `v${count - 1}` } },
  ])
})

test('a label too long for a button makes a list', async () => {
  const long = { value: 'long', label: `${'Very '.repeat(18)}long` }
  const both = [long, { value: 'short', label: 'Short' }]
  const post = await ask({ type: 'choice', options: both, multiple: false }, both)
  expect(post.components[0]?.components[0]?.options?.[0]?.label).toBe(long.label)
})

test('several options are picked from one list', async () => {
  const post = await ask({ type: 'choice', options: options(4), multiple: true })
  expect(post.components[0]?.components[0]).toMatchObject({ max_values: 4 })
  expect(await receive(server.press(post, ['Option 1', 'Option 3'], ann))).toMatchObject([
    { kind: 'answer', input: { kind: 'fields', fields: { answer: ['v1', 'v3'] } } },
  ])
})

test('several of more options than a list takes are picked on the page', async () => {
  const post = await ask({ type: 'choice', options: options(26), multiple: true })
  expect(post.components[0]?.components[0]).toMatchObject({
    label: 'Answer',
    url: 'https://portal.test/r/tokentokentoken',
  })
})

test.each([
  [{ type: 'text', maxLength: 200 } as const, 2],
  [{ type: 'number', integer: true } as const, 1],
  [{ type: 'date' } as const, 1],
])('$type: a button opens a window, and what is written there answers', async (spec, style) => {
  const post = await ask(spec)
  const opened = await receive(server.press(post, 'Answer', ann))
  expect(opened).toMatchObject([{ kind: 'ignored' }])
  const shown = await acknowledge(opened)
  expect(shown).toMatchObject({
    type: 9,
    data: { title: 'Your answer', components: [{ type: 18, component: { type: 4, style, required: true } }] },
  })
  const customId = (shown as { data: { custom_id: string } }).data.custom_id
  expect(await receive(server.write(customId, '2027-03-31', ann))).toMatchObject([
    {
      kind: 'answer',
      reference: { by: 'token', token },
      input: { kind: 'text', text: '2027-03-31' },
      from: ann,
    },
  ])
})

test('how many come is told on the page, beside the buttons', async () => {
  const post = await ask({ type: 'rsvp', maxParty: 4 }, [...yesNo, { value: 'maybe', label: 'Maybe' }])
  const labels = post.components.flatMap((row) => row.components).map(({ label }) => label)
  expect(labels).toEqual(['Yes', 'No', 'Maybe', 'Answer', 'Unsubscribe'])
})

test('who answered is told what became of it, alone and without markup', async () => {
  const post = await ask({ type: 'yesNo' }, yesNo)
  const facts = await receive(server.press(post, 'Yes', ann))
  expect(await acknowledge(facts, 'Thank you *so* much')).toEqual({
    type: 4,
    data: { content: 'Thank you \\*so\\* much', flags: 64, allowed_mentions: { parse: [] } },
  })
  expect(await acknowledge(facts)).toEqual({ type: 6 })
})

test('Discord’s question whether the address is ours is answered with a pong', async () => {
  const facts = await receive(signedByDiscord({ id: '1', type: 1 }))
  expect(facts).toMatchObject([{ kind: 'ignored' }])
  expect(await acknowledge(facts)).toEqual({ type: 1 })
})

test('the library others check signatures with agrees with ours', async () => {
  const genuine = signedByDiscord({ id: '1', type: 1 })
  const { headers, url } = genuine
  const forged = new Request(url, { method: 'POST', headers, body: `${await genuine.clone().text()} ` })
  expect(await isBelievedElsewhere(genuine)).toBe(true)
  expect(await receive(genuine)).toHaveLength(1)
  expect(await isBelievedElsewhere(forged)).toBe(false)
  await expect(receive(forged)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED', status: 401 })
})

test.each([-301_000, 301_000])(
  'a request from %i ms away is refused, in the past and in the future',
  async (awayMs) => {
    await expect(receive(signedByDiscord({ id: '1', type: 1 }, Date.now() + awayMs))).rejects.toMatchObject({
      code: 'WEBHOOK_REFUSED',
    })
  },
)

test('a button that is none of ours answers nothing', async () => {
  const payload = { id: '7', type: 3, user: { id: ann }, data: { custom_id: 'vote:1' } }
  expect(await receive(signedByDiscord(payload))).toMatchObject([{ kind: 'ignored' }])
})

test('a question that is over loses its buttons and says how it ended, however often', async () => {
  const post = await ask({ type: 'yesNo' }, yesNo)
  const message = { ...outboundMessage({ to: { address: ann } }), links: {} }
  const edit = {
    providerMessageId: `${post.channel}:${post.id}`,
    message: { ...message, answer: { spec: { type: 'yesNo' as const }, actions: [] } },
    reason: { kind: 'answered' as const, value: true, isDeclined: false, via: 'api' },
    notice: 'Answered: Yes',
  }
  for (const _again of [1, 2]) {
    expect(await channel.edit?.(edit, sendContext())).toMatchObject({ status: 'accepted' })
    expect(server.posts).toMatchObject([
      { content: 'Anna: Dinner on Friday at 8?\n**Answered: Yes**', components: [] },
    ])
  }
})

test.each(['*'.repeat(985), 'x'.repeat(1_690)])(
  'a question that fills its message loses its buttons all the same: its text gives way',
  async (text) => {
    await send({ content: { text } })
    const [post] = server.posts
    const message = { ...outboundMessage({ to: { address: ann }, content: { text } }), links: {} }
    const edit = {
      providerMessageId: `${post?.channel}:${post?.id}`,
      message: { ...message, answer: { spec: { type: 'yesNo' as const }, actions: [] } },
      reason: { kind: 'expired' as const },
      notice: `This question is closed. ${'ж'.repeat(300)}`,
    }
    expect(await channel.edit?.(edit, sendContext())).toMatchObject({ status: 'accepted' })
    const content = server.posts[0]?.content ?? ''
    expect(content.length).toBeLessThanOrEqual(2_000)
    expect(content).toMatch(/^Anna: .*…\n\*\*This question is closed\. ж{300}\*\*$/s)
    // An escape that lost its character would escape the next one.
    expect(content).not.toMatch(/(?<!\\)(?:\\\\)*\\…/)
    expect(server.posts[0]?.components).toEqual([])
  },
)

test('without a public key the answer is given on the page', async () => {
  channel = discord({ botToken: discordBotToken, apiUrl: server.url })
  expect(channel.supports).toMatchObject({ answers: [], tokens: ['respond', 'unsubscribe'] })
  expect(channel.receive).toBeUndefined()
  await send()
  expect(server.posts[0]?.components[0]?.components[0]).toMatchObject({ label: 'Answer' })
})

test('a custom_id is read back as it was written and has at most 100 characters', () => {
  const value = 'ü'.repeat(63) + ' '
  const longest = writeCustomId({ does: 'press', token: 't'.repeat(26), value })
  expect(longest.length).toBeLessThanOrEqual(100)
  for (const use of [
    { does: 'press' as const, token, value },
    { does: 'press' as const, token, value: 'two words\nand a line' },
    { does: 'pick' as const, token, page: 1 },
    { does: 'pick-several' as const, token },
    { does: 'open' as const, token, isLong: true },
    { does: 'write' as const, token },
  ])
    expect(readCustomId(writeCustomId(use))).toEqual(use)
})
