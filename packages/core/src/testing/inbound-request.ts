import { InviteMeError } from '../model/error.ts'
import type { InboundFact } from '../model/inbound-fact.ts'

/** Where a scripted channel's provider calls; nothing listens there. */
const webhookAddress = 'https://scripted-provider.test/webhook'
const signatureHeader = 'x-scripted-signature'
const kinds: readonly string[] = [
  'answer',
  'withdrawn',
  'proposed',
  'delivered',
  'read',
  'failed',
  'opted_out',
  'opted_in',
  'complained',
  'connected',
  'moved',
  'ignored',
] satisfies readonly InboundFact['kind'][]

/**
 * Makes a request a scripted channel takes in: facts as JSON, signed with the channel's name.
 *
 * @example await inviteMe.receive('telegram', inboundRequest('telegram', [{ id: '1', at: new Date(0), kind: 'opted_out', address: 'ann' }]))
 */
export function inboundRequest(channel: string, facts: readonly InboundFact[]): Request {
  return new Request(webhookAddress, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [signatureHeader]: channel },
    body: JSON.stringify(facts),
  })
}

/**
 * Reads such a request back.
 * @throws InviteMeError `WEBHOOK_REFUSED` without the signature, `REQUEST_INVALID` when it holds no facts
 */
export async function readInboundRequest(channel: string, request: Request): Promise<readonly InboundFact[]> {
  if (request.headers.get(signatureHeader) !== channel)
    throw new InviteMeError('WEBHOOK_REFUSED', `This request is not signed by the provider of "${channel}".`)
  const facts: unknown = await request.json().catch(() => undefined)
  if (!Array.isArray(facts) || !facts.every(isFact))
    throw new InviteMeError('REQUEST_INVALID', 'The body must be a JSON array of facts.', { field: 'body' })
  return facts.map((fact) => ({ ...fact, at: new Date(fact.at) }))
}

function isFact(value: unknown): value is InboundFact {
  if (typeof value !== 'object' || value === null) return false
  const { id, kind } = value as Readonly<Record<string, unknown>>
  return typeof id === 'string' && typeof kind === 'string' && kinds.includes(kind)
}
