import type { DeliveryReason } from '../model/delivery.ts'
import { isAnswered, type InvitationState } from '../model/invitation.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { Receipt, ReceiptKind } from '../model/receipt.ts'
import { decisionInput } from '../ledger/decision-input.ts'
import { markAddress } from '../ledger/mark-address.ts'
import { moveAddress } from '../ledger/move-address.ts'
import { planEdits } from '../ledger/plan-edits.ts'
import { settle } from '../ledger/settle.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { decideAfterSend, type Progress } from '../rules/decide-next.ts'
import { deliveryEvent, deliveryReceipt } from '../rules/record.ts'
import { stoodDown } from '../rules/settlement.ts'
import { newId } from '../rules/uuid.ts'
import { calendarOf } from './calendar-of.ts'
import { keepInInbox } from './keep-in-inbox.ts'
import type { ReadySend } from './prepare-send.ts'

/**
 * Writes down how one attempt ended, together with what happens next, in one transaction: receipt, new state, route
 * state, events. A worker that comes too late leaves only its receipt. It may be tried again when nobody knows whether it was
 * written, with the same receipt.
 *
 * @param receiptId of the receipt that tells the outcome
 */
export async function settleAttempt(
  world: World,
  send: ReadySend,
  outcome: SendOutcome,
  { receiptId, patienceMs }: { readonly receiptId: string; readonly patienceMs: number },
): Promise<void> {
  const { delivery, message, attempt } = send
  const write = async (parts: StoreParts): Promise<void> => {
    const now = new Date(world.clock.now())
    const decision = decideAfterSend(decisionInput(world, delivery, message), outcome)
    const progress = await unlessOver(parts, send, decision.progress)
    const closed = {
      number: attempt.number,
      state:
        outcome.status === 'accepted' || outcome.status === 'unknown' ? outcome.status : ('failed' as const),
      providerMessageId: outcome.status === 'accepted' ? (outcome.providerMessageId ?? null) : null,
      ...otherIdsOf(attempt.channel, outcome),
    }
    const isOurs = await settle(world, parts, delivery, progress, { attempt: closed })
    // It had been written already, and only the word that it was got lost.
    if (!isOurs && (await parts.receipts.byId(receiptId)) !== undefined) return
    const receipts = [outcomeReceipt(receiptId, send, { outcome, isOurs, now })]
    if (isOurs && progress.state === 'failed') {
      receipts.push(deliveryReceipt(newId(world), 'exhausted', delivery, now, { detail: progress.reason }))
    }
    await parts.receipts.append(receipts)
    if (!isOurs) return
    await markAddress(world, parts, delivery, attempt.position, outcome)
    await parts.outbox.append(sentEvents(send, progress, outcome, now))
    if (outcome.status === 'accepted' && hasSequel(world, send, outcome))
      await afterAcceptance(world, parts, send, outcome)
  }
  await world.store.transaction(write, { patienceMs, alone: changesAddress(outcome) })
}

/** Whether an outcome says something about the address itself. */
function changesAddress(outcome: SendOutcome): boolean {
  return outcome.status === 'accepted'
    ? outcome.movedTo !== undefined
    : outcome.status === 'opted_out' || outcome.status === 'permanent_recipient'
}

type Accepted = Extract<SendOutcome, { status: 'accepted' }>

function otherIdsOf(channel: string, outcome: SendOutcome) {
  return outcome.status === 'accepted' && outcome.otherIds !== undefined
    ? { otherIds: { channel, ids: outcome.otherIds } }
    : {}
}

function hasSequel(world: World, { attempt }: ReadySend, { movedTo }: Accepted): boolean {
  const channel = world.channels.get(attempt.channel)
  return movedTo !== undefined || channel?.edit !== undefined || channel?.supports.inbox === true
}

