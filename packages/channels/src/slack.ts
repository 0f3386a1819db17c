import {
  defineChannel,
  type ChannelFactory,
  type ChannelSupports,
  type HandledFact,
  type MessageEdit,
  type OutboundMessage,
  type ProbeResult,
  type ReceiveContext,
  type SendContext,
  type SendOutcome,
} from '@invite-me/core/channel'
import { answersInWords } from './shared/answers-in-words.ts'
import { boundedMap, type BoundedMap } from './shared/bounded-map.ts'
import { acknowledgeSlack } from './slack/acknowledge.ts'
import { readSlackAddress } from './slack/address.ts'
import { callSlack, readSlack, type SlackCaller } from './slack/call.ts'
import { slackOptionsSchema, type SlackOptions } from './slack/options.ts'
import type { SlackReading } from './slack/outcome.ts'
import { receiveSlack } from './slack/receive.ts'
import { renderEnd, renderQuestion, type SlackContent } from './slack/render.ts'

/** Longest text taken, in characters: four sections of a message. Longer things belong behind a link. */
const maxTextLength = 11_000
/** Direct conversations that are remembered, so that each is opened once. */
const mostConversations = 10_000

/**
 * Slack, by an app with a bot token. The address of a person is their member id (`U…`), to whom the bot writes directly; that
 * of a channel its id (`C…`), where the bot must be a member.
 *
 * Answers come back by buttons and by replies in the thread: point the app's Interactivity and Event Subscriptions to what
 * leads to `inviteMe.handleWebhook('slack', request)`.
 *
 * @example
 * slack({ botToken: 'xoxb-…', signingSecret: '…' })
 */
export const slack: ChannelFactory<typeof slackOptionsSchema> = defineChannel({
  name: 'slack',
  options: slackOptionsSchema,
  supports: supportsWith(true),
  create: createSlack,
})

function supportsWith(canAnswer: boolean): ChannelSupports {
  return {
    answers: canAnswer ? answersInWords : [],
    links: true,
    tokens: canAnswer ? ['respond', 'reply'] : ['respond'],
    reports: [],
    idempotent: false,
    maxTextLength,
    edits: ['question'],
  }
}

function createSlack(options: SlackOptions) {
  const { signingSecret, timeoutMs } = options
  const conversations = boundedMap<string, string>(mostConversations)
  const callWith = ({ clock, signal }: Pick<SlackCaller, 'clock' | 'signal'>): SlackCaller => ({
    ...options,
    clock,
    signal,
  })
  return {
    supports: supportsWith(signingSecret !== undefined),
    limits: {
      timeoutMs,
      // "one message per second per channel" (docs.slack.dev/apis/web-api/rate-limits, seen 2026-11-22)
      bucket: (address: string) => ({ key: address, rate: { count: 1, perMs: 1_000 } }),
    },
    address: (raw: string) => {
      const address = readSlackAddress(raw)
      return address === undefined
        ? { ok: false as const, reason: 'give a member id such as U0123ABCD, or the id of a channel' }
        : { ok: true as const, address: address.id }
    },
    // An id of capitals and digits could be anything; it is never taken for a Slack address by itself.
    recognises: () => false,
    send: (message: OutboundMessage, context: SendContext) =>
      send(message, callWith(context), { conversations, canAnswer: signingSecret !== undefined }),
    edit: (edit: MessageEdit, context: SendContext) => editMessage(edit, callWith(context)),
    ...(signingSecret !== undefined && {
      receive: (request: Request, context: ReceiveContext) => receiveSlack(request, context, signingSecret),
      acknowledge: (handled: readonly HandledFact[], context: ReceiveContext) =>
        acknowledgeSlack(handled, context, options),
    }),
    // Nothing is waited for, so no clock is needed to tell how long.
    probe: (signal: AbortSignal) => probe(callWith({ clock: { now: () => 0 }, signal })),
  } satisfies ReturnType<Parameters<typeof defineChannel<typeof slackOptionsSchema>>[0]['create']>
}

interface Desk {
  readonly conversations: BoundedMap<string, string>
  readonly canAnswer: boolean
}

async function send(
  message: OutboundMessage,
  caller: SlackCaller,
  { canAnswer, conversations }: Desk,
): Promise<SendOutcome> {
  const to = readSlackAddress(message.to.address)
  if (to === undefined)
    return { status: 'permanent_recipient', scope: 'recipient', detail: 'This is not a Slack id.' }
  if (message.content.text.length > maxTextLength)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: `The text has more than ${String(maxTextLength)} characters.`,
    }
  const known = to.kind === 'user' ? conversations.get(to.id) : to.id
  const opened = known ?? (await openConversation(to.id, caller))
  if (typeof opened !== 'string') return opened
  if (to.kind === 'user') conversations.set(to.id, opened)
  const reading = await callSlack(
    'chat.postMessage',
    post(opened, renderQuestion(message, canAnswer)),
    caller,
  )
  const outcome = accepted(reading)
  // A conversation may have gone since it was opened; the next message opens it again.
  if (outcome.status === 'permanent_recipient') conversations.delete(to.id)
  return outcome
}

/** Opening a conversation again finds the same one, so whatever breaks here can be tried again. */
async function openConversation(user: string, caller: SlackCaller): Promise<string | SendOutcome> {
  const reading = await callSlack('conversations.open', { users: user }, caller)
  if (!reading.ok)
    return reading.failure.status === 'unknown'
      ? { ...reading.failure, status: 'retryable' }
      : reading.failure
  const channel: unknown = reading.body['channel']
  const id: unknown =
    typeof channel === 'object' && channel !== null && 'id' in channel ? channel.id : undefined
  if (typeof id === 'string') return id
  return { status: 'permanent_config', scope: 'provider', detail: 'This does not answer like Slack.' }
}

function post(channel: string, { blocks, text }: SlackContent): Readonly<Record<string, unknown>> {
  // A preview would fetch the person's own link.
  return { channel, text, blocks, unfurl_links: false, unfurl_media: false }
}

async function editMessage(
  { message, notice, providerMessageId }: MessageEdit,
  caller: SlackCaller,
): Promise<SendOutcome> {
  const [, channel, ts] = /^(\w+):([\d.]+)$/.exec(providerMessageId) ?? []
  if (channel === undefined || ts === undefined)
    return { status: 'permanent_content', scope: 'message', detail: 'This is not the id of a Slack message.' }
  const { blocks, text } = renderEnd(message, notice)
  return accepted(await callSlack('chat.update', { channel, ts, text, blocks }, caller))
}

function accepted(reading: SlackReading): SendOutcome {
  if (!reading.ok) return reading.failure
  const { channel, ts } = reading.body
  if (typeof channel === 'string' && typeof ts === 'string')
    return { status: 'accepted', providerMessageId: `${channel}:${ts}` }
  return { status: 'permanent_config', scope: 'provider', detail: 'This does not answer like Slack.' }
}

async function probe(caller: SlackCaller): Promise<ProbeResult> {
  const reading = await readSlack('auth.test', {}, caller)
  if (reading.ok) return { ok: true, detail: 'Slack knows the bot.' }
  const { failure } = reading
  const code = failure.providerCode === undefined ? '' : ` (${failure.providerCode})`
  return { ok: false, detail: `${failure.detail ?? 'Slack does not answer well.'}${code}` }
}
