import type { ScriptedProvider } from '@invite-me/core/testing'
import { verifyKey } from 'discord-interactions'
import { generateKeyPairSync, sign } from 'node:crypto'
import { z } from 'zod'
import { startScriptedHttp, type HttpAnswer, type HttpCall } from './scripted-http.ts'

const componentSchema = z.object({
  type: z.number(),
  label: z.string().optional(),
  custom_id: z.string().optional(),
  url: z.string().optional(),
  options: z.array(z.object({ label: z.string(), value: z.string() })).optional(),
  max_values: z.number().optional(),
})
const messageSchema = z.object({
  content: z.string().min(1).max(2_000),
  components: z
    .array(z.object({ type: z.literal(1), components: z.array(componentSchema).min(1).max(5) }))
    .default([]),
  nonce: z.string().max(25).optional(),
  flags: z.number().optional(),
  allowed_mentions: z.object({ parse: z.array(z.string()) }),
})

/** A message as it stands in its channel now. */
export interface DiscordPost extends z.output<typeof messageSchema> {
  readonly id: string
  readonly channel: string
}

/** Discord on loopback, with people who press buttons and write into windows. */
export interface DiscordServer extends ScriptedProvider {
  /** To be given as `apiUrl`. */
  readonly url: string
  readonly calls: readonly HttpCall[]
  readonly posts: readonly DiscordPost[]
  /** The request Discord sends when somebody presses the button with this label, or picks these from a list. */
  press(post: DiscordPost, labels: string | readonly string[], user: string): Request
  /** The request Discord sends when somebody has filled in the window of this `custom_id`. */
  write(customId: string, text: string, user: string): Request
  close(): Promise<void>
}

/** The token it takes. */
export const discordBotToken = 'planted-secret-4711.Gh0st.d1sc0rd'

const keys = generateKeyPairSync('ed25519')
/** The application's public key, 64 hexadecimal digits. */
export const discordPublicKey = Buffer.from(
  z.string().parse(keys.publicKey.export({ format: 'jwk' }).x),
  'base64url',
).toString('hex')

/**
 * Makes a request as Discord sends and signs it.
 *
 * @param atMs when it was signed, Unix ms; default now
 */
export function signedByDiscord(payload: object, atMs: number = Date.now()): Request {
  const timestamp = String(Math.floor(atMs / 1_000))
  const body = JSON.stringify(payload)
  return new Request('https://app.guests.test/hooks/discord', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-signature-timestamp': timestamp,
      'x-signature-ed25519': sign(null, Buffer.from(timestamp + body), keys.privateKey).toString('hex'),
    },
    body,
  })
}

/** Whether the library others check such requests with believes it. */
export async function isBelievedElsewhere(request: Request): Promise<boolean> {
  const { headers } = request
  const [signature, timestamp] = [
    headers.get('x-signature-ed25519') ?? '',
    headers.get('x-signature-timestamp') ?? '',
  ]
  return verifyKey(await request.clone().text(), signature, timestamp, discordPublicKey)
}

/**
 * Starts the server on a free port. Everybody's direct conversation has their own id, beginning with 89.
 *
 * @param now its clock, by which it signs; default the machine's
 */
