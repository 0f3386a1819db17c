import type { ChannelModel } from 'amqplib'
import { InviteMeError, isWorthAWord, type Clock, type Log } from '@invite-me/core'
import { problemOf } from '../app/problem.ts'
import type { CommandEnd, CommandMessage } from '../commands/run-command.ts'
import { atMost, within } from './deadline.ts'
import { mostCommandReturns, type BrokerNames } from './rabbitmq-names.ts'
import { parkedPost } from './rabbitmq-parking.ts'
import type { Post } from './rabbitmq-publisher.ts'
import { acknowledge, giveBack, openTap, returnsOf, type Taken, type Tap } from './rabbitmq-tap.ts'
import { replyPost } from './rabbitmq-reply.ts'

/** Tries of a command that cannot be done just now; together they take ten minutes, then the broker has it back. */
const mostTries = 15
/** Tries to hand over a reply to what was done; then nobody hears it. */
const mostReplyTries = 6
/** The first pause between two tries, and how often it doubles. */
const firstPauseMs = 1_000
const mostDoublings = 6
/** Longest wait for the broker's answer while a consumer ends. */
const cancelMs = 2_000

/** What a consumer of commands needs. */
export interface CommandConsumerWorld {
  readonly names: BrokerNames
  readonly clock: Clock
  readonly log: Log
  /** Commands that are done at once. */
  readonly prefetch: number
  /** A command that takes longer is tried again. */
  readonly handleMs: number
  readonly run: (message: CommandMessage) => Promise<CommandEnd>
  /** Told once of every command that came to an end, or was given back. */
  readonly onCommand: (command: string, outcome: CommandOutcome) => void
  readonly publish: (posts: readonly Post[]) => Promise<void>
  /** Builds the connection again. */
  readonly renew: (reason: Error) => void
}

/** What became of a command: `returned` to the broker, to be tried again. */
export type CommandOutcome = 'done' | 'refused' | 'returned'

/** A command that was taken and is not yet done with. */
interface Attended extends Taken {
  /** True when the broker has it again, or shall: nothing more is tried. */
  isOver: boolean
  /** Ends its present pause. */
  goOn: () => void
}

/** Takes commands, has each done, replies, and parks what was refused; a command that cannot be done now is kept and tried again. */
export class CommandConsumer {
  readonly #world: CommandConsumerWorld
  readonly #attended = new Map<Attended, Promise<void>>()
  #tap: Tap | undefined
  #isStopped = false
  #troubles = 0
  #parked = 0
  #stopping: Promise<void> | undefined

  constructor(world: CommandConsumerWorld) {
    this.#world = world
  }

