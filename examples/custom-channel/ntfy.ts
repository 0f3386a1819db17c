import {
  defineChannel,
  type ChannelFactory,
  type ChannelSupports,
  type OutboundMessage,
  type ProbeResult,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { z } from 'zod'
import { classifyReply, classifyTrouble } from './outcome.ts'
import { receiveTap } from './tap.ts'

/**
 * Longest text in characters. The server takes 4,096 bytes and turns a longer message into an attachment (ntfy docs,
 * publish, limitations); a character is at most 3 bytes of UTF-8.
 */
const maxTextLength = 1_365
/** Buttons a notification has room for (ntfy docs, publish, action buttons). */
const maxButtons = 3
/** Most bytes of an answer of the server that are read. */
const maxReplyBytes = 65_536

const optionsSchema = z.strictObject({
  server: z
    .url({ protocol: /^https?$/, error: 'give an address such as https://ntfy.sh' })
    .default('https://ntfy.sh')
    .transform((url) => url.replace(/\/+$/, ''))
    .describe('Address of the ntfy server.'),
  accessToken: z
    .string()
    .min(1)
    .meta({ secret: true })
    .optional()
    .describe('Access token, when the server or the topics are protected.'),
  tapUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Address that leads to `inviteMe.receive("ntfy", request)`; yes and no are then answered with one tap.',
    ),
})

type Options = z.output<typeof optionsSchema>

const supports: ChannelSupports = {
  answers: [],
  links: true,
  tokens: ['respond'],
  reports: [],
  idempotent: false,
  maxTextLength,
}

/**
 * Notifications on a phone by ntfy. The address of a person is the topic they subscribe to: 1 to 64 letters, digits,
 * hyphens or underscores; on a public server whoever knows it can read along, so choose one nobody guesses.
 *
 * It checks no addresses at the door, on purpose: every word could be a topic, and a channel that recognises every word
 * would take a mistyped externalId for one.
 *
 * @example
 * ntfy({ server: 'https://ntfy.guests.test', tapUrl: 'https://app.guests.test/hooks/ntfy' })
 */
export const ntfy: ChannelFactory<typeof optionsSchema> = defineChannel({
  name: 'ntfy',
  options: optionsSchema,
  supports,
  create: (options) => ({
    supports:
      options.tapUrl === undefined
        ? supports
        : { ...supports, answers: ['yesNo'], tokens: ['respond', 'reply'] },
    // A visitor may send 60 at once and then one every 5 seconds (ntfy docs, publish, limitations).
    limits: { concurrency: 5, rate: { count: 60, perMs: 300_000 } },
    send: (message, context) => send(message, context, options),
    receive: receiveTap,
    probe: (signal) => probe(options, signal),
  }),
})

async function send(
  message: OutboundMessage,
  { clock, signal }: Pick<SendContext, 'clock' | 'signal'>,
  { accessToken, server, tapUrl }: Options,
): Promise<SendOutcome> {
  const topic = message.to.address
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic))
    return { status: 'permanent_recipient', scope: 'recipient', detail: 'this cannot be a topic of ntfy' }
  if (message.content.text.length > maxTextLength)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: `the text has more than ${maxTextLength} characters`,
    }
  if (signal.aborted)
    return { status: 'retryable', scope: 'message', detail: 'it was called off before it was sent' }
  try {
    const response = await fetch(`${server}/`, {
      method: 'POST',
      body: JSON.stringify({ topic, ...notification(message, tapUrl) }),
      headers: { 'content-type': 'application/json', ...authorization(accessToken) },
      // A redirect would carry the message and the token to a server nobody named.
      redirect: 'manual',
      signal,
    })
    return classifyReply(
      {
        status: response.status,
        body: await readStart(response),
        retryAfter: response.headers.get('retry-after'),
      },
      clock.now(),
    )
  } catch (error) {
    return classifyTrouble(error)
  }
}

function authorization(accessToken: string | undefined): Readonly<Record<string, string>> {
  return accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }
}

/** What the person sees. */
function notification(message: OutboundMessage, tapUrl: string | undefined): object {
  const { content, links, originator } = message
  const title = (content.subject ?? originator?.name)?.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  const actions = buttons(message, tapUrl)
  return {
    message: content.text,
    ...(title !== undefined && { title }),
    ...(links.respond !== undefined && { click: links.respond }),
    ...(actions.length > 0 && { actions }),
  }
}

/** One tap where that can answer, else buttons that open the page with the answer chosen; none when they do not fit. */
function buttons({ answer, replyToken }: OutboundMessage, tapUrl: string | undefined): readonly object[] {
  if (answer === undefined) return []
  if (answer.spec.type === 'yesNo' && tapUrl !== undefined && replyToken !== undefined) {
    return answer.actions.map(({ label, value }) => ({
      action: 'http',
      label,
      url: tapUrl,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: replyToken, value }),
      clear: true,
    }))
  }
  const pages = answer.actions.filter(({ url }) => url !== undefined)
  return pages.length > maxButtons ? [] : pages.map(({ label, url }) => ({ action: 'view', label, url }))
}

async function readStart(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > maxReplyBytes) break
  }
  return text
}

/** The server looks at the access token of every request, this one included. */
async function probe({ accessToken, server }: Options, signal: AbortSignal): Promise<ProbeResult> {
  try {
    const headers = authorization(accessToken)
    const response = await fetch(`${server}/v1/health`, { headers, redirect: 'manual', signal })
    if (response.ok && /"healthy":\s*true/.test(await readStart(response)))
      return { ok: true, detail: 'The ntfy server is well.' }
    return { ok: false, detail: `The server answers with status ${response.status}, unlike a healthy ntfy.` }
  } catch {
    return { ok: false, detail: 'The server cannot be reached.' }
  }
}
