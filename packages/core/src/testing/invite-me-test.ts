import { createInviteMe } from '../invite-me.ts'
import type { InviteMe } from '../face/face.ts'
import type { Duration } from '../model/duration.ts'
import { InviteMeError } from '../model/error.ts'
import type { FactResult } from '../model/inbound-fact.ts'
import type { Channel } from '../ports/channel.ts'
import type { Log } from '../ports/log.ts'
import type { Store, StoreOpener } from '../ports/store.ts'
import { recordedChannel } from './recorded-channel.ts'
import {
  scriptedChannel,
  type FactOptions,
  type OutboxEntry,
  type ScriptStep,
  type ScriptedChannel,
} from './scripted-channel.ts'
import { seededRandom } from './seeded-random.ts'
import { virtualClock, type VirtualClock } from './virtual-clock.ts'
import { watchedStore } from './watched-store.ts'

type EngineOptions = Parameters<typeof createInviteMe>[0]

/** How an engine for tests is made: the options of `createInviteMe`, each with a default that suits a test. */
export interface InviteMeTestOptions extends Partial<Omit<EngineOptions, 'channels' | 'clock'>> {
  /** Names of channels to script, or channels of your own; default `['telegram', 'email']`. */
  readonly channels?: readonly (string | Channel)[]
  /** Default a SQLite database in memory. */
  readonly store?: StoreOpener
  /** Default a new one; give the same to a second engine on the same store. */
  readonly clock?: VirtualClock
  /** What the test holds as `inviteMe`, when that is another way to the engine: a client over HTTP. Default the engine itself. */
  readonly through?: (engine: InviteMe, log: Log) => Promise<InviteMe>
  /** Makes ids and tokens repeatable; default 1. A second engine on the same store needs another. */
  readonly seed?: number
}

/** Who answers: what was sent to them, the id of their invitation, their externalId or their address. */
export type Answerer = OutboxEntry | { readonly id: string } | string

/** How an answer comes back. */
export interface AnswerOptions extends FactOptions {
  /** Channel it comes by; default the one that reached the person last. */
  readonly via?: string
}

