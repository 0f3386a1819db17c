import type { InvitationRecord } from '../model/invitation.ts'
import type { ClaimedDelivery, StoreParts } from '../ports/store.ts'

/**
 * Locks the questions of deliveries, all at once and so in one order: two who each lock many of them do not wait for each other.
 * @returns them as they are now, by their ids
 */
export async function lockQuestions(
  parts: StoreParts,
  claims: readonly ClaimedDelivery[],
): Promise<ReadonlyMap<string, InvitationRecord>> {
  const ids = new Set(claims.flatMap(({ invitationId }) => invitationId ?? []))
  const locked = await Promise.all([...ids].toSorted().map((id) => parts.invitations.lock(id)))
  return new Map(
    locked.flatMap((invitation) => (invitation === undefined ? [] : [[invitation.id, invitation]])),
  )
}

/**
 * Does something with each delivery of a transaction: those of one question after each other, the others beside each other, since
 * one after the other they would hold what is locked for many journeys to the database.
 *
 * @throws what the first that failed threw, when all have ended: nothing goes on in a transaction that is undone
 */
export async function forEachByQuestion(
  claims: readonly ClaimedDelivery[],
  work: (delivery: ClaimedDelivery) => Promise<void>,
): Promise<void> {
  const byQuestion = Map.groupBy(claims, ({ id, invitationId }) => invitationId ?? id)
  const ended = await Promise.allSettled(
    [...byQuestion.values()].map(async (deliveries) => {
      for (const delivery of deliveries) await work(delivery)
    }),
  )
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}
