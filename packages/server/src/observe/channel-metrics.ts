import { outcomeClasses, type SendOutcome } from '@invite-me/core'
import type { Channel, Clock, SendContext } from '@invite-me/core/channel'
import { Counter, Histogram, type Registry } from 'prom-client'

/** How long after its deadline a channel may still tell how a send ended; the engine waits no longer either. */
const graceMs = 500
/** From a local server to the longest deadline of a channel. */
const buckets = [0.01, 0.05, 0.25, 1, 5, 30]
const outcomes: ReadonlySet<string> = new Set(outcomeClasses)

/**
 * Adds what is counted where messages leave: at the channels themselves, since each send is made by exactly one process. The
 * engine's events would not do: every process hears those of all.
 *
 * @returns makes a channel whose sends are counted
 */
export function addChannelMetrics(registry: Registry, clock: Clock): (channel: Channel) => Channel {
  const registers = [registry]
  const attempts = new Counter({
    name: 'invite_me_attempts_total',
    help: 'Sends this process tried, by channel and outcome; "unknown" may have been sent.',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const processed = new Counter({
    name: 'invite_me_messages_processed_total',
    help: 'Messages this process handed to a provider that took them, by channel; a reminder counts again.',
    labelNames: ['channel'],
    registers,
  })
  const durations = new Histogram({
    name: 'invite_me_send_duration_seconds',
    help: 'Time a channel took for one send, by channel.',
    labelNames: ['channel'],
    buckets,
    registers,
  })
  return (channel) => {
    processed.inc({ channel: channel.name }, 0)
    return withSend(channel, (message, context) => {
      const began = clock.now()
      const sending = channel.send(message, context)
      onceSettled(sending, context, (outcome) => {
        attempts.inc({ channel: channel.name, outcome })
        if (outcome === 'accepted') processed.inc({ channel: channel.name })
        durations.observe({ channel: channel.name }, Math.max(0, clock.now() - began) / 1_000)
      })
      return sending
    })
  }
}

/** Tells once how a send ended; one that neither ends nor obeys its deadline is unknown, as it is to the engine. */
function onceSettled(
  sending: Promise<SendOutcome>,
  { signal, clock }: SendContext,
  tell: (outcome: string) => void,
): void {
  let isTold = false
  const end = (outcome: string): void => {
    if (isTold) return
    isTold = true
    signal.removeEventListener('abort', giveUp)
    tell(outcome)
  }
  const giveUp = (): void => {
    clock.schedule(graceMs, () => end('unknown'), { keepAlive: false })
  }
  if (signal.aborted) giveUp()
  else signal.addEventListener('abort', giveUp, { once: true })
  sending.then(
    (outcome) => end(outcomes.has(outcome?.status) ? outcome.status : 'unknown'),
    () => end('unknown'),
  )
}

/** The channel with another `send`. Everything else is the channel itself, private parts and members to come included. */
function withSend(channel: Channel, send: Channel['send']): Channel {
  return new Proxy(channel, {
    get: (target, name) => {
      if (name === 'send') return send
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
