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
import { createHash } from 'node:crypto'
import { answersInWords } from './shared/answers-in-words.ts'
import { acknowledgeDiscord } from './discord/acknowledge.ts'
import { readDiscordAddress, spellDiscordAddress } from './discord/address.ts'
import { callDiscord, type DiscordCaller } from './discord/call.ts'
import { discordOptionsSchema, type DiscordOptions } from './discord/options.ts'
import type { DiscordReading } from './discord/outcome.ts'
import { receiveDiscord } from './discord/receive.ts'
import { longestContent, renderEnd, renderQuestion } from './discord/render.ts'
import { discordKey } from './discord/signature.ts'
import { boundedMap, type BoundedMap } from './shared/bounded-map.ts'

/**
 * Longest text taken, in characters. A message has 2,000 at most (docs.discord.com/developers/resources/message); the asker's
 * name and what escapes Markdown need their part.
 */
const maxTextLength = 1_700
/** Longest nonce, in characters. */
const longestNonce = 25
/** Direct conversations that are remembered, so that each is opened once. */
const mostConversations = 10_000
/** No preview of links: it would fetch the person's own one. */
const suppressEmbeds = 4

/**
 * Discord, by an application with a bot. The address of a person is their user id, to whom the bot writes directly as long as
 * they share a server; that of a server's channel is `channel:` and its id.
 *
 * Answers come back as interactions (buttons, lists, a window to write in): let the application's Interactions Endpoint URL
 * lead to `inviteMe.handleWebhook('discord', request)`.
 *
 * @example
 * discord({ botToken: '…', publicKey: '…' })
 */
export const discord: ChannelFactory<typeof discordOptionsSchema> = defineChannel({
  name: 'discord',
  options: discordOptionsSchema,
  supports: supportsWith(true),
  create: createDiscord,
})

function supportsWith(canAnswer: boolean): ChannelSupports {
  return {
    answers: canAnswer ? answersInWords : [],
    links: true,
    tokens: canAnswer ? ['respond', 'unsubscribe', 'reply'] : ['respond', 'unsubscribe'],
    reports: [],
    // By `nonce` with `enforce_nonce`; Discord remembers it for some minutes.
    idempotent: true,
    maxTextLength,
    edits: ['question'],
  }
}

function createDiscord(options: DiscordOptions) {
  const { publicKey, timeoutMs } = options
  const key = publicKey === undefined ? undefined : discordKey(publicKey)
  const conversations = boundedMap<string, string>(mostConversations)
  const callWith = ({ clock, signal }: Pick<DiscordCaller, 'clock' | 'signal'>): DiscordCaller => ({
    ...options,
    clock,
    signal,
  })
  return {
    supports: supportsWith(key !== undefined),
    limits: {
      timeoutMs,
      // A bot may make 50 requests a second (docs.discord.com/developers/topics/rate-limits); a first message takes two.
      rate: { count: 25, perMs: 1_000 },
      bucket: (address: string) => ({ key: address, rate: { count: 1, perMs: 1_000 } }),
    },
    address: (raw: string) => {
      const address = readDiscordAddress(raw)
      return address === undefined
        ? {
            ok: false as const,
            reason: 'give a user id of 17 to 20 digits, or channel: and the id of a channel',
          }
        : { ok: true as const, address: spellDiscordAddress(address) }
    },
    // A long number could be anything; it is never taken for a Discord address by itself.
    recognises: () => false,
    send: (message: OutboundMessage, context: SendContext) =>
      send(message, callWith(context), {
        conversations,
        canAnswer: key !== undefined,
        nonce: nonceOf(context.idempotencyKey),
      }),
    edit: (edit: MessageEdit, context: SendContext) => editMessage(edit, callWith(context)),
    ...(key !== undefined && {
      receive: (request: Request, context: ReceiveContext) => receiveDiscord(request, context, key),
      acknowledge: (handled: readonly HandledFact[]) => Promise.resolve(acknowledgeDiscord(handled)),
    }),
    // Nothing is waited for, so no clock is needed to tell how long.
    probe: (signal: AbortSignal) => probe(callWith({ clock: { now: () => 0 }, signal })),
  } satisfies ReturnType<Parameters<typeof defineChannel<typeof discordOptionsSchema>>[0]['create']>
}