export async function startDiscordServer(now: () => number = Date.now): Promise<DiscordServer> {
  const posts: DiscordPost[] = []
  let ids = 1_450_000_000_000_000_000n
  const nextId = (): string => String((ids += 1n))

  const post = (channel: string, body: string): HttpAnswer => {
    const read = messageSchema.safeParse(JSON.parse(body))
    if (!read.success) return { status: 400, body: { code: 50_035, message: 'Invalid Form Body' } }
    const same = posts.find(
      (one) => one.nonce !== undefined && one.nonce === read.data.nonce && one.channel === channel,
    )
    if (same !== undefined) return { body: { id: same.id, channel_id: channel } }
    const id = nextId()
    posts.push({ ...read.data, id, channel })
    return { body: { id, channel_id: channel } }
  }
  const edit = (channel: string, id: string, body: string): HttpAnswer => {
    const place = posts.findIndex((one) => one.id === id)
    const before = posts[place]
    if (before === undefined) return { status: 404, body: { code: 10_008, message: 'Unknown Message' } }
    posts[place] = { ...before, ...messageSchema.parse(JSON.parse(body)) }
    return { body: { id, channel_id: channel } }
  }
  const answer = ({ body, headers, method, path }: HttpCall): HttpAnswer => {
    if (
      headers['authorization'] !== `Bot ${discordBotToken}` ||
      !headers['user-agent']?.startsWith('DiscordBot (')
    )
      return { status: 401, body: { code: 0, message: '401: Unauthorized' } }
    if (path === '/users/@me') return { body: { id: '1', username: 'dinner' } }
    if (path === '/users/@me/channels')
      return {
        body: {
          id: `89${z.object({ recipient_id: z.string() }).parse(JSON.parse(body)).recipient_id.slice(2)}`,
          type: 1,
        },
      }
    const [, channel = '', message] = /^\/channels\/(\d+)\/messages(?:\/(\d+))?$/.exec(path) ?? []
    if (method === 'POST') return post(channel, body)
    return edit(channel, message ?? '', body)
  }
  const server = await startScriptedHttp({
    isMessage: ({ method, path }) => method === 'PATCH' || (method === 'POST' && path.endsWith('/messages')),
    refusals: {
      too_many: {
        status: 429,
        headers: { 'retry-after': '65' },
        body: { retry_after: 64.57, global: false },
      },
      unwell: { status: 503 },
      no_such_address: { status: 403, body: { code: 50_007, message: 'Cannot send messages to this user' } },
      not_allowed: { status: 401, body: { code: 0, message: '401: Unauthorized' } },
      bad_text: { status: 400, body: { code: 50_035, message: 'Invalid Form Body' } },
    },
    answer,
  })
  const interaction = (user: string, type: number, data: object, channel = '9'): Request =>
    signedByDiscord(
      {
        id: nextId(),
        application_id: '1',
        type,
        token: 't',
        version: 1,
        channel_id: channel,
        locale: 'en-GB',
        user: { id: user },
        data,
      },
      now(),
    )

  return {
    url: server.url,
    calls: server.calls,
    posts,
    answer: server.answer,
    received: () => posts.map((one) => readable(one)),
    edited: () => posts.map((one) => readable(one, (label) => `[${label}]`)).toReversed(),
    press: (one, labels, user) => interaction(user, 3, findUse(one, [labels].flat()), one.channel),
    write: (custom_id, value, user) =>
      interaction(user, 5, {
        custom_id,
        components: [{ type: 18, component: { type: 4, custom_id: 'answer', value } }],
      }),
    close: server.close,
  }
}

/** What people see of a message, with its nonce, its buttons and where they lead. */
function readable(
  { components, content, nonce }: DiscordPost,
  button = (label: string): string => label,
): string {
  const buttons = components
    .flatMap((row) => row.components)
    .flatMap(({ label, options = [], url }) => [
      label === undefined ? '' : button(label),
      url ?? '',
      ...options.map((option) => button(option.label)),
    ])
  // A backslash before punctuation is Markdown's and not shown.
  return [content.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1'), ...buttons, nonce ?? ''].join('\n')
}

function findUse({ components }: DiscordPost, labels: readonly string[]): object {
  for (const { custom_id, label, options = [], type } of components.flatMap((row) => row.components)) {
    if (label !== undefined && labels.includes(label)) return { custom_id, component_type: type }
    const values = options.filter((option) => labels.includes(option.label)).map(({ value }) => value)
    if (values.length > 0) return { custom_id, component_type: type, values }
  }
  throw new Error(`there is no button "${labels.join(', ')}"`)
}
