import {
  InviteMeError,
  type AnswerInput,
  type Channel,
  type InboundFact,
  type MessageEdit,
  type OutboundMessage,
  type SendOutcome,
} from '@invite-me/core/channel'
import { z } from 'zod'
import type { CaughtMessage } from './caught-message.ts'
import type { Medium, MediumMood } from './medium.ts'
import type { MessageBox } from './message-box.ts'

/** What the fake channels of one catcher share. */
export interface FakeWorld {
  readonly box: MessageBox
  readonly moodOf: (medium: Medium) => MediumMood
  /** Proves that a reply comes from this catcher and not from somebody who found the engine's webhook. */
  readonly secret: string
}

/** Where the secret of a reply travels. */
export const secretHeader = 'x-catcher-secret'

/** A reply on its way from a fake medium into the engine. */
export const replySchema = z.object({
  messageId: z.string(),
  /** From 0 within its message; makes the fact's id the same however often it is sent. */
  number: z.number().int(),
  input: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('text'), text: z.string() }),
    z.object({ kind: z.literal('option'), value: z.string() }),
  ]),
})

/** A medium that only pretends: keeps what is sent in memory and takes replies as facts. */
export function fakeChannel(medium: Medium, world: FakeWorld): Channel {
  return {
    name: medium.name,
    supports: {
      answers: medium.answers,
      links: true,
      tokens: medium.hasUnsubscribe ? ['respond', 'reply', 'unsubscribe'] : ['respond', 'reply'],
      reports: [],
      idempotent: true,
      ...(medium.hasEdits && { edits: ['question'] }),
    },
    send: (message, { idempotencyKey, clock }) =>
      Promise.resolve(
        refusalOf(world.moodOf(medium)) ?? keep(medium, world.box, message, idempotencyKey, clock.now()),
      ),
    ...(medium.hasEdits && { edit: (edit) => Promise.resolve(change(medium, world, edit)) }),
    receive: (request, { clock }) => readReply(world, request, clock.now()),
    probe: () =>
      Promise.resolve(
        world.moodOf(medium) === 'works'
          ? { ok: true, detail: 'It only pretends, and works.' }
          : { ok: false, detail: 'It was broken on purpose.' },
      ),
  }
}

function refusalOf(mood: MediumMood): SendOutcome | undefined {
  switch (mood) {
    case 'works':
      return undefined
    case 'refuses':
      return {
        status: 'permanent_content',
        scope: 'message',
        providerCode: 'REFUSED',
        detail: 'The catcher refuses messages here, as it was told.',
      }
    case 'down':
      return {
        status: 'retryable',
        scope: 'provider',
        providerCode: 'DOWN',
        detail: 'The catcher plays dead here, as it was told.',
      }
  }
}

function keep(
  medium: Medium,
  box: MessageBox,
  message: OutboundMessage,
  idempotencyKey: string,
  nowMs: number,
): SendOutcome {
  const known = box.idOf(idempotencyKey)
  if (known !== undefined) return { status: 'accepted', providerMessageId: known, delivered: true }
  const id = `${medium.name}-${crypto.randomUUID()}`
  box.add(caught(id, medium, message, nowMs), idempotencyKey, message.replyToken)
  return { status: 'accepted', providerMessageId: id, delivered: true }
}

function change(medium: Medium, world: FakeWorld, { providerMessageId, notice }: MessageEdit): SendOutcome {
  const refusal = refusalOf(world.moodOf(medium))
  if (refusal !== undefined) return refusal
  const isHere = world.box.close(providerMessageId, notice)
  const detail = 'The catcher has forgotten the message.'
  return isHere ? { status: 'accepted' } : { status: 'permanent_content', scope: 'message', detail }
}

function caught(id: string, medium: Medium, message: OutboundMessage, nowMs: number): CaughtMessage {
  return {
    id,
    channel: medium.name,
    at: new Date(nowMs),
    to: message.to.address,
    name: message.to.name,
    from: message.originator?.name,
    subject: message.content.subject,
    text: message.content.text,
    details: message.content.details,
    locale: message.locale,
    isReminder: message.purpose === 'reminder',
    answer: message.answer?.spec.type,
    actions: message.answer?.actions ?? [],
    links: message.links,
    until: message.until,
    replies: [],
    notice: undefined,
  }
}

async function readReply(
  { box, secret }: FakeWorld,
  request: Request,
  nowMs: number,
): Promise<readonly InboundFact[]> {
  if (request.headers.get(secretHeader) !== secret) {
    throw new InviteMeError('WEBHOOK_REFUSED', 'This reply does not come from the catcher.')
  }
  const { messageId, number, input } = replySchema.parse(await request.json())
  const token = box.replyToken(messageId)
  const from = box.get(messageId)?.to
  const base = { id: `${messageId}.${number}`, at: new Date(nowMs) }
  if (token === undefined) return [{ ...base, kind: 'ignored', reason: 'the message cannot be answered' }]
  const answer: AnswerInput = input
  return [
    {
      ...base,
      kind: 'answer',
      reference: { by: 'token', token },
      input: answer,
      ...(from !== undefined && { from }),
    },
  ]
}
