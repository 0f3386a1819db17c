import type { EventPublisher, Store } from '@invite-me/core'
import type { Clock } from '@invite-me/core/channel'
import { Counter, Gauge, type Registry } from 'prom-client'

/** Name under which the engine remembers how far events were published. */
const reader = 'events'

/** Where it is kept what was published, and what happened. */
export type PublishedEvents = Pick<Store['outbox'], 'after' | 'last' | 'readTo'>

/** Adds what passes the message broker: commands that come in, events that go out. */
export function addBrokerMetrics(
  registry: Registry,
  clock: Clock,
): {
  /** Counts a command that came to an end, or was given back to the broker. */
  readonly countCommand: (command: string, outcome: 'done' | 'refused' | 'returned') => void
  /** The same publisher, its events counted. */
  readonly countedPublisher: (publisher: EventPublisher) => EventPublisher
  /** Begins to tell how far events are behind. */
  readonly watch: (events: PublishedEvents) => void
} {
  const registers = [registry]
  const commands = new Counter({
    name: 'invite_me_commands_total',
    help: 'Commands this process took from the broker, by name and what became of them: done, refused (and parked), returned to be tried again.',
    labelNames: ['command', 'outcome'],
    registers,
  })
  const published = new Counter({
    name: 'invite_me_events_published_total',
    help: 'Events this process published that the broker has; one that is repeated counts again.',
    registers,
  })
  return {
    countCommand: (command, outcome) => commands.inc({ command, outcome }),
    countedPublisher: (publisher) => ({
      publish: async (events) => {
        await publisher.publish(events)
        published.inc(events.length)
      },
      close: () => publisher.close(),
    }),
    watch: (events) => {
      addBehind(registry, clock, events)
    },
  }
}

function addBehind(registry: Registry, clock: Clock, events: PublishedEvents): void {
  const registers = [registry]
  // The store's trouble shows in the backlog; here the last figures stay then.
  const readTo = (): Promise<number | undefined> => events.readTo(reader).catch(() => undefined)
  new Gauge({
    name: 'invite_me_events_behind',
    help: 'Events that happened and are not yet known to be published, at most; 0 when none is.',
    registers,
    async collect() {
      const published = await readTo()
      const newest = await events.last().catch(() => undefined)
      if (published !== undefined && newest !== undefined) this.set(Math.max(0, newest - published))
    },
  })
  new Gauge({
    name: 'invite_me_events_late_seconds',
    help: 'How long ago the oldest event happened that is not yet known to be published; 0 when none is.',
    registers,
    async collect() {
      const published = await readTo()
      if (published === undefined) return
      const next = await events.after(published, 1).catch(() => undefined)
      if (next !== undefined) this.set(secondsSince(next[0]?.at, clock.now()))
    },
  })
}

function secondsSince(moment: Date | undefined, nowMs: number): number {
  return moment === undefined ? 0 : Math.max(0, nowMs - moment.getTime()) / 1_000
}
