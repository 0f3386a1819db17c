import type { DeliveryCounts, InviteMe } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import type { Session } from './session.ts'

const lookEveryMs = 200

/** How far a message got before the command ends. */
export interface HandedOver {
  readonly counts: DeliveryCounts
  /** Deliveries that no provider has taken yet. */
  readonly waiting: number
}

/**
 * Waits until every delivery of a message was taken by a provider or has failed for good, or nothing has moved for
 * `patienceMs`. What still waits then is kept in the database.
 *
 * @throws InviteMeError `WAIT_ABORTED` when the person at the terminal wants to end
 */
export async function handOver(
  { output, host }: Session,
  inviteMe: InviteMe,
  { messageId, patienceMs }: { readonly messageId: string; readonly patienceMs: number },
): Promise<HandedOver> {
  let before = ''
  let movedAt = Date.now()
  for (;;) {
    const counts = await inviteMe.deliveries.counts({ messageId })
    const waiting = (counts.planned ?? 0) + (counts.queued ?? 0) + (counts.sending ?? 0)
    const total = Object.values(counts).reduce((sum, amount) => sum + amount, 0)
    const state = JSON.stringify(counts)
    if (state !== before) movedAt = Date.now()
    before = state
    output.progress({ done: total - waiting, total, label: `${total - waiting} of ${total} handed over` })
    if (waiting === 0 || Date.now() - movedAt >= patienceMs) {
      output.progress(undefined)
      return { counts, waiting }
    }
    await pause(lookEveryMs, host.stop)
  }
}

function pause(delayMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(
        new InviteMeError('WAIT_ABORTED', 'Stopped before everything was handed over; the rest is kept.'),
      )
    }
    const timer = setTimeout(() => {
      stop.removeEventListener('abort', onAbort)
      resolve()
    }, delayMs)
    if (stop.aborted) onAbort()
    else stop.addEventListener('abort', onAbort, { once: true })
  })
}
