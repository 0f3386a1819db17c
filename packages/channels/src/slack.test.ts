import type {
  AnswerOption,
  AnswerSpec,
  HandledFact,
  InboundFact,
  OutboundMessage,
} from '@invite-me/core/channel'
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import {
  signedBySlack,
  slackBotToken,
  slackSigningSecret,
  startSlackWorkspace,
  type SlackWorkspace,
} from '../../../tests/peers/slack-workspace.ts'
import { slack } from './slack.ts'

const ann = 'U0123ABCD'
let workspace: SlackWorkspace
let channel: ReturnType<typeof slack>
let warnings: string[]

beforeEach(async () => {
  workspace = await startSlackWorkspace()
  channel = slack({ botToken: slackBotToken, signingSecret: slackSigningSecret, apiUrl: workspace.url })
  warnings = []
})
afterEach(() => workspace.close())

/** Slack signs with the real time. */
const context = {
  clock: { ...sendContext().clock, now: () => Date.now() },
  log: { warn: (text: string) => void warnings.push(text), error: () => undefined },
}
const send = (change: Partial<OutboundMessage> = {}) =>
  channel.send(outboundMessage({ to: { address: ann, name: 'Ann' }, ...change }), sendContext())
const ask = async (spec: AnswerSpec, actions: readonly AnswerOption[] = []) => {
  expect(await send({ answer: { spec, actions } })).toMatchObject({ status: 'accepted' })
  const post = workspace.posts.at(-1)
  if (post === undefined) throw new Error('nothing was posted')
  return post
}
const receive = async (request: Request): Promise<readonly InboundFact[]> =>
  (await channel.receive?.(request, context)) ?? []
const options = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({ value: `v${index}`, label: `Option ${index}` }))
const yesNo = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
]

test('a person is written to directly; their conversation is opened once', async () => {
  expect(await send()).toMatchObject({ status: 'accepted', providerMessageId: 'D0123ABCD:1767603601.000100' })
  await send()
  expect(workspace.methods()).toEqual(['conversations.open', 'chat.postMessage', 'chat.postMessage'])
})

test('a channel is written to by its id', async () => {
  expect(await send({ to: { address: 'C0456EFGH' } })).toMatchObject({
    status: 'accepted',
    providerMessageId: 'C0456EFGH:1767603601.000100',
  })
  expect(workspace.methods()).toEqual(['chat.postMessage'])
})

test('a conversation that has gone is opened again by the next message', async () => {
  await send()
  workspace.answer('no_such_address')
  expect(await send()).toMatchObject({ status: 'permanent_recipient', providerCode: 'channel_not_found' })
  workspace.answer('well')
  expect(await send()).toMatchObject({ status: 'accepted' })
  expect(workspace.methods().filter((method) => method === 'conversations.open')).toHaveLength(2)
})

test('words of people are plain text: nobody is mentioned, nothing is a link', async () => {
  const text = '<!channel> <@U9> <https://evil.test|bank> *stars* :tada: & more'
  await send({ content: { text } })
  const [post] = workspace.posts
  expect(post?.blocks[0]).toEqual({
    type: 'section',
    text: expect.objectContaining({ type: 'plain_text', text: `Anna: ${text}` }),
  })
  expect(post?.text).toBe(
    'Anna: &lt;!channel&gt; &lt;@U9&gt; &lt;https://evil.test|bank&gt; *stars* :tada: &amp; more',
  )
})

test('a long text fills several sections, and no picture is torn', async () => {
  const text = '👍🏽'.repeat(2_500)
  await send({ content: { text }, answer: undefined as never, originator: null })
  const sections = workspace.posts[0]?.blocks.map((block) => block.text?.text ?? '') ?? []
  expect(sections.join('')).toBe(text)
  for (const section of sections) {
    expect(section.length).toBeLessThanOrEqual(3_000)
    expect(section.isWellFormed()).toBe(true)
  }
})

test('a pressed button answers, with the token and who pressed it', async () => {
  const post = await ask({ type: 'yesNo' }, yesNo)
  const facts = await receive(workspace.press(post, 'Yes', ann))
  expect(facts).toEqual([
    expect.objectContaining({
      kind: 'answer',
      reference: { by: 'token', token: 'k7Qm2xV9bT4sW8nL3pR6dY' },
      input: { kind: 'option', value: 'yes' },
      from: ann,
    }),
  ])
})

const fixture = (name: string) =>
  readFile(new URL(`__fixtures__/slack/${name}.json`, import.meta.url), 'utf8')

