import { oneRound, type PartOfWait, type Remote } from './poll.ts'
import { number, page, record } from './readers.ts'
import { invitationsOf } from './invitations-of.ts'
import { readResult, remoteInvitation, type InvitationNames } from './remote-invitation.ts'
import { remoteTallies } from './remote-tallies.ts'
import { pageQuery } from './request-path.ts'
import { domainEvent } from './shapes.ts'
import type { Invitation, InvitationGroup, WaitOptions } from '../face/face.ts'
import { resultOf, type InvitationResult } from '../model/invitation.ts'

interface Ended<Value> {
  readonly invitation: Invitation<Value>
  readonly result: InvitationResult<Value>
}

const limit = 1_000
const events = page(domainEvent)
const newest = record<{ readonly cursor: number }>({ cursor: number })

/** Cursor of the newest event of the server. */
export async function lastCursor({ transport }: Remote, wait: PartOfWait = {}): Promise<number> {
  return (await transport.call({ method: 'GET', path: '/v1/events/last', read: newest, ...wait })).cursor
}

/** The handle of the same question to many people. */
export function remoteGroup<Value>(
  remote: Remote,
  messageId: string,
  names: readonly InvitationNames[],
): InvitationGroup<Value> {
  const desk = remoteTallies(remote)
  const invitations = names.map((one) => remoteInvitation<Value>(remote, one))
  return {
    messageId,
    invitations,
    answers: (options) => groupAnswers(remote, messageId, invitations, options),
    tally: () => desk.tally(messageId),
    tallies: (options) => desk.tallies(messageId, options),
    quorum: (count, options) => desk.quorum(messageId, count, options),
    export: () => desk.export(messageId),
  }
}

async function* groupAnswers<Value>(
  remote: Remote,
  messageId: string,
  invitations: readonly Invitation<Value>[],
  options: WaitOptions = {},
): AsyncGenerator<Ended<Value>, void, undefined> {
  const { signal } = options
  const wait = { signal, isPatient: true }
  const waiting = new Map(invitations.map((one) => [one.id, one]))
  const take = (id: string, result: InvitationResult<unknown> | undefined): Ended<Value> | undefined => {
    const found = waiting.get(id)
    if (found === undefined || result === undefined) return undefined
    waiting.delete(id)
    return { invitation: found, result: result as InvitationResult<Value> }
  }
  // Where the events stand comes first: what ends while the list is read is then among those read after it.
  let cursor = waiting.size === 0 ? 0 : await lastCursor(remote, wait)
  for await (const row of invitationsOf(remote, messageId, wait)) {
    const ended = take(row.id, resultOf(row))
    if (ended !== undefined) yield ended
  }
  while (waiting.size > 0) {
    const call = {
      path: '/v1/events',
      query: pageQuery({ after: cursor, limit }),
      read: events,
      signal,
    } as const
    const { items } = await oneRound(remote, call, true)
    const touched = new Set(items.flatMap(({ invitationId }) => invitationId ?? []))
    for (const id of touched) {
      const ended = waiting.has(id) ? take(id, await readResult(remote, id, wait)) : undefined
      if (ended !== undefined) yield ended
    }
    cursor = items.at(-1)?.cursor ?? cursor
  }
}