interface Desk {
  readonly conversations: BoundedMap<string, string>
  readonly canAnswer: boolean
  readonly nonce: string
}

async function send(
  message: OutboundMessage,
  caller: DiscordCaller,
  { canAnswer, conversations, nonce }: Desk,
): Promise<SendOutcome> {
  const to = readDiscordAddress(message.to.address)
  if (to === undefined)
    return { status: 'permanent_recipient', scope: 'recipient', detail: 'This is not a Discord id.' }
  const { components, content } = renderQuestion(message, canAnswer)
  if (message.content.text.length > maxTextLength || content.length > longestContent)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: 'The text is too long for one Discord message.',
    }
  const known = to.kind === 'user' ? conversations.get(to.id) : to.id
  const opened = known ?? (await openConversation(to.id, caller))
  if (typeof opened !== 'string') return opened
  if (to.kind === 'user') conversations.set(to.id, opened)
  const body = {
    content,
    components,
    nonce,
    enforce_nonce: true,
    allowed_mentions: { parse: [] },
    flags: suppressEmbeds,
  }
  const outcome = accepted(await callDiscord('POST', `/channels/${opened}/messages`, body, caller))
  if (outcome.status === 'permanent_recipient') conversations.delete(to.id)
  return outcome
}

/** Opening a conversation again finds the same one, so whatever breaks here can be tried again. */
async function openConversation(user: string, caller: DiscordCaller): Promise<string | SendOutcome> {
  const reading = await callDiscord('POST', '/users/@me/channels', { recipient_id: user }, caller)
  if (reading.ok) return idIn(reading.body['id']) ?? notLikeDiscord
  const { failure } = reading
  if (failure.status === 'unknown') return { ...failure, status: 'retryable' }
  // That limit is not one person's: the next one would meet it too.
  return failure.status === 'rate_limited' ? { ...failure, scope: 'sender' } : failure
}

async function editMessage(
  { message, notice, providerMessageId }: MessageEdit,
  caller: DiscordCaller,
): Promise<SendOutcome> {
  const [, channel, id] = /^(\d+):(\d+)$/.exec(providerMessageId) ?? []
  if (channel === undefined || id === undefined)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: 'This is not the id of a Discord message.',
    }
  const body = { ...renderEnd(message, notice), allowed_mentions: { parse: [] } }
  return accepted(await callDiscord('PATCH', `/channels/${channel}/messages/${id}`, body, caller))
}

function accepted(reading: DiscordReading): SendOutcome {
  if (!reading.ok) return reading.failure
  const [channel, id] = [idIn(reading.body['channel_id']), idIn(reading.body['id'])]
  if (channel === undefined || id === undefined) return notLikeDiscord
  return { status: 'accepted', providerMessageId: `${channel}:${id}` }
}

const notLikeDiscord: SendOutcome = {
  status: 'permanent_config',
  scope: 'provider',
  detail: 'This does not answer like Discord.',
}

/** Only digits are put into a path. */
function idIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : undefined
}

/** The key itself where it is short enough, else as much of its hash as fits. */
function nonceOf(idempotencyKey: string): string {
  if (idempotencyKey.length <= longestNonce) return idempotencyKey
  return createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, longestNonce)
}

async function probe(caller: DiscordCaller): Promise<ProbeResult> {
  const reading = await callDiscord('GET', '/users/@me', undefined, caller)
  if (reading.ok) return { ok: true, detail: 'Discord knows the bot.' }
  const { failure } = reading
  const code = failure.providerCode === undefined ? '' : ` (${failure.providerCode})`
  return { ok: false, detail: `${failure.detail ?? 'Discord does not answer well.'}${code}` }
}
