import { cancelInvitation } from '../accept/cancel-invitation.ts'
import type { Invitation, InvitationGroup, SentMessage, WaitOptions } from './face.ts'
import type { Live } from './live.ts'
import { tallyDesk } from './tally-desk.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DomainEvent } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import { isFinal, resultOf, type InvitationRecord, type InvitationResult } from '../model/invitation.ts'
import type { World } from '../ports/world.ts'
import { explain } from '../rules/explain.ts'

const everything = { limit: 1_000 }

/** What handles need of the engine beside the world. */
export interface HandlePowers {
  readonly live: Live
  /** Does what changes something, and tells everybody whom it concerns. */
  readonly change: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** Reads an invitation that must exist. */
async function known(world: World, id: string): Promise<InvitationRecord> {
  const invitation = await world.store.invitations.byId(id)
  if (invitation === undefined)
    throw new InviteMeError('INVITATION_UNKNOWN', `There is no invitation "${id}".`, { field: 'id' })
  return invitation
}

/** The durable handle of one invitation: holds nothing but its id. */
export function invitationHandle<Value>(
  world: World,
  { live, change }: HandlePowers,
  record: Pick<InvitationRecord, 'id' | 'messageId' | 'to'>,
): Invitation<Value> {
  const { id, messageId, to } = record
  return {
    id,
    messageId,
    to,
    state: async () => (await known(world, id)).state,
    answer: ({ signal } = {}) =>
      live.until(async () => resultOf(await known(world, id)), signal) as Promise<InvitationResult<Value>>,
    events: (options) => invitationEvents(world, live, id, options),
    why: () => explainInvitation(world, id),
    cancel: () => change(() => cancelInvitation(world, id)),
  }
}

async function* invitationEvents(
  world: World,
  live: Live,
  id: string,
  options: WaitOptions = {},
): AsyncGenerator<DomainEvent, void, undefined> {
  let cursor = 0
  for (;;) {
    const { events, isOver } = await live.until(async () => {
      // The state first: what made it final is then certainly among the events read after it.
      const invitation = await known(world, id)
      const events = await world.store.outbox.after(cursor, 500, { invitationId: id })
      const isOver = isFinal(invitation, world.clock.now())
      return events.length > 0 || isOver ? { events, isOver: isOver && events.length < 500 } : undefined
    }, options.signal)
    yield* events
    cursor = events.at(-1)?.cursor ?? cursor
    if (isOver) return
  }
}

async function explainInvitation(world: World, id: string): Promise<string> {
  const { store } = world
  const invitation = await known(world, id)
  const [message, deliveries, responses] = await Promise.all([
    store.messages.byId(invitation.messageId),
    store.deliveries.list({ invitationId: id }, everything),
    store.invitations.responses(id),
  ])
  const receipts = await store.receipts.list({ invitationId: id }, everything)
  if (message === undefined)
    throw new InviteMeError('INTERNAL', `The message of invitation "${id}" is missing.`)
  return explain({ message, invitation, deliveries, receipts, responses })
}

/** The handle of the same question to many people. */
export function invitationGroup<Value>(
  world: World,
  powers: HandlePowers,
  messageId: string,
  records: readonly InvitationRecord[],
): InvitationGroup<Value> {
  const invitations = records.map((record) => invitationHandle<Value>(world, powers, record))
  const desk = tallyDesk(world, powers.live)
  return {
    messageId,
    invitations,
    answers: (options) => groupAnswers(world, powers.live, invitations, options),
    tally: () => desk.tally(messageId),
    tallies: (options) => desk.tallies(messageId, options),
    quorum: (count, options) => desk.quorum(messageId, count, options),
    export: () => desk.export(messageId),
  }
}

async function* groupAnswers<Value>(
  world: World,
  live: Live,
  invitations: readonly Invitation<Value>[],
  options: WaitOptions = {},
) {
  const waiting = new Map(invitations.map((invitation) => [invitation.id, invitation]))
  while (waiting.size > 0) {
    const ended = await live.until(async () => {
      const records = await world.store.invitations.byIds([...waiting.keys()])
      const over = records.flatMap((record) => {
        const result = resultOf(record)
        return result === undefined ? [] : [{ id: record.id, result: result as InvitationResult<Value> }]
      })
      return over.length > 0 ? over : undefined
    }, options.signal)
    for (const { id, result } of ended) {
      const invitation = waiting.get(id)
      if (invitation === undefined) continue
      waiting.delete(id)
      yield { invitation, result }
    }
  }
}

/** The handle of a notice. */
export function sentMessage(
  world: World,
  live: Live,
  messageId: string,
  deliveryIds: readonly string[],
): SentMessage {
  return {
    messageId,
    deliveryIds,
    settled: ({ signal } = {}) =>
      live.until(async () => {
        const deliveries = await world.store.deliveries.byIds(deliveryIds)
        return deliveries.every(isSettled) ? deliveries : undefined
      }, signal),
  }
}

function isSettled({ dueAt, state }: Delivery): boolean {
  return dueAt === null && state !== 'sending'
}
