import { systemClock, type Clock, type Log } from '@invite-me/core'
import type { CommandEnd, CommandMessage } from '../commands/run-command.ts'
import { CommandConsumer, type CommandOutcome } from './command-consumer.ts'
import { KeptConnection } from './rabbitmq-connection.ts'
import { declareCommands, namesOf } from './rabbitmq-names.ts'
import { Publisher } from './rabbitmq-publisher.ts'
import { replyLine } from './rabbitmq-reply.ts'

/** How commands are taken from RabbitMQ. */
export interface CommandsOptions {
  /** With the password; never in a log. */
  readonly url: string
  /** Begins the names of everything on the broker. */
  readonly prefix: string
  /** Does a command; must not throw. */
  readonly run: (message: CommandMessage) => Promise<CommandEnd>
  readonly onCommand?: (command: string, outcome: CommandOutcome) => void
  readonly log: Log
  readonly clock?: Clock
  /** Commands that are done at once (default 20): each may be a megabyte, or keep a database busy. */
  readonly prefetch?: number
  /** Longest time for the broker to confirm a reply (default 5,000 ms). */
  readonly publishMs?: number
  /** A command that takes longer is tried again (default 120,000 ms). */
  readonly handleMs?: number
}

/** A server that takes commands. */
export interface RunningCommands {
  /** Takes no more, waits at most so long for those under way, and gives the rest back; may be called twice. */
  stop(deadlineMs: number): Promise<void>
}

/**
 * Takes commands from the queue `<prefix>.commands` until it is stopped. The broker need not be there when this is called, nor
 * stay.
 *
 * @see docs/guides/rabbitmq.md
 */
export function rabbitmqCommands(options: CommandsOptions): RunningCommands {
  const { url, prefix, log, run, clock = systemClock, onCommand = () => undefined } = options
  const names = namesOf(prefix)
  const world = { url, clock, log, fraction: Math.random }
  const publisher = new Publisher({
    ...world,
    name: `${prefix} replies`,
    lines: [replyLine, names.parked],
    declare: (channel) => declareCommands(channel, names),
    publishMs: options.publishMs ?? 5_000,
  })
  const consumer = new CommandConsumer({
    names,
    clock,
    log,
    run,
    onCommand,
    prefetch: options.prefetch ?? 20,
    handleMs: options.handleMs ?? 120_000,
    publish: (posts) => publisher.publish(posts),
    renew: (reason) => consuming.renew(reason),
  })
  const consuming = new KeptConnection(world, {
    name: `${prefix} commands`,
    setUp: async (connection) => {
      const channel = await connection.createChannel()
      await declareCommands(channel, names)
      await channel.close()
      consumer.attach(connection)
    },
    onLost: () => consumer.detach(),
  })
  consuming.start()
  let stopping: Promise<void> | undefined
  const stop = async (deadlineMs: number): Promise<void> => {
    await consumer.stop(deadlineMs)
    await Promise.all([publisher.close(), consuming.close()])
  }
  return { stop: (deadlineMs) => (stopping ??= stop(deadlineMs)) }
}
