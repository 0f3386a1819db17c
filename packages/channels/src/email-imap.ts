import { isInviteMeError, type Clock, type Log } from '@invite-me/core/channel'
import type { MailTaker } from './email/hand-over.ts'
import {
  loadMailboxLibrary,
  openMailbox,
  type MailboxLibrary,
  type MailboxServer,
  type OpenMailbox,
} from './email/imap/mailbox-client.ts'
import { takeUnseen, type TakeOptions } from './email/imap/take-unseen.ts'
import { boundedMap } from './shared/bounded-map.ts'

/**
 * How {@link pollMailbox} reads a mailbox. Give it one of its own, or a folder a filter sorts replies into: everything in it
 * is read, and marked as read.
 */
export interface MailboxOptions extends MailboxServer {
  /**
   * Takes one mail as a Web request, body `message/rfc822`. The mail is marked as read only after this resolves, so write
   * it down before. Its `signal` aborts after `receiveTimeoutMs`.
   */
  readonly receive: MailTaker
  /** Longest pause between two looks in milliseconds; default 60,000. A server that knows IDLE calls at once. */
  readonly everyMs?: number
  /** Folder mail is moved to once it is taken, made when it is not there; default: it stays, marked as read. */
  readonly moveTo?: string
  /** Largest mail in bytes; default 1,048,576. Larger ones are flagged. */
  readonly maxBytes?: number
  /** Tries for a mail that fails by itself; default 5. Afterwards it is flagged. */
  readonly triesPerMail?: number
  /** Longest wait for `receive` in milliseconds; default 30,000. */
  readonly receiveTimeoutMs?: number
  /** Where trouble is told, without addresses and secrets; default nowhere. */
  readonly log?: Log
  /** Moves the pauses in tests. */
  readonly clock?: Clock
}

/** A mailbox that is being read. */
export interface MailboxPoller {
  /** Ends after the mail under way, within 5 seconds. May be called twice. */
  close(): Promise<void>
}

const closeTimeoutMs = 5_000
const firstPauseMs = 1_000
const longestPauseMs = 300_000

/**
 * Reads a mailbox by IMAP and hands each unread mail to `receive`, for replies and bounces that cannot be led to
 * `listenForMail`. Looks at once, when the server calls (IDLE), and every `everyMs`. Connections that break are made again,
 * after pauses that grow from a second to five minutes.
 *
 * Mail is marked as read after it was written down. Killed in between, the poller hands the same mail over once more, and
 * `inviteMe.receive` knows it by its id: nothing is lost and nothing counts twice. While `receive` says that the store is
 * busy or away, mail stays unread.
 *
 * @returns when the first connection was tried; a server that cannot be reached is tried again
 * @throws InviteMeError `PEER_MISSING` when imapflow is not installed, `OPTIONS_INVALID` when the server refuses the login
 *   (field `auth`) or has no such mailbox (field `mailbox`)
 * @example
 * const poller = await pollMailbox({
 *   host: 'imap.guests.test',
 *   auth: { user: 'replies@guests.test', pass: process.env.IMAP_PASSWORD ?? '' },
 *   receive: (request) => inviteMe.receive('email', request),
 * })
 */
export async function pollMailbox(options: MailboxOptions): Promise<MailboxPoller> {
  const { clock = systemClock, everyMs = 60_000, log = silence } = options
  const library = await loadMailboxLibrary(options)
  const closing = new AbortController()
  const poll: Poll = {
    library,
    server: options,
    everyMs,
    clock,
    log,
    bell: makeBell(clock),
    end: makeBell(clock),
    isClosing: () => closing.signal.aborted,
    take: {
      receive: options.receive,
      maxBytes: options.maxBytes ?? 1_048_576,
      receiveTimeoutMs: options.receiveTimeoutMs ?? 30_000,
      triesPerMail: options.triesPerMail ?? 5,
      moveTo: options.moveTo,
      log,
      // Mail somebody else takes away meanwhile is never heard of again.
      failures: boundedMap(1_000),
      signal: closing.signal,
    },
  }
  const first = await openFirst(poll)
  let open: Connection | undefined = first
  const work = pollUntilClosed(poll, first, (connection) => {
    open = connection
  })
  const close = async () => {
    closing.abort()
    poll.bell.ring()
    poll.end.ring()
    const deadline = makeBell(clock)
    await Promise.race([work, deadline.wait(closeTimeoutMs)])
    deadline.ring()
    open?.mailbox.client.close()
  }
  let closed: Promise<void> | undefined
  return { close: () => (closed ??= close()) }
}

