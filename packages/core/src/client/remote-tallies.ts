import { oneRound, poll, type Remote } from './poll.ts'
import { nullable, number, record, text } from './readers.ts'
import { invitationsOf } from './invitations-of.ts'
import { path } from './request-path.ts'
import { quorumStanding } from './shapes.ts'
import type { QuorumOptions, Tallies, WaitOptions } from '../face/face.ts'
import type { QuorumResult } from '../model/quorum.ts'
import type { AnswerRow, Tally } from '../model/tally.ts'

/** Least time between two tallies of one who follows, in ms. */
const tallyEveryMs = 1_000

interface Versioned {
  readonly version: string
  readonly tally: Tally
}

const tally = record<Tally>({
  messageId: text,
  asked: number,
  answered: number,
  quorum: nullable(quorumStanding),
})
const versioned = record<Versioned>({ version: text, tally })
const quorumResult = record<{ readonly result: QuorumResult | null }>({
  result: nullable(record<QuorumResult>({ counted: number })),
})

/** Counts and lists the answers to questions by the server. */
export function remoteTallies(remote: Remote): Tallies {
  const { transport } = remote
  const read = async (messageId: string, signal?: AbortSignal): Promise<Versioned> =>
    transport.call({
      method: 'GET',
      path: path`/v1/messages/${{ messageId }}/tally`,
      read: versioned,
      signal,
    })
  return {
    tally: async (messageId) => (await read(messageId)).tally,
    tallies: (messageId, options) => follow(remote, messageId, options),
    quorum: (messageId, count, { of, signal } = {}) =>
      poll(remote, { ...quorumCall(messageId, count, of), signal }),
    quorumSoFar: (messageId, count, { of } = {}) =>
      transport.call({ method: 'GET', ...quorumCall(messageId, count, of) }),
    export: async function* (messageId) {
      // A list of nobody's invitations is empty; this says that there is no such question.
      await read(messageId)
      for await (const one of invitationsOf(remote, messageId)) {
        const { id: invitationId, to, name, state, value, via, revision, answeredAt } = one
        yield { invitationId, to, name, state, value, via, revision, answeredAt } satisfies AnswerRow
      }
    },
  }
}

function quorumCall(messageId: string, count: number, of: QuorumOptions['of']) {
  return {
    path: path`/v1/messages/${{ messageId }}/quorum`,
    query: { count, of: of === undefined ? undefined : String(of) },
    read: (value: unknown, place: string) => quorumResult(value, place).result ?? undefined,
  }
}

async function* follow(
  remote: Remote,
  messageId: string,
  { signal }: WaitOptions = {},
): AsyncGenerator<Tally, void, undefined> {
  let known: string | undefined
  for (;;) {
    const isWaiting = known !== undefined
    const found: Versioned = await oneRound(
      remote,
      { path: path`/v1/messages/${{ messageId }}/tally`, query: { since: known }, signal, read: versioned },
      isWaiting,
      ({ version }) => version === known,
    )
    if (found.version === known) continue
    known = found.version
    yield found.tally
    if (found.tally.states.pending === 0) return
    await remote.transport.pause(tallyEveryMs, signal)
  }
}
