import { InviteMeError, type InboundFact, type ReceiveContext } from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Longest body of a tap in bytes; ours have less than 200. */
const maxBytes = 1_024

const tapSchema = z.strictObject({ token: z.string().min(16).max(128), value: z.string().max(64) })

/**
 * Turns a tapped button into an answer. The phone sends what we wrote into the button, so the token in it is the proof:
 * only who has the notification knows it.
 *
 * @throws InviteMeError `WEBHOOK_REFUSED` when there is no such token in it
 */
export async function receiveTap(
  request: Request,
  { clock }: Pick<ReceiveContext, 'clock'>,
): Promise<readonly InboundFact[]> {
  const tap = tapSchema.safeParse(await readJson(request))
  if (!tap.success) throw refused()
  const { token, value } = tap.data
  const now = clock.now()
  // A phone that sends a tap twice does so within the second; the same answer later is a new one, after another between.
  const id = createHash('sha256')
    .update(`${token} ${value} ${Math.floor(now / 1_000)}`)
    .digest('hex')
  const fact = { id, at: new Date(now) }
  if (value !== 'yes' && value !== 'no')
    return [{ ...fact, kind: 'ignored', reason: 'no button of ours says that' }]
  return [{ ...fact, kind: 'answer', reference: { by: 'token', token }, input: { kind: 'option', value } }]
}

/** @returns `undefined` for what is no JSON, or too long for a tap */
async function readJson(request: Request): Promise<unknown> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of request.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > maxBytes) return undefined
  }
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refused(): InviteMeError {
  return new InviteMeError('WEBHOOK_REFUSED', 'This is not what a button of ours sends.')
}
