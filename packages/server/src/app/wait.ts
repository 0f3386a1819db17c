import { isInviteMeError, type Clock, type DomainEvent, type InviteMe } from '@invite-me/core'

/** Longest wait of one request; clients ask again. */
export const maxWaitMs = 60_000
/**
 * Longest time until the second look: what happens while the first one and the listening begin, side by side, may fall between
 * them. From then on it is only for a wake-up that got lost; thousands may wait, and each look reads the store.
 */
const secondLookMs = 1_000
const lookMs = 5_000

/** What a wait needs. */
export interface Waiting {
  readonly clock: Clock
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/**
 * Runs a wait of the engine for a limited time.
 *
 * @param waitMs milliseconds
 * @param wait must end with `WAIT_ABORTED` by the signal it is given
 * @returns `undefined` when the time was over first, or the client went away
 */
export async function waitFor<Result>(
  { clock, signal }: Waiting,
  waitMs: number,
  wait: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  const timeUp = new AbortController()
  const callOff = clock.schedule(waitMs, () => timeUp.abort(), { keepAlive: false })
  try {
    return await wait(AbortSignal.any([timeUp.signal, signal]))
  } catch (error) {
    if (isInviteMeError(error) && error.code === 'WAIT_ABORTED') return undefined
    throw error
  } finally {
    callOff()
  }
}

/**
 * Looks with `check` now, and again whenever something happened, until it finds something or the time is over.
 *
 * @param concerns which events are a reason to look; default all
 * @returns what the last look brought when the time was over: `check` must tell the state as it stands
 */
export async function watch<Found>(
  inviteMe: Pick<InviteMe, 'on'>,
  { clock, signal }: Waiting,
  waitMs: number,
  check: () => Promise<{ readonly isDone: boolean; readonly found: Found }>,
  concerns: (event: DomainEvent) => boolean = () => true,
): Promise<Found> {
  const until = clock.now() + waitMs
  let pauseMs = secondLookMs
  let wake = (): void => undefined
  let hasHappened = false
  const happened = (): void => {
    hasHappened = true
    wake()
  }
  const stopListening = inviteMe.on('*', (event) => {
    if (concerns(event)) happened()
  })
  signal.addEventListener('abort', happened, { once: true })
  try {
    for (;;) {
      hasHappened = false
      const { isDone, found } = await check()
      const leftMs = until - clock.now()
      if (isDone || leftMs <= 0 || signal.aborted) return found
      await new Promise<void>((resolve) => {
        const callOff = clock.schedule(Math.min(leftMs, pauseMs), () => resolve(), { keepAlive: false })
        wake = () => {
          callOff()
          resolve()
        }
        // It happened while `check` was looking.
        if (hasHappened) wake()
      })
      pauseMs = lookMs
    }
  } finally {
    stopListening()
    signal.removeEventListener('abort', happened)
  }
}
