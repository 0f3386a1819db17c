import type { ScriptedProvider } from '@invite-me/core/testing'
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { startScriptedHttp, type HttpAnswer, type HttpCall } from './scripted-http.ts'

const textSchema = z.object({ type: z.string(), text: z.string() })
const elementSchema = z.object({
  type: z.string(),
  action_id: z.string().optional(),
  value: z.string().optional(),
  text: z.union([textSchema, z.string()]).optional(),
  options: z.array(z.object({ text: textSchema, value: z.string() })).optional(),
})
const blockSchema = z.object({
  type: z.string(),
  block_id: z.string().optional(),
  text: textSchema.optional(),
  accessory: elementSchema.optional(),
  elements: z.array(elementSchema).optional(),
})
type Block = z.output<typeof blockSchema>

/** A message as it stands in the workspace now. */
export interface SlackPost {
  readonly channel: string
  readonly ts: string
  readonly text: string
  readonly blocks: readonly Block[]
  readonly threadTs: string | undefined
}

/** A Slack workspace on loopback, with people who press buttons and reply. */
export interface SlackWorkspace extends ScriptedProvider {
  /** To be given as `apiUrl`. */
  readonly url: string
  /** Methods that were called, in order. */
  readonly methods: () => readonly string[]
  readonly posts: readonly SlackPost[]
  /** What was said to people through `response_url`. */
  readonly whispers: readonly string[]
  /** The request Slack sends when somebody presses the button with this label, or picks it. */
  press(post: SlackPost, label: string, user: string): Request
  /** The same for a list of which several are picked before the button is pressed. */
  pick(post: SlackPost, labels: readonly string[], user: string): Request
  /** The request Slack sends when somebody writes directly to the bot; with `post`, in its thread. */
  say(text: string, user: string, post?: SlackPost): Request
  /** People `users.list` tells of, each an object of Slack's. */
  members: object[]
  close(): Promise<void>
}

/** The token it takes. */
export const slackBotToken = 'xoxb-planted-secret-4711'
/** What it signs with. */
export const slackSigningSecret = 'planted-signing-secret-0815'

/**
 * Makes a request as Slack sends and signs it: an interaction as a form, an event as JSON.
 *
 * @param atMs when it was signed, Unix ms; default now
 */