test('payloads with everything Slack puts into them are understood', async () => {
  const payload = JSON.stringify(JSON.parse(await fixture('block-actions')))
  expect(await receive(signedBySlack(new URLSearchParams({ payload })))).toMatchObject([
    {
      id: 'action:D0123ABCD:1767603601.000100:U0123ABCD:1767603605.731222:0',
      kind: 'answer',
      reference: { by: 'token', token: '7h2k9qsampletoken4d8w3e6r5' },
      input: { kind: 'option', value: 'yes' },
      from: ann,
    },
  ])
  expect(await receive(signedBySlack(await fixture('message-im')))).toMatchObject([
    {
      id: 'event:Ev0123ABCDEF',
      at: new Date('2026-01-05T09:01:00Z'),
      reference: { by: 'provider-message', providerMessageId: 'D0123ABCD:1767603601.000100' },
      input: { kind: 'text', text: 'Yes, gladly & with a friend' },
    },
  ])
})

test('in a channel the answer is the channel’s, whoever pressed', async () => {
  await send({ to: { address: 'C0456EFGH' }, answer: { spec: { type: 'yesNo' }, actions: yesNo } })
  const [post] = workspace.posts
  expect(await receive(workspace.press(post as never, 'No', 'U9999ZZZZ'))).toMatchObject([
    { from: 'C0456EFGH' },
  ])
})

test('more than five options are a list to pick from', async () => {
  const many = options(50)
  const post = await ask({ type: 'choice', options: many, multiple: false }, many)
  const list = post.blocks.find(({ type }) => type === 'actions')?.elements ?? []
  expect(list).toMatchObject([{ type: 'static_select' }])
  expect(await receive(workspace.press(post, 'Option 37', ann))).toMatchObject([
    { kind: 'answer', input: { kind: 'option', value: 'v37' } },
  ])
})

test('several options are picked and then sent', async () => {
  const post = await ask({ type: 'choice', options: options(4), multiple: true })
  expect(await receive(workspace.pick(post, ['Option 1', 'Option 3'], ann))).toMatchObject([
    { kind: 'answer', input: { kind: 'fields', fields: { answer: ['v1', 'v3'] } } },
  ])
})

test('picking alone is no answer yet', async () => {
  const post = await ask({ type: 'choice', options: options(4), multiple: true })
  const picking = {
    type: 'block_actions',
    user: { id: ann },
    container: { channel_id: post.channel, message_ts: post.ts },
    actions: [
      {
        type: 'multi_static_select',
        block_id: post.blocks[1]?.block_id,
        action_id: 'pick-several',
        action_ts: '1',
      },
    ],
  }
  const request = signedBySlack(new URLSearchParams({ payload: JSON.stringify(picking) }))
  expect(await receive(request)).toMatchObject([{ kind: 'ignored' }])
})

test('a label too long for a button is cut there and stands whole in the text', async () => {
  const long = { value: 'long', label: `${'Very '.repeat(18)}long` }
  const both = [long, { value: 'short', label: 'Short' }]
  const post = await ask({ type: 'choice', options: both, multiple: false }, both)
  expect(post.blocks[0]?.text?.text).toContain(long.label)
  const [button] = post.blocks.find(({ type }) => type === 'actions')?.elements ?? []
  expect(button?.text).toMatchObject({ text: expect.stringMatching(/^Very .*…$/) })
})

test('words in the thread of a question answer it', async () => {
  const post = await ask({ type: 'text', maxLength: 200 })
  expect(post.blocks[0]?.text?.text).toContain('Reply with your answer.')
  expect(await receive(workspace.say('No nuts & <b>no</b> fish', ann, post))).toMatchObject([
    {
      kind: 'answer',
      reference: { by: 'provider-message', providerMessageId: `${post.channel}:${post.ts}` },
      input: { kind: 'text', text: 'No nuts & <b>no</b> fish' },
      from: ann,
    },
  ])
})

test('words written directly to the bot are for the newest question', async () => {
  expect(await receive(workspace.say('yes', ann))).toMatchObject([
    { kind: 'answer', reference: { by: 'address', address: ann }, input: { kind: 'text', text: 'yes' } },
  ])
})