/** Something the engine logged. */
export interface LoggedTrouble {
  readonly level: 'warn' | 'error'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** An engine on a virtual clock, with everything around it scripted. */
export interface InviteMeTest {
  readonly inviteMe: InviteMe
  readonly clock: VirtualClock
  /** Everything handed to any channel, in order. */
  readonly outbox: readonly OutboxEntry[]
  /** What the engine logged; empty while nothing is wrong. */
  readonly troubles: readonly LoggedTrouble[]
  /** A scripted channel by its name. Throws `CHANNEL_UNKNOWN` for any other. */
  channel(name: string): ScriptedChannel
  /** Lets a person answer in words the newest message that reached them. Throws `DELIVERY_UNKNOWN` when none did. */
  reply(answerer: Answerer, text: string, options?: AnswerOptions): Promise<FactResult>
  /** The same with a button: `yes`, `no`, `maybe` or an option's value. */
  press(answerer: Answerer, value: string, options?: AnswerOptions): Promise<FactResult>
  /** Lets a provider say that the newest message arrived, or was read. */
  report(answerer: Answerer, kind: 'delivered' | 'read', options?: AnswerOptions): Promise<FactResult>
  /** Lets a channel do this with every message until it is mended; default it is called off by its deadline. */
  fail(channel: string, step?: ScriptStep): void
  mend(channel: string): void
  /** Lets time pass; see `VirtualClock.advance`. */
  advance(duration: Duration): Promise<void>
  /** Ends the engine; sends under way have `deadlineMs` of virtual time (default 1,000). May be called twice. */
  stop(deadlineMs?: number): Promise<void>
}

/**
 * Makes an engine for a test: store in memory, virtual clock, scripted channels, repeatable ids.
 *
 * @example
 * const t = await inviteMe.test({ channels: ['telegram', 'email'] })
 * const invitation = await t.inviteMe.ask({ routes: { telegram: 'sam', email: 'sam@guests.test' } }, 'Dinner?', { answer: yesNo(), next: { unlessAnswered: '30m' } })
 * await t.advance('31m')
 * await t.reply(invitation, 'yes')
 * const result = await invitation.answer()
 * await t.stop()
 */
export async function testInviteMe(options: InviteMeTestOptions = {}): Promise<InviteMeTest> {
  const {
    channels: wanted = ['telegram', 'email'],
    clock = virtualClock(),
    seed = 1,
    store,
    through = async (engine) => engine,
    ...rest
  } = options
  const outbox: OutboxEntry[] = []
  const troubles: LoggedTrouble[] = []
  const channels = wanted.map((one) => (typeof one === 'string' ? scriptedChannel({ name: one }) : one))
  const scripted = new Map(channels.filter(isScripted).map((channel) => [channel.name, channel]))
  const opener = store ?? (await inMemory())
  let database: Store | undefined
  const log: Log = {
    warn: (message, fields = {}) => void troubles.push({ level: 'warn', message, fields }),
    error: (message, fields = {}) => void troubles.push({ level: 'error', message, fields }),
  }
  const engine = await createInviteMe({
    portal: { url: 'https://portal.test' },
    zone: 'UTC',
    random: seededRandom(seed),
    log,
    ...rest,
    clock,
    store: watchedStore({ open: async () => (database = await opener.open()) }, clock.track),
    // A script answers in virtual time, a real channel in real time.
    channels: channels.map((channel) =>
      recordedChannel(channel, outbox, isScripted(channel) ? (promise) => promise : clock.track),
    ),
  })
  const names = channels.map(({ name }) => name)
  const takePacerAway = clock.pacedBy(async () =>
    database === undefined ? clock.now() : nothingDueBefore(database, names, clock),
  )
  await clock.settle()

  const channel = (name: string): ScriptedChannel => {
    const found = scripted.get(name)
    if (found !== undefined) return found
    throw new InviteMeError('CHANNEL_UNKNOWN', `There is no scripted channel "${name}" in this test.`, {
      field: 'channel',
    })
  }
  const receive = async (
    answerer: Answerer,
    via: string | undefined,
    make: (channel: ScriptedChannel, entry: OutboxEntry) => Request,
  ): Promise<FactResult> => {
    await clock.settle()
    const entry = await findEntry(engine, outbox, answerer, via)
    const [result] = await inVirtualTime(
      clock,
      engine.receive(entry.channel, make(channel(entry.channel), entry)),
    )
    if (result === undefined)
      throw new InviteMeError('INTERNAL', 'A scripted channel made nothing of a fact.')
    return result
  }
  let stopping: Promise<void> | undefined

  return {
    inviteMe: await through(engine, log),
    clock,
    outbox,
    troubles,
    channel,
    reply: (answerer, text, { via, ...fact } = {}) =>
      receive(answerer, via, (by, entry) => by.reply(entry, text, fact)),
    press: (answerer, value, { via, ...fact } = {}) =>
      receive(answerer, via, (by, entry) => by.press(entry, value, fact)),
    report: (answerer, kind, { via, ...fact } = {}) =>
      receive(answerer, via, (by, entry) => by.report(entry, kind, fact)),
    fail: (name, step = 'hang') => {
      channel(name).failAlways(step)
    },
    mend: (name) => {
      channel(name).mend()
    },
    advance: (duration) => clock.advance(duration),
    stop: (deadlineMs = 1_000) =>
      (stopping ??= (async () => {
        takePacerAway()
        const stopped = engine.stop({ deadlineMs })
        // Whatever hangs is called off by a timer, and given up by another.
        await clock.advance(deadlineMs + 1_000)
        await stopped
      })()),
  }
}

/** Everything for testing a program that asks people. */
export const inviteMe: { readonly test: typeof testInviteMe } = { test: testInviteMe }

/** Lets a little time pass until work is done that may wait for a message which is just being sent. */
async function inVirtualTime<Result>(clock: VirtualClock, work: Promise<Result>): Promise<Result> {
  let isDone = false
  const finish = (): void => {
    isDone = true
  }
  work.then(finish, finish)
  await clock.settle()
  for (let round = 0; round < 100 && !isDone; round += 1) await clock.advance(50)
  return work
}

function isScripted(channel: Channel): channel is ScriptedChannel {
  return 'script' in channel && 'outbox' in channel
}

async function inMemory(): Promise<StoreOpener> {
  const { sqlite } = await import('../store/sqlite.ts')
  return sqlite(':memory:')
}

/** The moment before which the engine has certainly nothing to do but to look; a past one while anything is under way. */
async function nothingDueBefore(
  { deliveries, edits, schedules, webhooks }: Store,
  channels: readonly string[],
  clock: VirtualClock,
): Promise<number> {
  const [counts, due, edit, posts, run] = await Promise.all([
    deliveries.counts({}),
    // The empty name stands for follow-ups.
    deliveries.nextDue(['', ...channels]),
    edits.nextDueAt(channels),
    webhooks.waiting(),
    schedules.nextDueAt(),
  ])
  if ((counts.sending ?? 0) > 0) return clock.now()
  const moments = [edit, run, ...due.map(({ at }) => at), ...posts.map(({ dueAt }) => dueAt)]
  return Math.min(...moments.map((moment) => moment?.getTime() ?? Infinity))
}

/** The newest message that was accepted for this person, or went out and may have been. */
async function findEntry(
  engine: InviteMe,
  outbox: readonly OutboxEntry[],
  answerer: Answerer,
  via: string | undefined,
): Promise<OutboxEntry> {
  if (typeof answerer === 'object' && 'idempotencyKey' in answerer) return answerer
  const wanted = typeof answerer === 'string' ? answerer : answerer.id
  const arrived = outbox.filter(
    ({ channel, outcome }) =>
      (outcome?.status === 'accepted' || outcome?.status === 'unknown') &&
      (via === undefined || channel === via),
  )
  for (const entry of arrived.toReversed()) {
    if (entry.message.to.address === wanted) return entry
    // The engine begins its keys with the id of the delivery.
    const delivery = await engine.deliveries.get(entry.idempotencyKey.split('.')[0] ?? '')
    if (delivery !== undefined && (delivery.to === wanted || delivery.invitationId === wanted)) return entry
  }
  throw new InviteMeError(
    'DELIVERY_UNKNOWN',
    `No message reached this person${via === undefined ? '' : ` by "${via}"`} yet; ${String(outbox.length)} went to anybody.`,
    { field: 'answerer' },
  )
}
