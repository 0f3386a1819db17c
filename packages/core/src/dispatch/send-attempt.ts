import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { Channel, OutboundMessage, SendContext } from '../ports/channel.ts'
import type { World } from '../ports/world.ts'
import { mostLooks } from '../rules/decide-next.ts'
import { readOutcome } from '../rules/read-outcome.ts'
import type { Stopping } from './stopping.ts'

/** Longest wait for one call of a channel that sets none. */
export const defaultTimeoutMs = 30_000
/** How long a channel may take to answer after it was told to stop. */
const graceMs = 500

/** The same for every try of one message on one route, so that providers that know the key send it once. */
export function idempotencyKey(delivery: Delivery): string {
  return `${delivery.id}.${String(delivery.position)}.${String(delivery.reminders)}`
}

/** One call of a channel: what it is for, as the log names it, and how it is made. */
export interface ChannelCall {
  readonly idempotencyKey: string
  readonly attempt: number
  readonly deliveryId: string
  readonly make: (context: SendContext) => Promise<SendOutcome>
}

/** What `sendAttempt` works on. */
export interface AttemptToSend {
  readonly delivery: Delivery
  readonly message: Message
  readonly outbound: OutboundMessage
  /** When the first try on this route began whose end nobody knows; `undefined` when there is none. */
  readonly doubtedSince: Date | undefined
}

/**
 * Hands a message to its channel and waits for the outcome, at most the channel's deadline. A message that may have been
 * sent before is looked for first, where the provider can be asked.
 *
 * @param stopping happens when the engine gives up waiting while it stops
 * @returns what the channel reported; `unknown` when it neither answered nor obeyed, or threw
 */
export function sendAttempt(
  world: World,
  channel: Channel,
  { delivery, message, outbound, doubtedSince }: AttemptToSend,
  stopping: Stopping,
): Promise<SendOutcome> {
  const send = (context: SendContext) => channel.send(outbound, context)
  const lookAndSend = async (context: SendContext, since: Date) =>
    (await lookFor(channel, outbound, { ...context, since }, message.onUnknown)) ?? send(context)
  const make = (context: SendContext): Promise<SendOutcome> =>
    doubtedSince === undefined ? send(context) : lookAndSend(context, doubtedSince)
  const call = {
    idempotencyKey: idempotencyKey(delivery),
    attempt: delivery.tries,
    deliveryId: delivery.id,
    make,
  }
  return callChannel(world, channel, call, stopping)
}

/** What is already known of a message that may have been sent; `undefined` when it is to be sent. */
async function lookFor(
  channel: Channel,
  outbound: OutboundMessage,
  context: SendContext & { readonly since: Date },
  onUnknown: Message['onUnknown'],
): Promise<SendOutcome | undefined> {
  // Looked for often enough: now what the sender of the message wants in doubt is done.
  if (context.attempt >= mostLooks) return onUnknown === 'resend' ? undefined : stillUnknown
  const found = await channel.find?.(outbound, context)
  switch (found?.status) {
    case undefined:
    case 'absent':
      return undefined
    case 'found':
      return {
        status: 'accepted',
        providerMessageId: found.providerMessageId,
        detail: found.detail ?? 'found at the provider, so it was not sent again',
      }
    case 'unknown':
      return found.detail === undefined ? stillUnknown : { ...stillUnknown, detail: found.detail }
  }
}

const stillUnknown: SendOutcome = {
  status: 'unknown',
  scope: 'provider',
  detail: 'the provider cannot say whether it was sent',
}

/** Calls a channel with a deadline; what it returns is read, and trouble of its own becomes `unknown`. */
export async function callChannel(
  world: World,
  channel: Channel,
  call: ChannelCall,
  stopping: Stopping,
): Promise<SendOutcome> {
  if (stopping.reason !== undefined)
    return { status: 'retryable', scope: 'message', detail: 'the engine stopped before it was sent' }
  const controller = new AbortController()
  let giveUp = (): void => undefined
  const overdue = new Promise<SendOutcome>((resolve) => {
    giveUp = () => {
      resolve({
        status: 'unknown',
        scope: 'provider',
        providerCode: 'timeout',
        detail: 'the channel did not answer within its deadline',
      })
    }
  })
  const timeoutMs = channel.limits?.timeoutMs ?? defaultTimeoutMs
  const stopNow = () => {
    callOff()
    controller.abort(
      stopping.reason ?? new DOMException('The deadline of this attempt has passed.', 'TimeoutError'),
    )
    callOff = world.clock.schedule(graceMs, giveUp)
  }
  let callOff = world.clock.schedule(timeoutMs, stopNow)
  const stopListening = stopping.on(stopNow)
  try {
    const context = {
      idempotencyKey: call.idempotencyKey,
      attempt: call.attempt,
      signal: controller.signal,
      clock: world.clock,
      log: world.log,
    }
    const outcome = readOutcome(await Promise.race([call.make(context), overdue]))
    return outcome ?? faultyAdapter(world, channel, call, 'returned no outcome')
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    return faultyAdapter(world, channel, call, 'threw instead of returning an outcome', name)
  } finally {
    callOff()
    stopListening()
  }
}

/** Nobody knows what an adapter with a bug did with the message. */
function faultyAdapter(
  world: World,
  channel: Channel,
  { deliveryId }: ChannelCall,
  did: string,
  error?: string,
): SendOutcome {
  world.log.error(`A channel ${did}`, {
    channel: channel.name,
    deliveryId,
    ...(error !== undefined && { error }),
  })
  return {
    status: 'unknown',
    scope: 'provider',
    providerCode: error === undefined ? 'adapter_invalid' : 'adapter_threw',
    detail: 'the channel failed in an unforeseen way',
  }
}