test('a link Slack made of somebody’s words is the words again', async () => {
  const event = {
    type: 'message',
    channel: 'D0123ABCD',
    channel_type: 'im',
    user: ann,
    ts: '1.1',
    text: 'Ask <mailto:bob@guests.test|bob@guests.test>, see <http://a.test/?x=1&amp;y=2> or <http://b.test|b.test>, <@U9> &lt;b&gt;',
  }
  const request = signedBySlack(JSON.stringify({ type: 'event_callback', event_id: 'Ev2', event }))
  expect(await receive(request)).toMatchObject([
    {
      input: {
        text: 'Ask bob@guests.test, see http://a.test/?x=1&y=2 or b.test, <@U9> <b>',
      },
    },
  ])
})

test.each([
  ['under somebody else’s message', { parent_user_id: 'U0777GGGG' }, {}, 'ignored'],
  ['under a message of the bot', { parent_user_id: 'U0456EFGH' }, {}, 'answer'],
  ['where Slack does not say whose message it was', {}, {}, 'answer'],
  // Nobody else reads along there: it is kept for a human when it fits nothing.
  [
    'under the person’s own message to the bot',
    { parent_user_id: ann, channel: 'D0123ABCD', channel_type: 'im' },
    {},
    'answer',
  ],
  // There Slack may name the bot of the other company.
  [
    'in a channel shared with others',
    { parent_user_id: 'U0777GGGG' },
    { is_ext_shared_channel: true },
    'answer',
  ],
])('words in a thread %s', async (_where, change, more, kind) => {
  const event = {
    type: 'message',
    channel: 'C0456EFGH',
    channel_type: 'channel',
    user: ann,
    text: 'yes',
    ts: '2.1',
    thread_ts: '1.1',
    ...change,
  }
  const authorizations = [{ user_id: 'U0456EFGH', is_bot: true }]
  const payload = { type: 'event_callback', event_id: 'Ev3', authorizations, event, ...more }
  expect(await receive(signedBySlack(JSON.stringify(payload)))).toMatchObject([{ kind }])
})

test('who writes STOP wants no more messages, who writes START wants them again', async () => {
  expect(await receive(workspace.say('Stop!', ann))).toMatchObject([{ kind: 'opted_out', address: ann }])
  expect(await receive(workspace.say('start', ann))).toMatchObject([{ kind: 'opted_in', address: ann }])
})

test.each([
  ['the bot’s own words', { bot_id: 'B1', user: 'U1' }],
  ['an edited message', { subtype: 'message_changed' }],
  ['talk in a channel', { channel: 'C0456EFGH', channel_type: 'channel' }],
  ['a picture without words', { text: ' ', subtype: 'file_share' }],
])('%s is ignored', async (_name, change) => {
  const event = {
    type: 'message',
    channel: 'D1',
    channel_type: 'im',
    user: ann,
    text: 'yes',
    ts: '1.1',
    ...change,
  }
  const request = signedBySlack(JSON.stringify({ type: 'event_callback', event_id: 'Ev1', event }))
  expect(await receive(request)).toMatchObject([{ kind: 'ignored' }])
})

test('an event Slack sends again is the same fact', async () => {
  const event = { type: 'message', channel: 'D1', channel_type: 'im', user: ann, text: 'yes', ts: '1.1' }
  const body = JSON.stringify({ type: 'event_callback', event_id: 'Ev77', event_time: 1_767_603_600, event })
  const again = signedBySlack(body)
  again.headers.set('x-slack-retry-num', '1')
  expect(await receive(again)).toEqual(await receive(signedBySlack(body)))
})

test.each([-301_000, 301_000])(
  'a request from %i ms away is refused, in the past and in the future',
  async (awayMs) => {
    const request = signedBySlack('{"type":"url_verification","challenge":"c"}', Date.now() + awayMs)
    await expect(receive(request)).rejects.toMatchObject({ code: 'WEBHOOK_REFUSED' })
  },
)

test('while a secret is replaced, both are believed; a third is not', async () => {
  const made = (signingSecret: string[]) =>
    slack({ botToken: slackBotToken, signingSecret, apiUrl: workspace.url })
  const hello = () => signedBySlack('{"type":"url_verification","challenge":"c"}')
  const rotating = made(['a-brand-new-secret-1', slackSigningSecret])
  expect(await rotating.receive?.(hello(), context)).toHaveLength(1)
  await expect(made(['a-brand-new-secret-1']).receive?.(hello(), context)).rejects.toMatchObject({
    code: 'WEBHOOK_REFUSED',
  })
})

const handled = (facts: readonly InboundFact[], feedback: string, answer: 'counted' | 'late' = 'counted') =>
  facts.map((fact): HandledFact => {
    const told = { id: fact.id, kind: fact.kind, invitationId: null, answer, feedback }
    return { fact, result: { ...told, result: 'recorded' } }
  })

