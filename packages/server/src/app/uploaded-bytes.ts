import { InviteMeError, type Clock } from '@invite-me/core'

/** What bounds an upload. */
export interface UploadLimits {
  readonly maxBytes: number
  readonly clock: Pick<Clock, 'schedule'>
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** Longest silence of somebody who uploads; longer ones have gone away without saying so. */
const silenceMs = 60_000

/**
 * Reads a body of any length chunk by chunk, as fast as the chunks are taken.
 *
 * @throws InviteMeError `BODY_TOO_LARGE`; `REQUEST_INVALID` when it breaks off or nothing comes for a minute
 */
export async function* uploadedBytes(
  request: Request,
  { maxBytes, clock, signal }: UploadLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = request.body?.getReader()
  if (reader === undefined) return
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), clock, signal)
      if (done) return
      bytes += value.byteLength
      if (bytes > maxBytes)
        throw new InviteMeError('BODY_TOO_LARGE', `The body has more than ${String(maxBytes)} bytes.`, {
          field: 'body',
        })
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined)
  }
}

async function inTime<Result>(
  reading: Promise<Result>,
  clock: Pick<Clock, 'schedule'>,
  signal: AbortSignal,
): Promise<Result> {
  let stop = (): void => undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = (): void => reject(brokenOff(undefined))
    const callOff = clock.schedule(silenceMs, giveUp, { keepAlive: false })
    signal.addEventListener('abort', giveUp, { once: true })
    stop = () => {
      callOff()
      signal.removeEventListener('abort', giveUp)
    }
    if (signal.aborted) giveUp()
  })
  try {
    return await Promise.race([
      reading.catch((cause: unknown) => {
        throw brokenOff(cause)
      }),
      late,
    ])
  } finally {
    stop()
  }
}

function brokenOff(cause: unknown): InviteMeError {
  return new InviteMeError(
    'REQUEST_INVALID',
    'The body broke off, or nothing came for a minute. What came before is stored; send the whole list again.',
    { field: 'body', cause },
  )
}
