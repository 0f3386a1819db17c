import type { SmppOptions } from './options.ts'
import { openSession, type BoundSession, type OpenResult, type TakePdu } from './session.ts'
import type { SmppFields } from './smpp-library.ts'

/** What came of handing something in. */
export type SubmitResult =
  /** The operator answered; `status` 0 when it took it. */
  | { readonly kind: 'answered'; readonly status: number; readonly messageId: string }
  /** Certainly nothing left. `status` when the operator refused the login. */
  | { readonly kind: 'not-sent'; readonly status?: number }
  /** It left, and no answer came. */
  | { readonly kind: 'lost' }

/** The one connection to the operator: opened when it is needed, shared by all who send and by who listens. */
export interface SmppLink {
  /** Hands one short message in. Waits while the window is full. */
  submit(fields: SmppFields, signal: AbortSignal): Promise<SubmitResult>
  /** Makes sure that the link is up and answers. */
  check(signal: AbortSignal): Promise<OpenResult>
  /**
   * Gives what comes in to `take` from now on; one listener at a time.
   *
   * @returns ends it, and may be called twice; `undefined` when somebody listens already
   */
  listen(take: TakePdu): (() => void) | undefined
  /** Ends when the link is down; at once when it is. */
  untilDown(): Promise<void>
  /** Takes leave and closes. May be called twice; nothing is sent any more. */
  close(): Promise<void>
}

/** Makes the link; opens nothing yet. */
export function smppLink(options: SmppOptions): SmppLink {
  let opening: Promise<OpenResult> | undefined
  let taker: TakePdu | undefined
  let isClosed = false
  const window = slots(options.window)

  const open = (): Promise<OpenResult> => {
    if (isClosed) return Promise.resolve({ ok: false })
    opening ??= openNow()
    return opening
  }
  const openNow = async (): Promise<OpenResult> => {
    const forget = (): void => {
      opening = undefined
    }
    try {
      const opened = await openSession(options, (pdu) => taker?.(pdu) ?? Promise.resolve('later'))
      if (opened.ok) void opened.session.ended.then(forget)
      else forget()
      return opened
    } catch (error) {
      // What was missing may be there the next time.
      forget()
      throw error
    }
  }
  const current = async (): Promise<BoundSession | undefined> => {
    const opened = await opening?.catch(() => undefined)
    return opened?.ok === true ? opened.session : undefined
  }
  return {
    submit: async (fields, signal) => {
      const free = await window.take(signal)
      if (free === undefined) return { kind: 'not-sent' }
      try {
        const opened = await orAborted(open(), signal)
        if (opened === undefined || signal.aborted) return { kind: 'not-sent' }
        if (!opened.ok)
          return { kind: 'not-sent', ...(opened.status !== undefined && { status: opened.status }) }
        const answering = opened.session.submit(fields)
        if (answering === undefined) return { kind: 'not-sent' }
        const answer = await orAborted(answering, signal)
        return answer === undefined ? { kind: 'lost' } : { kind: 'answered', ...answer }
      } finally {
        free()
      }
    },
    check: async (signal) => {
      const opened = await orAborted(open(), signal)
      if (opened === undefined || !opened.ok) return opened ?? { ok: false }
      return (await orAborted(opened.session.isAlive(), signal)) === true ? opened : { ok: false }
    },
    listen: (take) => {
      if (taker !== undefined) return undefined
      taker = take
      return () => {
        if (taker === take) taker = undefined
      }
    },
    untilDown: async () => (await current())?.ended,
    close: async () => {
      isClosed = true
      await (await current())?.close()
    },
  }
}

/** What a promise gives, or `undefined` as soon as the signal aborts. */
async function orAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result | undefined> {
  if (signal.aborted) return undefined
  let stop = (): void => undefined
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

interface Slots {
  /** Waits for a free one. @returns what frees it again; `undefined` when the signal aborted before */
  take(signal: AbortSignal): Promise<(() => void) | undefined>
}

function slots(most: number): Slots {
  let taken = 0
  const waiting: (() => void)[] = []
  const free = (): void => {
    taken -= 1
    waiting.shift()?.()
  }
  return {
    take: async (signal) => {
      while (taken >= most) {
        let turn = (): void => undefined
        const called = new Promise<true>((resolve) => {
          turn = () => resolve(true)
        })
        waiting.push(turn)
        if ((await orAborted(called, signal)) === undefined) {
          const place = waiting.indexOf(turn)
          // Called just when it gave up: the next in the row takes its turn.
          if (place === -1) waiting.shift()?.()
          else waiting.splice(place, 1)
          return undefined
        }
      }
      if (signal.aborted) return undefined
      taken += 1
      return free
    },
  }
}