test('Slack’s question whether the address is ours is answered with its challenge', async () => {
  const facts = await receive(signedBySlack('{"type":"url_verification","challenge":"3eZbrw1aB"}'))
  const response = await channel.acknowledge?.(handled(facts, ''), context)
  expect([response?.status, await response?.text()]).toEqual([200, '3eZbrw1aB'])
})

test('who pressed a button is told what became of it, and Slack gets an empty 200', async () => {
  const post = await ask({ type: 'yesNo' }, yesNo)
  const facts = await receive(workspace.press(post, 'Yes', ann))
  const response = await channel.acknowledge?.(handled(facts, 'Thank you <3'), context)
  expect([response?.status, await response?.text()]).toEqual([200, ''])
  expect(workspace.whispers).toEqual(['Thank you &lt;3'])
})

test('the word back goes to Slack and to nobody else', async () => {
  const payload = {
    type: 'block_actions',
    user: { id: ann },
    response_url: 'http://169.254.169.254/latest/meta-data',
    actions: [{ type: 'button', block_id: 'answer:t', value: 'yes', action_ts: '1' }],
  }
  const facts = await receive(signedBySlack(new URLSearchParams({ payload: JSON.stringify(payload) })))
  expect(await channel.acknowledge?.(handled(facts, 'Thanks'), context)).toMatchObject({ status: 200 })
  expect(warnings).toEqual(['The address for the word back is not one of Slack.'])
})

test('Slack gets its answer in time, however long the words back take', async () => {
  const pressed = (number: number) => ({
    type: 'button',
    block_id: 'answer:t',
    value: 'yes',
    action_ts: String(number),
  })
  const payload = {
    type: 'block_actions',
    user: { id: ann },
    response_url: 'https://hooks.slack-gov.com/actions/T1/2/3',
    actions: [pressed(1), pressed(2)],
  }
  const request = signedBySlack(new URLSearchParams({ payload: JSON.stringify(payload) }))
  const waits: number[] = []
  const overdue = {
    ...context,
    clock: {
      ...context.clock,
      schedule: (delayMs: number, run: () => void) => {
        waits.push(delayMs)
        run()
        return () => undefined
      },
    },
  }
  const gov = slack({
    botToken: slackBotToken,
    signingSecret: slackSigningSecret,
    apiUrl: 'https://slack-gov.com/api',
  })
  const facts = (await gov.receive?.(request, context)) ?? []
  expect(await gov.acknowledge?.(handled(facts, 'Thanks'), overdue)).toMatchObject({ status: 200 })
  expect(waits).toEqual([2_000])
  expect(new Set(warnings)).toEqual(new Set(['Slack did not take the word back.']))
})

test('words that came too late are answered in their thread', async () => {
  const post = await ask({ type: 'text', maxLength: 200 })
  const facts = await receive(workspace.say('Gladly', ann, post))
  await channel.acknowledge?.(handled(facts, 'This question is closed.', 'late'), context)
  expect(workspace.posts.at(-1)).toMatchObject({ text: 'This question is closed.', threadTs: post.ts })
})

test('a question that is over loses its buttons and says how it ended, however often', async () => {
  const post = await ask({ type: 'yesNo' }, yesNo)
  const { links: _links, ...message } = outboundMessage({ to: { address: ann } })
  const edit = {
    providerMessageId: `${post.channel}:${post.ts}`,
    message: { ...message, links: {}, answer: { spec: { type: 'yesNo' as const }, actions: [] } },
    reason: { kind: 'answered' as const, value: true, isDeclined: false, via: 'api' },
    notice: 'Answered: Yes',
  }
  for (const _again of [1, 2]) {
    expect(await channel.edit?.(edit, sendContext())).toMatchObject({ status: 'accepted' })
    expect(workspace.posts).toHaveLength(1)
    expect(workspace.posts[0]?.blocks.map(({ type }) => type)).toEqual(['section', 'context'])
  }
})

test('without a signing secret the answer is given on the page', async () => {
  channel = slack({ botToken: slackBotToken, apiUrl: workspace.url })
  expect(channel.supports).toMatchObject({ answers: [], tokens: ['respond'] })
  expect(channel.receive).toBeUndefined()
  await send()
  expect(workspace.posts[0]?.blocks.at(-1)?.text?.text).toBe('<https://portal.test/r/tokentokentoken|Answer>')
})