/** What only some media bring with them: a new address, an inbox of ours, a question or an appointment that changed meanwhile. */
async function afterAcceptance(
  world: World,
  parts: StoreParts,
  send: ReadySend,
  { movedTo }: Accepted,
): Promise<void> {
  const { delivery, attempt } = send
  const channel = world.channels.get(attempt.channel)
  const address = delivery.plan[attempt.position]?.address ?? ''
  if (movedTo !== undefined && movedTo !== address)
    await moveAddress(world, parts, { channel: attempt.channel, address }, movedTo)
  if (channel?.supports.inbox === true) await keepInInbox(world, parts, delivery, attempt)
  if (channel?.edit !== undefined) await catchUp(world, parts, send)
}

/** What happened while the message was being sent could not be told by it, nor by an edit of what was not yet there. */
async function catchUp(
  world: World,
  parts: StoreParts,
  { delivery, message, outbound }: ReadySend,
): Promise<void> {
  const wish = { message, deliveries: [delivery] }
  const [invitation] =
    delivery.invitationId === null ? [] : await parts.invitations.byIds([delivery.invitationId])
  if (invitation !== undefined && invitation.state !== 'pending')
    return planEdits(world, parts, { ...wish, reason: 'closed' })
  // Held, so that one who moves the appointment just now either is seen here or finds the attempt that is written here.
  if (outbound.calendar !== undefined) await parts.messages.hold(message.id)
  const calendar = outbound.calendar && (await calendarOf(parts, delivery, message))
  if (calendar !== undefined && calendar.sequence > (outbound.calendar?.sequence ?? 0))
    await planEdits(world, parts, { ...wish, reason: 'updated' })
}

/**
 * An answer, a cancellation or an expiry that came while the message was being sent ends all further work. Locked, so that
 * one that comes just now either is seen here or sees what is written here.
 */
async function unlessOver(parts: StoreParts, { delivery }: ReadySend, progress: Progress): Promise<Progress> {
  if (delivery.invitationId === null) return progress
  const invitation = await parts.invitations.lock(delivery.invitationId)
  if (invitation === undefined || invitation.state === 'pending') return progress
  return stoodDown(
    { ...progress, state: progress.state === 'failed' ? delivery.state : progress.state },
    reasonOf(invitation.state),
  )
}

function reasonOf(state: InvitationState): DeliveryReason {
  if (isAnswered(state)) return 'answered'
  return state === 'expired' ? 'deadline' : 'cancelled'
}

function outcomeReceipt(
  id: string,
  { delivery, attempt }: ReadySend,
  { outcome, isOurs, now }: { readonly outcome: SendOutcome; readonly isOurs: boolean; readonly now: Date },
): Receipt {
  const kind: ReceiptKind =
    outcome.status === 'accepted' || outcome.status === 'unknown' ? outcome.status : 'failed'
  const failure =
    outcome.status === 'accepted'
      ? { scope: null, providerCode: null, detail: outcome.detail ?? null }
      : { scope: outcome.scope, providerCode: outcome.providerCode ?? null, detail: outcome.detail ?? null }
  return deliveryReceipt(id, kind, delivery, now, {
    attempt: attempt.number,
    channel: attempt.channel,
    routeId: delivery.plan[attempt.position]?.routeId ?? null,
    outcome: outcome.status,
    ...failure,
    ...(!isOurs && { detail: 'settled after another worker took over' }),
    providerMessageId: outcome.status === 'accepted' ? (outcome.providerMessageId ?? null) : null,
    duplicatePossible: delivery.doubtful || !isOurs,
  })
}

function sentEvents(send: ReadySend, progress: Progress, outcome: SendOutcome, now: Date) {
  if (outcome.status !== 'accepted') return []
  const data = { channel: send.attempt.channel, attempt: send.attempt.number }
  const arrived =
    outcome.delivered === true && progress.state === 'delivered'
      ? [deliveryEvent('delivery.delivered', send.delivery, now, data)]
      : []
  return [deliveryEvent('delivery.sent', send.delivery, now, data), ...arrived]
}
