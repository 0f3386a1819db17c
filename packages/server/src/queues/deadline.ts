import type { Clock } from '@invite-me/core'

/**
 * Waits for something, but not for ever.
 *
 * @param late what to throw after `ms`; the promise itself is not stopped, and what becomes of it then is nobody's concern
 */
export async function within<Result>(
  clock: Clock,
  ms: number,
  promise: Promise<Result>,
  late: () => Error,
): Promise<Result> {
  let callOff = (): void => undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    callOff = clock.schedule(ms, () => {
      reject(late())
    })
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    callOff()
  }
}

/** Waits for something at most so long; whether it came, failed or did not come is all the same. */
export async function atMost(clock: Clock, ms: number, promise: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const callOff = clock.schedule(ms, resolve)
    const end = (): void => {
      callOff()
      resolve()
    }
    promise.then(end, end)
  })
}
