import type { InboundFact } from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readRawBody, refused } from '../shared/webhook.ts'

/** Longest body of a pressed button, in bytes; our worker's have less than 300. */
const mostBytes = 2_000

const pressSchema = z.strictObject({
  inviteMe: z.literal(1),
  /** Made by the browser for each press, so that a repeated request is no second answer. */
  id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  token: z.string().regex(/^[A-Za-z0-9]{16,128}$/),
  value: z.string().min(1).max(64),
})

/**
 * Turns a button pressed in a notification into an answer. The service worker sends back the token that came with the
 * message, encrypted for this browser alone: that is the proof.
 *
 * @param now Unix ms
 * @throws InviteMeError `WEBHOOK_REFUSED` when it is not what our service worker sends · `BODY_TOO_LARGE`
 */
export async function receivePress(request: Request, now: number): Promise<readonly InboundFact[]> {
  const press = pressSchema.safeParse(parseJson(await readRawBody(request, mostBytes)))
  if (!press.success) throw refused()
  const { id, token, value } = press.data
  const base = { id: createHash('sha256').update(`${token} ${id}`).digest('hex'), at: new Date(now) }
  return [{ ...base, kind: 'answer', reference: { by: 'token', token }, input: { kind: 'option', value } }]
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}
