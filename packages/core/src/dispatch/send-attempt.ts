import type { Delivery } from '../model/delivery.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { Channel, OutboundMessage } from '../ports/channel.ts'
import type { World } from '../ports/world.ts'
import { readOutcome } from '../rules/read-outcome.ts'
import type { Stopping } from './stopping.ts'

const defaultTimeoutMs = 30_000
/** How long a channel may take to answer after it was told to stop. */
const graceMs = 500

/** The same for every try of one message on one route, so that providers that know the key send it once. */
export function idempotencyKey(delivery: Delivery): string {
  return `${delivery.id}.${String(delivery.position)}.${String(delivery.reminders)}`
}

/**
 * Hands a message to its channel and waits for the outcome, at most the channel's deadline.
 *
 * @param stopping happens when the engine gives up waiting while it stops
 * @returns what the channel reported; `unknown` when it neither answered nor obeyed, or threw
 */
export async function sendAttempt(
  world: World,
  channel: Channel,
  delivery: Delivery,
  message: OutboundMessage,
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
      idempotencyKey: idempotencyKey(delivery),
      signal: controller.signal,
      clock: world.clock,
      log: world.log,
    }
    const outcome = readOutcome(await Promise.race([channel.send(message, context), overdue]))
    return outcome ?? faultyAdapter(world, channel, delivery, 'returned no outcome')
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown'
    return faultyAdapter(world, channel, delivery, 'threw instead of returning an outcome', name)
  } finally {
    callOff()
    stopListening()
  }
}

/** Nobody knows what an adapter with a bug did with the message. */
function faultyAdapter(
  world: World,
  channel: Channel,
  delivery: Delivery,
  did: string,
  error?: string,
): SendOutcome {
  world.log.error(`A channel ${did}`, {
    channel: channel.name,
    deliveryId: delivery.id,
    ...(error !== undefined && { error }),
  })
  return {
    status: 'unknown',
    scope: 'provider',
    providerCode: error === undefined ? 'adapter_invalid' : 'adapter_threw',
    detail: 'the channel failed in an unforeseen way',
  }
}
