import { isInviteMeError, InviteMeError, type Channel, type Log } from '@invite-me/core/channel'
import { createHash, randomUUID } from 'node:crypto'
import { boundedMap } from '../shared/bounded-map.ts'
import { partGatherer } from './gather-parts.ts'
import { proofHeader, readSms, type InboundSms } from './inbound-sms.ts'
import type { SmppLink } from './link.ts'
import type { SmppOptions } from './options.ts'
import type { TakenPdu } from './session.ts'
import type { SmppPdu } from './smpp-library.ts'

/** What a channel made by `smpp` keeps for its listener. */
export interface SmppDoor {
  readonly link: SmppLink
  readonly options: SmppOptions
  readonly secret: string
}

/** Under this name a channel carries its door; the same in every copy of this package. */
export const doorOf = Symbol.for('invite-me.smpp-door')

/** How {@link listenForSms} listens. */
export interface SmsListenerOptions {
  /**
   * Takes one short message or report as a Web request, for `inviteMe.receive('smpp', request)`. The operator is told "taken"
   * only after this resolves, and brings it again when it fails.
   */
  readonly receive: (request: Request) => Promise<unknown>
  /** Longest wait for `receive` in milliseconds (default 30,000). */
  readonly receiveTimeoutMs?: number
  /** How long the missing parts of a long text are waited for, in milliseconds (default 60,000); then it is taken as it is. */
  readonly partsTimeoutMs?: number
  /** Where troubles are told (default: nowhere). */
  readonly log?: Log
}

/** A listener at work. */
export interface SmsListener {
  /** Takes nothing more. The channel's link stays up for sending. May be called twice. */
  close(): Promise<void>
}

/** Longest pause between two tries to connect. */
const longestPauseMs = 60_000
/** Messages that could not be answered for and are known again when they come once more. */
const mostUnanswered = 1_000

/**
 * Keeps the channel's link to the operator up, connecting again when it breaks, and hands over what comes in: delivery
 * reports and what people write. Sending works without it, but then nobody hears the answers.
 *
 * Parts of a long text are answered for as they come, since an operator may wait with the next part for it; the whole is
 * handed over with the last one.
 *
 * @param channel made by `smpp`
 * @throws InviteMeError `OPTIONS_INVALID` for any other channel, and for one that has a listener already
 * @example
 * const sms = smpp({ … })
 * const inviteMe = await createInviteMe({ store, channels: [sms] })
 * const listener = listenForSms(sms, { receive: (request) => inviteMe.receive('smpp', request) })
 */
export function listenForSms(channel: Channel, options: SmsListenerOptions): SmsListener {
  const door = readDoor(channel)
  const stopping = new AbortController()
  const { take, clear } = taker(door, options)
  const endListening = door.link.listen(take)
  if (endListening === undefined)
    throw new InviteMeError(
      'OPTIONS_INVALID',
      'Somebody listens with this channel already; close that listener first, or give the second one a channel of its own.',
      { field: 'channel' },
    )
  const kept = keepUp(door, stopping.signal, options.log)
  return {
    close: async () => {
      endListening()
      clear()
      stopping.abort()
      await kept
    },
  }
}

function readDoor(channel: Channel): SmppDoor {
  const door: unknown = Reflect.get(channel, doorOf)
  if (isDoor(door)) return door
  throw new InviteMeError('OPTIONS_INVALID', 'Give listenForSms the channel that smpp() made.', {
    field: 'channel',
  })
}

function isDoor(value: unknown): value is SmppDoor {
  return typeof value === 'object' && value !== null && 'link' in value && 'secret' in value
}

/** Connects again and again until it is stopped; each failure doubles the pause. */
async function keepUp({ link, options }: SmppDoor, signal: AbortSignal, log: Log | undefined): Promise<void> {
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
  for (let failures = 0; !signal.aborted;) {
    const opened = await link.check(signal).catch((error: unknown) => {
      log?.error('The SMPP link cannot be opened.', {
        reason: isInviteMeError(error) ? error.code : 'unknown',
      })
      return { ok: false as const }
    })
    if (signal.aborted) return
    if (opened.ok) {
      failures = 0
      await Promise.race([link.untilDown(), stopped])
    } else {
      const status = 'status' in opened ? opened.status : undefined
      log?.warn('The SMPP link is down.', { failures, ...(status !== undefined && { status }) })
    }
    // Also after a link that was up: an operator that hangs up at once must not be called without end.
    await Promise.race([pause(Math.min(options.reconnectMs * 2 ** failures, longestPauseMs)), stopped])
    failures = Math.min(failures + 1, 20)
  }
}

interface Taker {
  readonly take: (pdu: SmppPdu) => Promise<TakenPdu>
  readonly clear: () => void
}

function taker({ secret }: SmppDoor, options: SmsListenerOptions): Taker {
  const { log, partsTimeoutMs = 60_000 } = options
  /** What the operator will bring again, by its content, with the id it had. */
  const unanswered = boundedMap<string, string>(mostUnanswered)

  const handOver = async (sms: Omit<InboundSms, 'id'>): Promise<TakenPdu> => {
    const content = createHash('sha256').update(JSON.stringify(sms)).digest('base64url')
    const id = unanswered.get(content) ?? randomUUID()
    unanswered.delete(content)
    const taken = await give({ id, ...sms }, secret, options)
    if (taken === 'later') unanswered.set(content, id)
    return taken
  }
  const gatherer = partGatherer({
    waitMs: partsTimeoutMs,
    incomplete: (key, text) => {
      const sms = JSON.parse(key) as Omit<InboundSms, 'id' | 'text'>
      log?.warn('A long text came in without some of its parts.')
      void handOver({ ...sms, text }).then((taken) => {
        if (taken !== 'taken') log?.error('A text without some of its parts could not be taken.')
      })
    },
  })
  return {
    clear: gatherer.clear,
    take: async (pdu) => {
      const { part, sms } = readSms(pdu)
      if (part === undefined) return handOver(sms)
      const { text, ...rest } = sms
      const whole = gatherer.add(JSON.stringify(rest), part, text)
      if (whole === undefined) return 'taken'
      const taken = await handOver({ ...sms, text: whole.text })
      // The other parts are answered for and will not come again, so the text must stay whole until it was taken.
      if (taken !== 'later') whole.forget()
      return taken
    },
  }
}

async function give(
  sms: InboundSms,
  secret: string,
  { receive, receiveTimeoutMs = 30_000, log }: SmsListenerOptions,
): Promise<TakenPdu> {
  const signal = AbortSignal.timeout(receiveTimeoutMs)
  const late = new Promise<'later'>((resolve) =>
    signal.addEventListener('abort', () => resolve('later'), { once: true }),
  )
  try {
    const request = new Request('http://smpp.invalid/', {
      method: 'POST',
      headers: { 'content-type': 'application/json', [proofHeader]: secret },
      body: JSON.stringify(sms),
      signal,
    })
    const result = await Promise.race([receive(request), late])
    if (result === 'later') return 'later'
    if (result instanceof Response && !result.ok) return result.status < 500 ? 'refused' : 'later'
    return 'taken'
  } catch (error) {
    const isOurs = isInviteMeError(error)
    log?.warn('What came in by SMPP was not taken.', { reason: isOurs ? error.code : 'unknown' })
    return isOurs && error.status < 500 ? 'refused' : 'later'
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
