import type { AnswerSpec } from '../model/answer.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { QuorumStanding } from '../model/quorum.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { countsTowards, type Standing } from '../rules/quorum.ts'
import { callOffPending } from './call-off-pending.ts'

/** A quorum that is held by one transaction. */
export interface HeldQuorum extends QuorumStanding {
  readonly messageId: string
}

/**
 * Holds the quorum of an invitation's message before anything of the invitation is locked: whoever reaches it locks all others, so
 * that two in the other order would wait for each other. Use only within a transaction.
 *
 * @returns `undefined` when the question has none
 */
export async function holdQuorum(parts: StoreParts, invitationId: string): Promise<HeldQuorum | undefined> {
  const quorum = await parts.tallies.quorumFor(invitationId)
  if (quorum !== undefined) await parts.messages.lock(quorum.messageId)
  return quorum
}

/** What became of one answer. */
export interface AnswerChange {
  readonly spec: AnswerSpec
  readonly invitation: InvitationRecord
  /** The invitation as it is now. */
  readonly after: Standing
}

/**
 * Counts a change of an answer towards the quorum. Whoever reaches it announces it and, when it was asked so, calls the question off
 * for all who have not answered. It is reached once, whatever is changed afterwards.
 */
export async function countTowardsQuorum(
  world: World,
  parts: StoreParts,
  quorum: HeldQuorum | undefined,
  { spec, invitation, after }: AnswerChange,
): Promise<void> {
  if (quorum === undefined) return
  const { messageId, of, count, onReached } = quorum
  const before = countsTowards(spec, of, invitation)
  const counts = countsTowards(spec, of, after)
  if (before === counts) return
  const now = new Date(world.clock.now())
  if (!(await parts.tallies.addToQuorum(messageId, counts ? 1 : -1, now))) return
  await parts.outbox.append([
    {
      type: 'question.quorum_reached',
      at: now,
      messageId,
      deliveryId: null,
      invitationId: invitation.id,
      recipientId: invitation.recipientId,
      data: { count, of, onReached },
    },
  ])
  if (onReached === 'close') await callOffPending(world, parts, messageId)
}
