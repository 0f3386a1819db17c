import {
  verifySignature,
  type AnswerInput,
  type InboundFact,
  type VerifyingKeys,
} from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readRawBody, refused } from '../shared/webhook.ts'

const envelopeSchema = z.looseObject({ type: z.string().max(200) })

const answerSchema = z
  .strictObject({
    /** `replyToken` of the message that asked. */
    token: z.string().min(16).max(128),
    /** A button's value, or the answer itself as JSON: `true`, `3`, `["tea"]`. */
    value: z.unknown().optional(),
    /** The answer in the person's own words. */
    text: z.string().max(20_000).optional(),
  })
  .refine(({ text, value }) => (text === undefined) !== (value === undefined))

/**
 * Turns a signed webhook `{ type: 'answer', data: { token, value } }` (or `text` instead of `value`) into an answer. The
 * signature says who sends it, the token which question it is for.
 *
 * @param now Unix ms
 * @throws InviteMeError `WEBHOOK_REFUSED` when no key of ours signed it, or not within five minutes · `BODY_TOO_LARGE`
 */
export async function receiveAnswer(
  request: Request,
  keys: VerifyingKeys,
  now: number,
): Promise<readonly InboundFact[]> {
  const body = await readRawBody(request)
  const webhookId = verifySignature(request.headers, body, keys, now)
  if (webhookId === undefined) throw refused()
  const envelope = envelopeSchema.safeParse(readJson(body))
  const answer = answerSchema.safeParse(envelope.data?.['data'])
  const base = {
    id: createHash('sha256')
      .update(`${webhookId}\n${answer.data?.token ?? ''}`)
      .digest('hex'),
    at: new Date(now),
  }
  if (envelope.data?.type !== 'answer')
    return [{ ...base, kind: 'ignored', reason: 'a webhook of another type than "answer"' }]
  if (!answer.success)
    return [{ ...base, kind: 'ignored', reason: 'an answer without a token and either a value or a text' }]
  const { token, ...given } = answer.data
  return [{ ...base, kind: 'answer', reference: { by: 'token', token }, input: inputOf(given) }]
}

function inputOf({
  text,
  value,
}: {
  readonly text?: string | undefined
  readonly value?: unknown
}): AnswerInput {
  if (text !== undefined) return { kind: 'text', text }
  return typeof value === 'string' ? { kind: 'option', value } : { kind: 'value', value }
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
