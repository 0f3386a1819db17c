import type { DomainEvent } from '../model/domain-event.ts'
import type { WebhookSecret } from '../model/webhook-endpoint.ts'
import type { ClaimedPosting } from '../ports/store.ts'
import type { WebhookPost } from '../ports/webhook-post.ts'
import type { World } from '../ports/world.ts'
import type { PostEnd } from '../rules/webhook-retry.ts'
import { validSecrets } from '../rules/webhook-secret.ts'
import { signatureHeaders } from '../rules/webhook-signature.ts'

/** Longest time an endpoint may take to answer, in ms. */
export const postTimeoutMs = 15_000
/** Longest line kept of why there was no answer. */
const longestReason = 200

/**
 * The body that tells of an event, the same with every try.
 *
 * What a host app published on a topic stands by itself in `data.data`; everything else the engine says of an event is beside
 * its ids, which nothing can replace.
 */
export function eventBody({ type, at, cursor, topic, data, ...event }: DomainEvent): string {
  const { messageId, deliveryId, invitationId, recipientId } = event
  const told = type === 'topic.published' ? { topic, data } : data
  return JSON.stringify({
    type,
    timestamp: at.toISOString(),
    data: { ...told, cursor, messageId, deliveryId, invitationId, recipientId },
  })
}

/** The id of an event outside, its `webhook-id`: the same for everybody who is told, and every try. */
export function eventId(cursor: number): string {
  return `evt_${String(cursor)}`
}

/**
 * Posts an event to an endpoint, signed with every secret that is valid now.
 *
 * @param callOff when it aborts, the post is given up at once and counts as nothing
 * @returns never throws for what the endpoint or the network does; `undefined` when it was called off
 */
export async function postEvent(
  world: World,
  post: WebhookPost,
  { endpoint, event, secrets }: Pick<ClaimedPosting, 'endpoint' | 'event' | 'secrets'>,
  callOff: AbortSignal,
): Promise<PostEnd | undefined> {
  if (callOff.aborted) return undefined
  const body = eventBody(event)
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'invite-me',
    ...signatureHeaders(
      {
        id: eventId(event.cursor),
        timestamp: Math.floor(world.clock.now() / 1_000),
        body: new TextEncoder().encode(body),
      },
      { secrets: keysOf(validSecrets(secrets, world.clock.now())), privateKeys: [] },
    ),
  }
  const end = await inTime(world, callOff, async (signal): Promise<PostEnd> => {
    const result = await post({ url: endpoint.url, headers, body }, signal)
    return result.status === null
      ? { kind: 'silent', reason: oneLine(result.reason) }
      : { kind: 'answered', status: result.status, retryAfterMs: result.retryAfterMs }
  })
  return end.kind === 'silent' && callOff.aborted ? undefined : end
}

function keysOf(secrets: readonly WebhookSecret[]): readonly Uint8Array[] {
  return secrets.map(({ secret }) => Buffer.from(secret.slice('whsec_'.length), 'base64'))
}

/** Waits until the deadline and no longer, whatever the work makes of its signal. */
async function inTime(
  world: World,
  callOff: AbortSignal,
  work: (signal: AbortSignal) => Promise<PostEnd>,
): Promise<PostEnd> {
  const ending = new AbortController()
  const giveUp = (): void => {
    ending.abort()
  }
  const late = new Promise<PostEnd>((resolve) => {
    const reason = `no answer within ${String(postTimeoutMs / 1_000)} s`
    ending.signal.addEventListener('abort', () => resolve({ kind: 'silent', reason }), { once: true })
  })
  const callOffTimer = world.clock.schedule(postTimeoutMs, giveUp, { keepAlive: false })
  callOff.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([work(ending.signal), late])
  } catch (error) {
    // The words of a stranger's error may hold an address.
    world.log.error('The function that posts webhooks threw', { error: nameOf(error) })
    return ending.signal.aborted ? await late : { kind: 'silent', reason: 'the post failed' }
  } finally {
    callOffTimer()
    callOff.removeEventListener('abort', giveUp)
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, longestReason)
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}