  /** Begins on a new connection. */
  attach(connection: ChannelModel): void {
    if (this.#isStopped) return
    const { names, prefetch, renew } = this.#world
    this.#tap = openTap(connection, {
      queue: names.commands,
      prefetch,
      renew,
      onMessage: (taken) => this.#take(taken),
    })
  }

  /** The connection is gone: what was taken on it comes again. */
  detach(): void {
    this.#tap = undefined
    for (const attended of this.#attended.keys()) {
      attended.isOver = true
      attended.goOn()
    }
  }

  /** Takes no more, waits at most so long for what is under way, and gives the rest back; may be called twice. */
  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<void> {
    this.#isStopped = true
    const { clock } = this.#world
    const tap = this.#tap
    if (tap !== undefined) await atMost(clock, cancelMs, tap.cancel())
    this.detach()
    await atMost(clock, deadlineMs, Promise.allSettled(this.#attended.values()))
    // The broker gives to others what was not acknowledged.
    if (tap !== undefined) await atMost(clock, cancelMs, tap.close())
  }

  #take(taken: Taken): void {
    if (this.#isStopped) return
    const attended = { ...taken, isOver: false, goOn: () => undefined }
    const work = this.#attend(attended).finally(() => this.#attended.delete(attended))
    this.#attended.set(attended, work)
  }

  /** Never rejects. */
  async #attend(attended: Attended): Promise<void> {
    const isWornOut = returnsOf(attended.message) >= mostCommandReturns
    const end = isWornOut ? returnedTooOften() : await this.#runPatiently(attended)
    if (end.kind === 'later') return this.#return(attended, end)
    const reply = replyPost(this.#world.names, attended.message, end)
    const isHeard = reply === undefined || (await this.#publishPatiently(attended, reply, mostReplyTries))
    const isKept = end.kind !== 'refused' || (await this.#park(attended, end))
    // Whoever gets it next replies, and parks.
    if (!isKept || (!isHeard && attended.isOver)) return
    acknowledge(attended)
    this.#world.onCommand(end.command, end.kind)
  }

  async #runPatiently(attended: Attended): Promise<CommandEnd> {
    const { content, properties } = attended.message
    const message = {
      body: content,
      messageId: textOf(properties.messageId),
      traceparent: textOf(properties.headers?.['traceparent']),
    }
    for (let tries = 1; ; tries += 1) {
      const end = await this.#run(message)
      if (end.kind !== 'later' || tries === mostTries || attended.isOver) return end
      this.#tellTrouble(end)
      await this.#pause(attended, tries)
      if (attended.isOver) return end
    }
  }

  async #run(message: CommandMessage): Promise<CommandEnd> {
    const { clock, handleMs, run } = this.#world
    const late = (): Error =>
      new InviteMeError('STORE_BUSY', `The command was not done within ${String(handleMs)} ms.`)
    return within(clock, handleMs, run(message), late).catch((error: unknown): CommandEnd => ({
      ...endOf(error),
      kind: 'later',
    }))
  }

  #return(attended: Attended, end: CommandEnd): void {
    this.#tellTrouble(end)
    giveBack(attended)
    this.#world.onCommand(end.command, 'returned')
  }

  #tellTrouble({ command, problem }: CommandEnd): void {
    this.#troubles += 1
    if (!isWorthAWord(this.#troubles)) return
    this.#world.log.warn('A command cannot be done now; it is tried again', {
      command,
      code: problem?.code,
      troubles: this.#troubles,
    })
  }

  /** @returns false when it is not parked, and must stay with the broker */
  async #park(attended: Attended, { command, problem }: CommandEnd): Promise<boolean> {
    const { log, names } = this.#world
    const why = {
      'x-invite-me-reason': problem?.code ?? 'INTERNAL',
      'x-invite-me-field': problem?.field ?? '',
      'x-invite-me-detail': problem?.detail ?? '',
      'x-invite-me-command': command,
    }
    const post = parkedPost(names, attended.message, why)
    if (!(await this.#publishPatiently(attended, post, Infinity))) return false
    this.#parked += 1
    if (isWorthAWord(this.#parked))
      log.warn(`A command was refused and put into the queue ${names.parked}`, {
        command,
        code: problem?.code,
        field: problem?.field,
        count: this.#parked,
      })
    return true
  }

  /** @returns whether the broker has it; false when it is over, or tries are used up */
  async #publishPatiently(attended: Attended, post: Post, most: number): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#world.publish([post])
        return true
      } catch (error) {
        if (tries >= most || attended.isOver) {
          this.#world.log.warn('What became of a command could not be told', {
            tries,
            error: error instanceof Error ? error.message : 'unknown',
          })
          return false
        }
      }
      await this.#pause(attended, tries)
    }
  }

  async #pause(attended: Attended, tries: number): Promise<void> {
    if (attended.isOver) return
    const { promise, resolve } = Promise.withResolvers<void>()
    attended.goOn = resolve
    const pauseMs = firstPauseMs * 2 ** Math.min(tries - 1, mostDoublings)
    const callOff = this.#world.clock.schedule(pauseMs, resolve)
    await promise
    callOff()
  }
}

/** It came back so often that something about it must be looked at: a process may have died of it each time. */
function returnedTooOften(): CommandEnd {
  return endOf(
    new InviteMeError(
      'INTERNAL',
      `The command came back ${String(mostCommandReturns)} times without an end. Nothing says that it was done.`,
    ),
  )
}

function endOf(error: unknown): CommandEnd {
  const problem = problemOf(error, '')
  return {
    kind: 'refused',
    command: 'unknown',
    requestId: '',
    status: problem.status,
    contentType: 'application/problem+json',
    body: JSON.stringify(problem),
    problem,
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
