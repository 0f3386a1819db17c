import type { AnswerInput } from '../model/answer.ts'
import type { DomainEventType } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { ReceiptKind } from '../model/receipt.ts'
import type { ResponseReceipt, ResponseRecord, ResponseStatus } from '../model/response.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { parseAnswer } from '../rules/answers/parse-answer.ts'
import { invitationEvent, invitationReceipt } from '../rules/record.ts'
import { closedReason, decideAnswer } from '../rules/record-answer.ts'
import { standDown } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'

/** An answer on its way in. */
export interface IncomingAnswer {
  readonly invitationId: string
  /** The delivery it came by; `null` when it came from the host app or an operator. */
  readonly deliveryId: string | null
  readonly input: AnswerInput
  /** Channel name, `portal` or `api`. */
  readonly via: string
  /** True when it came from another address than the one invited. */
  readonly isFromAnother: boolean
  /** True when it came by a link or reply address that has run out. */
  readonly hasRunOut: boolean
}

/** Longest raw answer that is kept when it could not be understood. */
const keptCharacters = 2_000

const eventOf = {
  accepted: 'invitation.accepted',
  declined: 'invitation.declined',
  answered: 'invitation.answered',
} as const satisfies Record<string, DomainEventType>

/**
 * Records an answer within the caller's transaction: understands it, decides whether it counts, closes the other routes.
 * Nothing that came in is dropped: what is wrong, unclear or late is kept with that status.
 *
 * @throws InviteMeError `INVITATION_UNKNOWN`
 */
export async function recordResponse(
  world: World,
  parts: StoreParts,
  incoming: IncomingAnswer,
): Promise<ResponseReceipt> {
  const invitation = await parts.invitations.lock(incoming.invitationId)
  const message = invitation === undefined ? undefined : await parts.messages.byId(invitation.messageId)
  if (invitation === undefined || message?.answer === undefined || message.answer === null) {
    throw new InviteMeError('INVITATION_UNKNOWN', `There is no invitation "${incoming.invitationId}".`, {
      field: 'id',
    })
  }
  const now = new Date(world.clock.now())
  const closed = closedReason(invitation, now) ?? (incoming.hasRunOut ? 'expired' : undefined)
  if (closed !== undefined) return refuseLate(world, parts, invitation, incoming, closed, now)

  const parsed = parseAnswer(message.answer, incoming.input, invitation.locale ?? world.settings.locale)
  if (parsed.status !== 'understood') return keepForHuman(world, parts, invitation, incoming, parsed, now)

  const decision = decideAnswer(invitation, parsed, now)
  switch (decision.kind) {
    case 'late':
      return refuseLate(world, parts, invitation, incoming, decision.reason, now)
    case 'repeated':
      await keep(
        world,
        parts,
        invitation,
        incoming,
        { status: 'repeated', revision: null, value: parsed.value },
        now,
      )
      return {
        status: 'repeated',
        invitationId: invitation.id,
        value: parsed.value,
        revision: invitation.revision,
        changeableUntil: invitation.until,
      }
    case 'first':
    case 'revision':
      return count(world, parts, { invitation, message, incoming, now }, { ...parsed, ...decision })
  }
}

interface Counting {
  readonly invitation: InvitationRecord
  readonly message: Message
  readonly incoming: IncomingAnswer
  readonly now: Date
}

async function count(
  world: World,
  parts: StoreParts,
  { invitation, incoming, now }: Counting,
  answer: {
    readonly kind: 'first' | 'revision'
    readonly stance: keyof typeof eventOf
    readonly value: unknown
    readonly revision: number
  },
): Promise<ResponseReceipt> {
  const { value, revision, stance } = answer
  await parts.invitations.update({
    id: invitation.id,
    state: stance,
    revision,
    value,
    via: incoming.via,
    answeredAt: now,
    closedAt: now,
  })
  await keep(world, parts, invitation, incoming, { status: 'counted', revision, value }, now)
  const kind: ReceiptKind = answer.kind === 'first' ? 'answered' : 'revised'
  await receiptOf(
    world,
    parts,
    invitation,
    incoming,
    kind,
    incoming.isFromAnother ? 'from another address than the one invited' : null,
    now,
  )
  const data = { value, via: incoming.via, revision, provisional: incoming.isFromAnother }
  await parts.outbox.append([
    invitationEvent(answer.kind === 'first' ? eventOf[stance] : 'invitation.revised', invitation, now, data),
  ])
  if (answer.kind === 'first') {
    const deliveries = await parts.deliveries.list({ invitationId: invitation.id }, { limit: 100 })
    const open = deliveries.filter(({ dueAt }) => dueAt !== null)
    if (open.length > 0)
      await parts.deliveries.rewrite(open.map((delivery) => standDown(delivery, 'answered', now)))
  }
  return {
    status: 'counted',
    invitationId: invitation.id,
    value,
    revision,
    changeableUntil: invitation.until,
  }
}

async function refuseLate(
  world: World,
  parts: StoreParts,
  invitation: InvitationRecord,
  incoming: IncomingAnswer,
  reason: 'expired' | 'cancelled' | 'superseded' | 'closed',
  now: Date,
): Promise<ResponseReceipt> {
  await keep(
    world,
    parts,
    invitation,
    incoming,
    { status: 'late', revision: null, value: rawText(incoming.input) },
    now,
  )
  await receiptOf(world, parts, invitation, incoming, 'answer_late', reason, now)
  return { status: 'late', invitationId: invitation.id, reason }
}

async function keepForHuman(
  world: World,
  parts: StoreParts,
  invitation: InvitationRecord,
  incoming: IncomingAnswer,
  { status, hint }: { readonly status: 'refused' | 'unclear'; readonly hint: string },
  now: Date,
): Promise<ResponseReceipt> {
  await keep(
    world,
    parts,
    invitation,
    incoming,
    { status, revision: null, value: rawText(incoming.input) },
    now,
  )
  await receiptOf(
    world,
    parts,
    invitation,
    incoming,
    status === 'refused' ? 'answer_refused' : 'answer_unclear',
    null,
    now,
  )
  await parts.outbox.append([
    invitationEvent(status === 'refused' ? 'response.refused' : 'response.unclear', invitation, now, {
      via: incoming.via,
    }),
  ])
  return { status, invitationId: invitation.id, hint }
}

async function keep(
  world: World,
  parts: StoreParts,
  invitation: InvitationRecord,
  incoming: IncomingAnswer,
  response: { readonly status: ResponseStatus; readonly revision: number | null; readonly value: unknown },
  now: Date,
): Promise<void> {
  const record: ResponseRecord = {
    id: newId(world),
    invitationId: invitation.id,
    deliveryId: incoming.deliveryId,
    ...response,
    via: incoming.via,
    provisional: incoming.isFromAnother,
    at: now,
  }
  await parts.invitations.appendResponse(record)
}

async function receiptOf(
  world: World,
  parts: StoreParts,
  invitation: InvitationRecord,
  incoming: IncomingAnswer,
  kind: ReceiptKind,
  detail: string | null,
  now: Date,
): Promise<void> {
  await parts.receipts.append([
    invitationReceipt(newId(world), kind, invitation, incoming.deliveryId, now, {
      channel: incoming.via,
      detail,
    }),
  ])
}

/** What was received, as text. A value that JSON has no words for leaves none. */
function rawText(input: AnswerInput): string {
  if (input.kind === 'text') return input.text.slice(0, keptCharacters)
  try {
    const text = JSON.stringify(input.kind === 'fields' ? input.fields : input.value) as string | undefined
    return (text ?? '').slice(0, keptCharacters)
  } catch {
    return ''
  }
}
