import type { AnswerInput, AnswerSpec } from '../model/answer.ts'
import type { DomainEventType } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { ReceiptKind } from '../model/receipt.ts'
import type { ResponseReceipt, ResponseRecord, ResponseStatus } from '../model/response.ts'
import { countTowardsQuorum, holdQuorum, type HeldQuorum } from '../ledger/quorum.ts'
import { standDownAll } from '../ledger/stand-down.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { parseAnswer } from '../rules/answers/parse-answer.ts'
import { invitationEvent, invitationReceipt } from '../rules/record.ts'
import { closedReason, decideAnswer } from '../rules/record-answer.ts'
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
  /** True when it answers an earlier version of the question: a time that was changed since. */
  readonly isOutdated?: boolean
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
  const quorum = await holdQuorum(parts, incoming.invitationId)
  const invitation = await parts.invitations.lock(incoming.invitationId)
  const message = invitation === undefined ? undefined : await parts.messages.byId(invitation.messageId)
  if (invitation === undefined || message?.answer === undefined || message.answer === null) {
    throw new InviteMeError('INVITATION_UNKNOWN', `There is no invitation "${incoming.invitationId}".`, {
      field: 'id',
    })
  }
  const { trace, answer } = message
  return world.tracer.span(
    'record answer',
    {
      parent: trace,
      links: [],
      attributes: { 'invite_me.invitation_id': invitation.id, 'invite_me.via': incoming.via },
      ending: ({ status }) => ({ attributes: { 'invite_me.answer': status } }),
    },
    () => judge({ world, parts, invitation, incoming, quorum, now: new Date(world.clock.now()) }, answer),
  )
}

/** Decides what becomes of an answer, and writes it down. */
async function judge(recording: Recording, question: AnswerSpec): Promise<ResponseReceipt> {
  const { world, invitation, incoming, now } = recording
  const closed = closedReason(invitation, now) ?? (incoming.hasRunOut ? 'expired' : undefined)
  if (closed !== undefined) return refuseLate(recording, closed)
  if (incoming.isOutdated === true) return refuseLate(recording, 'superseded')

  const parsed = parseAnswer(question, incoming.input, invitation.locale ?? world.settings.locale)
  if (parsed.status !== 'understood') return keepForHuman(recording, parsed)

  const decision = decideAnswer(invitation, parsed, now)
  const { value } = parsed
  const told = { invitationId: invitation.id, value, changeableUntil: invitation.until }
  switch (decision.kind) {
    case 'late':
      return refuseLate(recording, decision.reason)
    case 'repeated':
      await keep(recording, { status: 'repeated', revision: null, value })
      return { status: 'repeated', ...told, revision: invitation.revision }
    case 'first':
    case 'revision':
      await count(recording, question, { ...parsed, ...decision })
      return { status: 'counted', ...told, revision: decision.revision }
  }
}

/** One answer to one invitation, on its way into the store. */
interface Recording {
  readonly world: World
  readonly parts: StoreParts
  readonly invitation: InvitationRecord
  readonly incoming: IncomingAnswer
  readonly quorum: HeldQuorum | undefined
  readonly now: Date
}

async function count(
  recording: Recording,
  spec: AnswerSpec,
  answer: {
    readonly kind: 'first' | 'revision'
    readonly stance: keyof typeof eventOf
    readonly value: unknown
    readonly revision: number
  },
): Promise<void> {
  const { world, parts, invitation, quorum, now } = recording
  const { via, isFromAnother } = recording.incoming
  const { value, revision, stance } = answer
  const isFirst = answer.kind === 'first'
  await parts.invitations.update({
    id: invitation.id,
    state: stance,
    revision,
    value,
    via,
    answeredAt: now,
    closedAt: now,
  })
  await keep(recording, { status: 'counted', revision, value })
  const remark = isFromAnother ? 'from another address than the one invited' : null
  await writeReceipt(recording, isFirst ? 'answered' : 'revised', remark)
  const data = { value, via, revision, provisional: isFromAnother }
  await parts.outbox.append([
    invitationEvent(isFirst ? eventOf[stance] : 'invitation.revised', invitation, now, data),
  ])
  await standDownAll(world, parts, {
    invitationId: invitation.id,
    messageId: invitation.messageId,
    reason: 'answered',
    via,
  })
  await countTowardsQuorum(world, parts, quorum, { spec, invitation, after: { state: stance, value } })
}

async function refuseLate(
  recording: Recording,
  reason: 'expired' | 'cancelled' | 'superseded' | 'closed',
): Promise<ResponseReceipt> {
  const { invitation, incoming } = recording
  await keep(recording, { status: 'late', revision: null, value: rawText(incoming.input) })
  await writeReceipt(recording, 'answer_late', reason)
  return { status: 'late', invitationId: invitation.id, reason }
}

async function keepForHuman(
  recording: Recording,
  { status, hint }: { readonly status: 'refused' | 'unclear'; readonly hint: string },
): Promise<ResponseReceipt> {
  const { parts, invitation, incoming, now } = recording
  await keep(recording, { status, revision: null, value: rawText(incoming.input) })
  await writeReceipt(recording, `answer_${status}`, null)
  await parts.outbox.append([invitationEvent(`response.${status}`, invitation, now, { via: incoming.via })])
  return { status, invitationId: invitation.id, hint }
}

async function keep(
  { world, parts, invitation, incoming, now }: Recording,
  response: { readonly status: ResponseStatus; readonly revision: number | null; readonly value: unknown },
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

async function writeReceipt(
  { world, parts, invitation, incoming, now }: Recording,
  kind: ReceiptKind,
  detail: string | null,
): Promise<void> {
  const about = { channel: incoming.via, detail }
  await parts.receipts.append([
    invitationReceipt(newId(world), kind, invitation, incoming.deliveryId, now, about),
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
