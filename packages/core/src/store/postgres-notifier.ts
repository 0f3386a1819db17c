import type { Notice, Notifier } from '../ports/notifier.ts'
import type { Executor, PostgresSession } from './postgres-session.ts'

/** Shortest time in ms between two words of a kind: a NOTIFY in every transaction would cost two thirds of the commits. */
const quietMs = 50
/** How often in ms the listening connection is asked for a sign of life. */
const signOfLifeMs = 5_000
/** Longest wait in ms between two tries to listen again. */
const longestPauseMs = 5_000
const notices: readonly Notice[] = ['due', 'events']

/** What a notifier is made of. */
export interface PostgresNotifierOptions {
  /** Opens the connection that listens. */
  readonly open: () => Promise<PostgresSession>
  /** Speaks. */
  readonly pool: Executor
  readonly schema: string
}

type Handle = (notice: Notice) => void

/** Wakes other processes on the same workspace by LISTEN and NOTIFY. Connects only when somebody listens. */
export function postgresNotifier({ open, pool, schema }: PostgresNotifierOptions): Notifier {
  /** Tells our own words from those of others. */
  const self = crypto.randomUUID()
  const channel = `invite_me ${schema}`.slice(0, 63)
  const handlers = new Set<Handle>()
  const speaker = makeSpeaker((notice) => pool.query(notify, [channel, `${notice} ${self}`]))
  let listener: { readonly close: () => Promise<void> } | undefined
  let isClosed = false

  const tell = (notice: Notice): void => {
    for (const handle of handlers) handle(notice)
  }
  const hear = (heard: string, payload: string): void => {
    const [notice, from] = payload.split(' ')
    const known = notices.find((candidate) => candidate === notice)
    if (heard === channel && from !== self && known !== undefined) tell(known)
  }

  return {
    notify: (notice) => {
      if (!isClosed) speaker.say(notice)
    },
    listen: async (handle) => {
      handlers.add(handle)
      if (!isClosed)
        listener ??= keepListening({ open, channel, hear, onListening: () => notices.forEach(tell) })
      return async () => {
        handlers.delete(handle)
        if (handlers.size > 0) return
        const ended = listener
        listener = undefined
        await ended?.close()
      }
    },
    close: async () => {
      isClosed = true
      handlers.clear()
      speaker.stop()
      const ended = listener
      listener = undefined
      await ended?.close()
    },
  }
}

const notify = { name: 'notify', text: 'SELECT pg_notify($1, $2)' }

/** Says the first word at once, and those that come soon after as one. */
function makeSpeaker(speak: (notice: Notice) => Promise<unknown>) {
  const quiet = new Map<Notice, { isWanted: boolean; readonly timer: NodeJS.Timeout }>()
  const say = (notice: Notice): void => {
    const pause = quiet.get(notice)
    if (pause !== undefined) {
      pause.isWanted = true
      return
    }
    const onEnd = (): void => {
      const isWanted = quiet.get(notice)?.isWanted === true
      quiet.delete(notice)
      if (isWanted) say(notice)
    }
    quiet.set(notice, { isWanted: false, timer: setTimeout(onEnd, quietMs).unref() })
    // A word that is lost is late by one look.
    speak(notice).catch(() => undefined)
  }
  return {
    say,
    stop: () => {
      for (const { timer } of quiet.values()) clearTimeout(timer)
      quiet.clear()
    },
  }
}

interface ListenOptions {
  readonly open: () => Promise<PostgresSession>
  readonly channel: string
  readonly hear: (channel: string, payload: string) => void
  /** Called whenever it listens from now on: what was said before may have been missed. */
  readonly onListening: () => void
}

/** Keeps one connection listening, and makes another one as long as it takes when it breaks. */
function keepListening({ open, channel, hear, onListening }: ListenOptions) {
  let isClosed = false
  let session: PostgresSession | undefined
  let timer: NodeJS.Timeout | undefined
  let failures = 0
  let connecting: Promise<void> = Promise.resolve()

  const later = (): void => {
    if (isClosed) return
    const pauseMs = Math.min(100 * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2)
    failures += 1
    timer = setTimeout(begin, pauseMs).unref()
  }
  const connect = async (): Promise<void> => {
    try {
      session = await open()
      session.onBroken(() => {
        clearTimeout(timer)
        later()
      })
      session.onNotification(hear)
      await session.query({ text: `LISTEN "${channel}"` })
    } catch {
      // One that broke has told so itself.
      if (session?.isBroken === true) return
      await session?.close()
      later()
      return
    }
    failures = 0
    if (isClosed) return
    attend()
    onListening()
  }
  /** A connection whose other end is gone says nothing: its statement has a deadline. */
  const attend = (): void => {
    timer = setTimeout(() => {
      session?.query({ text: 'SELECT 1' }).then(attend, () => undefined)
    }, signOfLifeMs).unref()
  }
  const begin = (): void => {
    session = undefined
    connecting = connect()
  }
  begin()
  return {
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await connecting
      clearTimeout(timer)
      await session?.close()
    },
  }
}
