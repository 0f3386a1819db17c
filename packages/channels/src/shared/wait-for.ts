import type { Clock } from '@invite-me/core/channel'

/** Waits; ends early, without an error, when the signal aborts. */
export async function waitFor(delayMs: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  if (delayMs <= 0 || signal?.aborted === true) return
  await new Promise<void>((resolve) => {
    const end = () => {
      callOff()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const callOff = clock.schedule(delayMs, end)
    signal?.addEventListener('abort', end, { once: true })
  })
}
