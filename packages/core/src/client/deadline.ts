import type { Clock } from '../ports/clock.ts'

/** A deadline that can be held while somebody else is to be waited for. */
export class Deadline {
  readonly #clock: Clock
  readonly #ms: number
  readonly #over = new AbortController()
  #callOff: (() => void) | undefined
  #isEnded = false

  /** It does not run until it is told to. */
  constructor(clock: Clock, ms: number) {
    this.#clock = clock
    this.#ms = ms
  }

  /** Aborts when it is over. */
  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** Begins anew: it is over in `ms` from now unless it is held before. */
  run(): void {
    this.hold()
    if (this.#isEnded) return
    this.#callOff = this.#clock.schedule(this.#ms, () => this.#over.abort())
  }

  /** Stops it. */
  hold(): void {
    this.#callOff?.()
    this.#callOff = undefined
  }

  /** Stops it for good: what it was for is over. */
  end(): void {
    this.#isEnded = true
    this.hold()
  }
}

/** A promise that is given up when the signal aborts, also when the work does not care for signals. @throws the signal's reason */
export async function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  let giveUp = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
  })
  // Whichever comes second is of no interest.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
