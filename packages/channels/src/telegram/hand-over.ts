import { InviteMeError, isInviteMeError, type Clock } from '@invite-me/core/channel'
import { waitFor } from '../shared/wait-for.ts'
import { pollingSecret, secretHeader } from './receive.ts'

/** An update as Telegram sent it, of which only the number is looked at here. */
export interface RawUpdate {
  readonly update_id: number
}

/** Who takes the updates; see `TelegramPollingOptions`. */
export interface Receiver {
  readonly token: string
  readonly receive: (request: Request) => Promise<unknown>
  readonly receiveTimeoutMs?: number
  readonly clock: Clock
  /** Aborts when no further update is to be given. */
  readonly stop: AbortSignal
}

const usualPatienceMs = 30_000
/** Status of an update that will be too large every time. */
const tooLarge = 413

/** How far a batch of updates got. */
export interface HandOver {
  /** The offset that confirms what was taken; `undefined` when nothing was. */
  readonly taken: number | undefined
  readonly trouble?: string
}

/** Hands updates over in their order, up to the first that is not taken. */
export async function handOver(updates: readonly RawUpdate[], receiver: Receiver): Promise<HandOver> {
  let taken: number | undefined
  for (const update of updates) {
    if (receiver.stop.aborted) break
    const trouble = await giveOne(update, receiver)
    if (trouble !== undefined) return { taken, trouble }
    taken = update.update_id + 1
  }
  return { taken }
}

/** @returns why it was not taken */
async function giveOne(update: object, receiver: Receiver): Promise<string | undefined> {
  const { clock, receive, receiveTimeoutMs = usualPatienceMs, token } = receiver
  const request = new Request('http://telegram.invalid/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', [secretHeader]: pollingSecret(token) },
    body: JSON.stringify(update),
  })
  const late = new InviteMeError('STOP_TIMEOUT', 'Taking the update took too long.')
  const waiting = new AbortController()
  try {
    const tooLong = waitFor(receiveTimeoutMs, clock, waiting.signal).then(() => Promise.reject(late))
    const result = await Promise.race([receive(request), tooLong])
    return result instanceof Response && result.status >= 400 && result.status !== tooLarge
      ? `An update was not taken (status ${String(result.status)}); it is given again.`
      : undefined
  } catch (error) {
    // An update that is too large will be so every time.
    if (isInviteMeError(error) && error.code === 'BODY_TOO_LARGE') return undefined
    const reason = isInviteMeError(error) ? error.code : 'an error'
    return `An update was not taken (${reason}); it is given again.`
  } finally {
    waiting.abort()
  }
}
