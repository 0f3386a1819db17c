import type { QuorumOptions, Tallies, WaitOptions } from './face.ts'
import type { Live } from './live.ts'
import type { AnswerSpec } from '../model/answer.ts'
import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import { quorumSchema, type QuorumOf, type QuorumResult } from '../model/quorum.ts'
import type { AnswerRow, Tally } from '../model/tally.ts'
import type { World } from '../ports/world.ts'
import { problemOfQuorum, readQuorumOf, resultOfQuorum, usualQuorumOf } from '../rules/quorum.ts'
import { tallyOf } from '../rules/tally.ts'

/** Least time between two tallies of one who follows, in ms. */
const tallyEveryMs = 1_000
/** Rows of an export that are read at once. */
const portion = 500

/** Counts and lists the answers to questions. */
export function tallyDesk(world: World, live: Live): Tallies {
  const specOf = (messageId: string): Promise<AnswerSpec> => questionOf(world, messageId)
  const count = async (messageId: string, spec: AnswerSpec): Promise<Tally> =>
    tallyOf(messageId, spec, await world.store.tallies.of(messageId, spec))
  const quorumLook = async (messageId: string, needed: number, options: QuorumOptions) => {
    const spec = await specOf(messageId)
    const of = wantedQuorumOf(spec, needed, options)
    return async (): Promise<QuorumResult | undefined> =>
      resultOfQuorum(await count(messageId, spec), needed, of)
  }
  return {
    tally: async (messageId) => count(messageId, await specOf(messageId)),
    tallies: (messageId, options) => follow(world, live, { specOf, count, messageId }, options),
    quorum: async (messageId, needed, options = {}) => {
      const look = await quorumLook(messageId, needed, options)
      return live.until(look, options.signal)
    },
    quorumSoFar: async (messageId, needed, options = {}) => (await quorumLook(messageId, needed, options))(),
    export: (messageId) => rows(world, messageId),
  }
}

/** @throws InviteMeError `MESSAGE_UNKNOWN`, or `REQUEST_INVALID` for a notice */
async function questionOf({ store }: World, messageId: string): Promise<AnswerSpec> {
  const message = await store.messages.byId(messageId)
  if (message === undefined)
    throw new InviteMeError('MESSAGE_UNKNOWN', `There is no message "${messageId}".`, { field: 'messageId' })
  if (message.answer === null)
    throw new InviteMeError(
      'REQUEST_INVALID',
      `The message "${messageId}" is a notice, which nobody answers.`,
      { field: 'messageId' },
    )
  return message.answer
}

function wantedQuorumOf(spec: AnswerSpec, count: number, { of }: QuorumOptions): QuorumOf {
  const wrong = { code: 'REQUEST_INVALID', path: '', what: 'The quorum was refused' } as const
  const given = parseInput(quorumSchema, { count, ...(of !== undefined && { of }), onReached: 'tell' }, wrong)
  const wanted = readQuorumOf(spec, given.of ?? usualQuorumOf(spec))
  const problem = problemOfQuorum(spec, wanted)
  if (problem !== undefined)
    throw new InviteMeError('REQUEST_INVALID', `"of" is wrong: ${JSON.stringify(wanted)} ${problem}.`, {
      field: 'of',
    })
  return wanted
}

interface Following {
  readonly messageId: string
  readonly specOf: (messageId: string) => Promise<AnswerSpec>
  readonly count: (messageId: string, spec: AnswerSpec) => Promise<Tally>
}

async function* follow(
  world: World,
  live: Live,
  { messageId, specOf, count }: Following,
  { signal }: WaitOptions = {},
): AsyncGenerator<Tally, void, undefined> {
  const spec = await specOf(messageId)
  let told: string | undefined
  for (;;) {
    const tally = await live.until(async () => {
      const now = await count(messageId, spec)
      return JSON.stringify(now) === told ? undefined : now
    }, signal)
    told = JSON.stringify(tally)
    yield tally
    if (tally.states.pending === 0) return
    await pause(world, live, signal)
  }
}

/** What happens meanwhile is in the next tally. Ends early with the signal and with the engine. */
async function pause({ clock }: World, live: Live, signal: AbortSignal | undefined): Promise<void> {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  const callOff = clock.schedule(tallyEveryMs, end)
  const listening = new AbortController()
  const signals = signal === undefined ? [listening.signal] : [listening.signal, signal]
  try {
    await Promise.race([isOver, live.until(async () => undefined, AbortSignal.any(signals))])
  } finally {
    callOff()
    listening.abort()
  }
}

async function* rows(world: World, messageId: string): AsyncGenerator<AnswerRow, void, undefined> {
  await questionOf(world, messageId)
  const { store } = world
  for (let after: string | undefined; ;) {
    const page = await store.invitations.list(
      { messageId },
      { limit: portion, ...(after !== undefined && { after }) },
    )
    for (const one of page)
      yield {
        invitationId: one.id,
        to: one.to,
        name: one.name,
        state: one.state,
        value: one.value,
        via: one.via,
        revision: one.revision,
        answeredAt: one.answeredAt,
      }
    after = page.at(-1)?.id
    if (page.length < portion || after === undefined) return
  }
}
