import { oneRound, poll, type PartOfWait, type Remote } from './poll.ts'
import { list, nullable, page, record, text, word } from './readers.ts'
import { pageQuery, path } from './request-path.ts'
import { domainEvent, invitation, invitationResult } from './shapes.ts'
import type { Invitation, WaitOptions } from '../face/face.ts'
import type { DomainEvent } from '../model/domain-event.ts'
import {
  isFinal,
  type InvitationRecord,
  type InvitationResult,
  type InvitationState,
} from '../model/invitation.ts'

/** The names of an invitation: enough to take it up. */
export type InvitationNames = Pick<InvitationRecord, 'id' | 'messageId' | 'to'>

/** Reads {@link InvitationNames}. */
export const invitationNames = list(record<InvitationNames>({ id: text, messageId: text, to: text }))

const wrappedResult = record<{ readonly result: InvitationResult<unknown> | null }>({
  result: nullable(invitationResult),
})
const wrappedState = record<{ readonly state: InvitationState }>({ state: word() })
const events = page(domainEvent)
const limit = 1_000

/** The handle of an invitation on the server: holds nothing but its names. */
export function remoteInvitation<Value>(
  remote: Remote,
  { id, messageId, to }: InvitationNames,
): Invitation<Value> {
  const { transport } = remote
  return {
    id,
    messageId,
    to,
    state: async () => (await readInvitation(remote, id)).state,
    answer: ({ signal } = {}) =>
      poll(remote, {
        path: path`/v1/invitations/${{ id }}/result`,
        signal,
        // What the value is, the question's answer type says; the server has checked it.
        read: (value, place) =>
          (wrappedResult(value, place).result ?? undefined) as InvitationResult<Value> | undefined,
      }),
    events: (options) => invitationEvents(remote, id, options),
    why: async () => {
      const read = record<{ readonly why: string }>({ why: text })
      return (await transport.call({ method: 'GET', path: path`/v1/invitations/${{ id }}/why`, read })).why
    },
    cancel: async () => {
      const call = {
        method: 'POST',
        path: path`/v1/invitations/${{ id }}/cancel`,
        isRepeatable: true,
      } as const
      return (await transport.call({ ...call, read: wrappedState })).state
    },
  }
}

/** Reads an invitation that must exist. @throws InviteMeError `INVITATION_UNKNOWN` */
export function readInvitation(
  { transport }: Remote,
  id: string,
  wait: PartOfWait = {},
): Promise<InvitationRecord> {
  return transport.call({
    method: 'GET',
    path: path`/v1/invitations/${{ id }}`,
    read: invitation,
    ...wait,
  })
}

/** What became of an invitation by now. @returns `undefined` while it waits */
export async function readResult(
  { transport }: Remote,
  id: string,
  wait: PartOfWait = {},
): Promise<InvitationResult<unknown> | undefined> {
  const call = {
    method: 'GET',
    path: path`/v1/invitations/${{ id }}/result`,
    read: wrappedResult,
    ...wait,
  } as const
  return (await transport.call(call)).result ?? undefined
}

async function* invitationEvents(
  remote: Remote,
  id: string,
  { signal }: WaitOptions = {},
): AsyncGenerator<DomainEvent, void, undefined> {
  let cursor = 0
  for (;;) {
    // The state first: what made it final is then certainly among the events read after it.
    const isOver = isFinal(
      await readInvitation(remote, id, { signal, isPatient: true }),
      remote.settings.clock.now(),
    )
    const call = { path: path`/v1/invitations/${{ id }}/events`, read: events, signal } as const
    const { items } = await oneRound(remote, { ...call, query: pageQuery({ after: cursor, limit }) }, !isOver)
    yield* items
    cursor = items.at(-1)?.cursor ?? cursor
    if (isOver && items.length < limit) return
  }
}