export function signedBySlack(body: string | URLSearchParams, atMs: number = Date.now()): Request {
  const timestamp = String(Math.floor(atMs / 1_000))
  const hash = createHmac('sha256', slackSigningSecret)
    .update(`v0:${timestamp}:${String(body)}`)
    .digest('hex')
  return new Request('https://app.guests.test/hooks/slack', {
    method: 'POST',
    headers: {
      'content-type': typeof body === 'string' ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hash}`,
    },
    body: String(body),
  })
}

const refuse = (error: string): HttpAnswer => ({ body: { ok: false, error } })

/**
 * Starts the workspace on a free port. Everybody has the direct conversation `D` + the rest of their id.
 *
 * @param now its clock, by which it signs; default the machine's
 */
export async function startSlackWorkspace(now: () => number = Date.now): Promise<SlackWorkspace> {
  const posts: SlackPost[] = []
  const whispers: string[] = []
  const members: object[] = []
  let seconds = 1_767_603_600
  let events = 0
  const nextTs = (): string => `${String((seconds += 1))}.000100`

  const methods: Readonly<Record<string, (args: URLSearchParams) => HttpAnswer>> = {
    'auth.test': () => ({
      body: { ok: true, url: 'https://dinner.slack.com/', team: 'Dinner', user: 'bot' },
    }),
    'conversations.open': (args) => ({
      body: { ok: true, channel: { id: `D${(args.get('users') ?? '').slice(1)}` } },
    }),
    'chat.postMessage': (args) => {
      const post = readPost(args, nextTs())
      posts.push(post)
      return { body: { ok: true, channel: post.channel, ts: post.ts, message: {} } }
    },
    'chat.update': (args) => {
      const place = posts.findIndex(
        ({ channel, ts }) => channel === args.get('channel') && ts === args.get('ts'),
      )
      if (place === -1) return refuse('message_not_found')
      posts[place] = readPost(args, args.get('ts') ?? '')
      return { body: { ok: true, channel: args.get('channel'), ts: args.get('ts') } }
    },
    'users.list': (args) => {
      const from = Number(args.get('cursor') ?? 0)
      const to = from + Number(args.get('limit') ?? 100)
      const next_cursor = to < members.length ? String(to) : ''
      return { body: { ok: true, members: members.slice(from, to), response_metadata: { next_cursor } } }
    },
  }
  const answer = (call: HttpCall): HttpAnswer => {
    const method = methodOf(call)
    if (method === 'respond') {
      whispers.push(z.object({ text: z.string() }).parse(JSON.parse(call.body)).text)
      return { body: 'ok' }
    }
    if (call.headers['authorization'] !== `Bearer ${slackBotToken}`) return refuse('invalid_auth')
    const args = new URLSearchParams(call.method === 'GET' ? call.path.split('?')[1] : call.body)
    return methods[method]?.(args) ?? refuse('unknown_method')
  }
  const server = await startScriptedHttp({
    isMessage: (call) => ['chat.postMessage', 'chat.update'].includes(methodOf(call)),
    refusals: {
      too_many: { status: 429, headers: { 'retry-after': '30' }, body: { ok: false, error: 'ratelimited' } },
      unwell: { status: 503 },
      no_such_address: refuse('channel_not_found'),
      not_allowed: refuse('invalid_auth'),
      bad_text: refuse('msg_too_long'),
    },
    answer,
  })

  const interact = (post: SlackPost, user: string, action: object, state: object = {}): Request => {
    const payload = {
      type: 'block_actions',
      user: { id: user },
      channel: { id: post.channel },
      container: { type: 'message', channel_id: post.channel, message_ts: post.ts },
      response_url: `${server.url}/respond`,
      state: { values: state },
      actions: [{ action_ts: nextTs(), ...action }],
    }
    return signedBySlack(new URLSearchParams({ payload: JSON.stringify(payload) }), now())
  }

  return {
    url: server.url,
    methods: () => server.calls.map(methodOf),
    posts,
    whispers,
    members,
    answer: server.answer,
    received: () => posts.map((post) => readable(post)),
    edited: () => posts.map((post) => readable(post, (label) => `[${label}]`)).toReversed(),
    press: (post, label, user) => interact(post, user, findAction(post, label)),
    pick: (post, labels, user) => {
      const picking = post.blocks.find(({ accessory }) => accessory?.options !== undefined)
      const options = picking?.accessory?.options ?? []
      const selected_options = options.filter(({ text }) => labels.includes(text.text))
      const state = {
        [picking?.block_id ?? '']: { [picking?.accessory?.action_id ?? '']: { selected_options } },
      }
      const actions = post.blocks.find(({ type }) => type === 'actions')
      const [button] = actions?.elements ?? []
      return interact(
        post,
        user,
        { type: 'button', block_id: actions?.block_id, action_id: button?.action_id },
        state,
      )
    },
    say: (text, user, post) => {
      const event = {
        type: 'message',
        channel: post?.channel ?? `D${user.slice(1)}`,
        channel_type: post === undefined || post.channel.startsWith('D') ? 'im' : 'channel',
        user,
        text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
        ts: nextTs(),
        ...(post !== undefined && { thread_ts: post.ts }),
      }
      const event_id = `Ev${String((events += 1)).padStart(9, '0')}`
      return signedBySlack(
        JSON.stringify({ type: 'event_callback', event_id, event_time: seconds, event }),
        now(),
      )
    },
    close: server.close,
  }
}

function methodOf({ path }: HttpCall): string {
  return path.slice(1).split('?')[0] ?? ''
}

function readPost(args: URLSearchParams, ts: string): SlackPost {
  const blocks: unknown = JSON.parse(args.get('blocks') ?? '[]')
  return {
    channel: args.get('channel') ?? '',
    ts,
    text: args.get('text') ?? '',
    blocks: z.array(blockSchema).parse(blocks),
    threadTs: args.get('thread_ts') ?? undefined,
  }
}

/** Everything people can see of a post. */
function readable({ blocks, text }: SlackPost, button = (label: string): string => label): string {
  const seen = blocks.flatMap(({ accessory, elements = [], text: words }) => [
    words?.text ?? '',
    ...[...elements, ...(accessory === undefined ? [] : [accessory])].flatMap((element) => [
      typeof element.text === 'string' ? element.text : button(element.text?.text ?? ''),
      ...(element.options ?? []).map((option) => button(option.text.text)),
    ]),
  ])
  return [...seen, text].join('\n')
}

function findAction({ blocks }: SlackPost, label: string): object {
  for (const { block_id, elements = [] } of blocks)
    for (const { action_id, options = [], text, type, value } of elements) {
      if (typeof text === 'object' && text.text === label) return { type, block_id, action_id, value }
      const selected_option = options.find((option) => option.text.text === label)
      if (selected_option !== undefined) return { type, block_id, action_id, selected_option }
    }
  throw new Error(`there is no button "${label}"`)
}