/** Everything the work needs to know. */
interface Poll {
  readonly library: MailboxLibrary
  readonly server: MailboxServer
  readonly everyMs: number
  readonly clock: Clock
  readonly log: Log
  /** Rings when there may be mail, or the connection is gone. */
  readonly bell: Bell
  /** Rings when the poller is closed. */
  readonly end: Bell
  readonly isClosing: () => boolean
  readonly take: TakeOptions
}

interface Connection {
  readonly mailbox: OpenMailbox
  readonly isGone: () => boolean
}

/** @returns undefined when the server cannot be reached now */
async function openFirst(poll: Poll): Promise<Connection | undefined> {
  try {
    return await connect(poll)
  } catch (error) {
    if (isInviteMeError(error)) throw error
    poll.log.warn('The mailbox cannot be reached; it is tried again.', codeOf(error))
    return undefined
  }
}

async function connect({ bell, everyMs, library, server }: Poll): Promise<Connection> {
  let isGone = false
  const mailbox = await openMailbox(library, server, {
    onChange: bell.ring,
    onGone: () => {
      isGone = true
      bell.ring()
    },
    idleAfterMs: 50,
    // There is a look in every `everyMs`, so a longer silence is a dead connection.
    silenceMs: everyMs + 60_000,
  })
  return { mailbox, isGone: () => isGone }
}

async function pollUntilClosed(
  poll: Poll,
  first: Connection | undefined,
  onOpen: (connection: Connection) => void,
): Promise<void> {
  let connection = first
  let troubles = first === undefined ? 1 : 0
  while (!poll.isClosing()) {
    try {
      if (connection === undefined || connection.isGone()) {
        // Nothing but the end cuts this pause short: the bell of a lost connection has just been rung.
        await poll.end.wait(pauseMs(troubles))
        if (poll.isClosing()) break
        connection = await connect(poll)
        onOpen(connection)
      }
      const result = await takeUnseen(connection.mailbox, poll.take)
      troubles = result === 'done' ? 0 : troubles + 1
      if (!connection.isGone()) await poll.bell.wait(result === 'done' ? poll.everyMs : pauseMs(troubles))
    } catch (error) {
      troubles += 1
      connection?.mailbox.client.close()
      connection = undefined
      if (!poll.isClosing()) poll.log.warn('The mailbox cannot be read; it is tried again.', codeOf(error))
    }
  }
  if (connection !== undefined && !connection.isGone())
    await connection.mailbox.client.logout().catch(() => {})
}

/** A second, doubled with every further trouble up to 5 minutes. */
function pauseMs(troubles: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, troubles - 1))
}

/** The code of an error, never its message: that repeats what the server wrote. */
function codeOf(error: unknown): Readonly<Record<string, unknown>> {
  if (isInviteMeError(error)) return { code: error.code, field: error.field }
  const { code } = Object(error) as Readonly<Record<string, unknown>>
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? { code } : {}
}

/** Wakes who waits, now or, when nobody does, the next time. */
interface Bell {
  readonly ring: () => void
  /** Resolves when the bell rings, or after `timeoutMs`. */
  readonly wait: (timeoutMs: number) => Promise<void>
}

function makeBell(clock: Clock): Bell {
  let isRung = false
  let wake = () => {}
  return {
    ring: () => {
      isRung = true
      wake()
    },
    wait: async (timeoutMs) => {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const callOff = clock.schedule(timeoutMs, resolve)
          wake = () => {
            callOff()
            resolve()
          }
        })
      }
      isRung = false
    },
  }
}

const silence: Log = { warn: () => {}, error: () => {} }

const systemClock: Clock = {
  now: () => Date.now(),
  schedule: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
