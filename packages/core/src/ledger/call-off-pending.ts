import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { invitationEvent, invitationReceipt } from '../rules/record.ts'
import { standDown } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'
import { planEdits } from './plan-edits.ts'

/**
 * Deliveries that are looked at together. Each portion may cost a database a look at all that are left: with 500 the last of 100,000
 * took Postgres 37 s, and a transaction has 60 s.
 */
const portion = 5_000

/**
 * Calls a question off for all who have not answered: nothing more is sent to them, no answer of theirs counts, and where it was sent
 * says so. Use only within a transaction that has the message locked; what changes is whole with it.
 */
export async function callOffPending(world: World, parts: StoreParts, messageId: string): Promise<void> {
  const calledOff = new Set<string>()
  for (let after: string | undefined; ;) {
    const page = { limit: portion, ...(after !== undefined && { after }) }
    const deliveries = await parts.deliveries.list({ messageId }, page)
    await callOff(world, parts, { messageId, deliveries, calledOff })
    after = deliveries.at(-1)?.id
    if (deliveries.length < portion || after === undefined) break
  }
  // By now all of them are locked, and nobody takes an answer back meanwhile: that wants the message.
  await parts.tallies.callOff(messageId, new Date(world.clock.now()))
}

interface Portion {
  readonly messageId: string
  readonly deliveries: readonly Delivery[]
  /** Invitations that were called off so far: one has a delivery for each route when all are used at once. */
  readonly calledOff: Set<string>
}

async function callOff(
  world: World,
  parts: StoreParts,
  { messageId, deliveries, calledOff }: Portion,
): Promise<void> {
  const now = new Date(world.clock.now())
  const ids = [...new Set(deliveries.flatMap(({ invitationId }) => invitationId ?? []))]
  const found = await parts.invitations.byIds(ids)
  const open = found.filter(({ id, state }) => state === 'pending' && !calledOff.has(id)).map(({ id }) => id)
  // Asked for in one turn, so that it is one statement.
  const locked = await Promise.all(open.map((id) => parts.invitations.lock(id)))
  const pending = locked.flatMap((one) => (one?.state === 'pending' ? [one] : []))
  for (const { id } of pending) calledOff.add(id)
  const theirs = deliveries.filter(({ invitationId }) => calledOff.has(invitationId ?? ''))
  await standDownFree(parts, theirs, now)
  if (pending.length > 0) await record(world, parts, pending)
  const message = await parts.messages.byId(messageId)
  const sent = theirs.filter(({ firstAcceptedAt }) => firstAcceptedAt !== null)
  if (message !== undefined && sent.length > 0)
    await planEdits(world, parts, { message, deliveries: sent, reason: 'closed' })
}

async function record(
  world: World,
  parts: StoreParts,
  invitations: readonly InvitationRecord[],
): Promise<void> {
  const now = new Date(world.clock.now())
  await parts.receipts.append(
    invitations.map((one) =>
      invitationReceipt(newId(world), 'cancelled', one, null, now, { detail: 'quorum' }),
    ),
  )
  await parts.outbox.append(
    invitations.map((one) => invitationEvent('invitation.cancelled', one, now, { reason: 'quorum' })),
  )
}

/** What a worker has meanwhile it settles itself, and sees then that the question is over. */
async function standDownFree(parts: StoreParts, deliveries: readonly Delivery[], now: Date): Promise<void> {
  const due = deliveries.filter(({ dueAt }) => dueAt !== null).map(({ id }) => id)
  const free = due.length === 0 ? [] : await parts.deliveries.lockFree(due)
  const waiting = free.filter(({ dueAt }) => dueAt !== null)
  if (waiting.length > 0)
    await parts.deliveries.rewrite(waiting.map((delivery) => standDown(delivery, 'cancelled', now)))
}
