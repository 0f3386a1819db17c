import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { PlannedEdit } from '../model/planned-edit.ts'
import type { Receipt } from '../model/receipt.ts'
import type { Channel, EditReason, MessageEdit } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { contentOf, wordsOf } from '../ledger/content-of.ts'
import { editNotice } from '../rules/feedback.ts'
import { deliveryReceipt } from '../rules/record.ts'
import { backoffMs } from '../rules/retry.ts'
import { newId } from '../rules/uuid.ts'
import type { Reservations } from './address-buckets.ts'
import { calendarOf } from './calendar-of.ts'
import type { Gate } from './gate.ts'
import { mayBeTold } from './may-be-told.ts'
import { renderMessage } from './render.ts'
import { defaultTimeoutMs } from './send-attempt.ts'

/** An edit that was taken and is ready to be handed to its channel. */
export interface ReadyEdit {
  readonly planned: PlannedEdit
  readonly delivery: Delivery
  readonly message: Message
  readonly edit: MessageEdit
}

/** The channels' edits leave with what individuals wait for. */
export const editLane = 2

/** What a look for edits brought. */
export interface TakenEdits {
  readonly edits: readonly ReadyEdit[]
  /** Edits taken, whether or not something is left to change. */
  readonly count: number
  /** What to book with the channel's inner limits, now that it is written down. */
  readonly reserved: Reservations
}

/**
 * Takes due edits of a channel. What was meant when they were planned does not matter: each tells how things stand now.
 */
export async function takeEdits(world: World, gate: Gate, limit: number): Promise<TakenEdits> {
  const { channel } = gate
  if (channel.edit === undefined || limit <= 0) return { edits: [], count: 0, reserved: new Map() }
  const now = new Date(world.clock.now())
  const longestMs = (channel.limits?.timeoutMs ?? defaultTimeoutMs) + world.settings.leaseMs
  const leaseUntil = new Date(now.getTime() + longestMs)
  const request = { channel: channel.name, now, limit, leaseUntil }
  return world.store.transaction(async (parts) => {
    const edits: ReadyEdit[] = []
    const reserved: Reservations = new Map()
    const claims = await parts.edits.claimDue(request)
    for (const planned of claims) {
      const ready = await prepareEdit(world, parts, channel, planned)
      if (ready === undefined) await parts.edits.settle(planned, null)
      else if (planned.tries >= mostTries(world)) await giveUp(world, parts, ready)
      else {
        const { address } = ready.edit.message.to
        const waitMs = gate.reserve({ address, lane: editLane, hasWaited: true }, reserved)
        // Waiting costs no try.
        const untried = { ...planned, tries: planned.tries - 1 }
        if (waitMs > 0) await parts.edits.settle(untried, new Date(now.getTime() + waitMs))
        else edits.push(ready)
      }
    }
    return { edits, count: claims.length, reserved }
  })
}

/** Tries of one edit, those included whose worker died: an edit that takes its worker down must not come back for ever. */
function mostTries({ settings: { policies } }: World): number {
  return policies.retry.tries + policies.crashes
}

async function giveUp(world: World, parts: StoreParts, { planned, delivery }: ReadyEdit): Promise<void> {
  await parts.edits.settle(planned, null)
  const detail = 'it was tried too often, or its workers died'
  await parts.receipts.append([editReceipt(world, planned, delivery, 'edit_failed', { detail })])
}

async function prepareEdit(
  world: World,
  parts: StoreParts,
  channel: Channel,
  planned: PlannedEdit,
): Promise<ReadyEdit | undefined> {
  const [found] = await parts.deliveries.byIds([planned.deliveryId])
  const message = found === undefined ? undefined : await parts.messages.byId(found.messageId)
  if (found === undefined || message === undefined) return undefined
  const invitation =
    found.invitationId === null ? undefined : await parts.invitations.byId(found.invitationId)
  const reason = reasonOf(planned, invitation)
  const attempts = await parts.deliveries.attempts(found.id)
  const delivery = asSent(found, planned, attempts)
  if (reason === undefined || !(await mayBeTold(parts, { channel, delivery, message, invitation, reason })))
    return undefined
  const reply = attempts.find(({ number }) => number === planned.attempt)?.replyToken ?? undefined
  const current = await calendarOf(parts, delivery, message)
  const isOff = reason.kind === 'cancelled' || reason.kind === 'expired'
  const calendar = current === undefined || !isOff ? current : { ...current, sequence: current.sequence + 1 }
  const tokens = reply === undefined ? {} : { reply }
  const zone = await zoneOf(parts, delivery)
  const words = await wordsOf(parts, [{ deliveryId: delivery.id, message }])
  const content = contentOf(words, message, delivery.id, channel.name)
  const outbound = renderMessage(world, delivery, message, { content, tokens, calendar, zone })
  const over =
    outbound.answer === undefined ? outbound : { ...outbound, answer: { ...outbound.answer, actions: [] } }
  const locale = delivery.locale ?? world.settings.locale
  const notice = editNotice(reason, { spec: message.answer, locale })
  return {
    planned,
    delivery,
    message,
    edit: { providerMessageId: planned.providerMessageId, message: over, reason, notice },
  }
}

/** The delivery as it was when the attempt left: on that route, and a reminder only when one before it had arrived there. */
function asSent(
  delivery: Delivery,
  { attempt, position }: PlannedEdit,
  attempts: readonly Attempt[],
): Delivery {
  const earlier = attempts.find(
    (other) => other.number < attempt && other.position === position && other.state === 'accepted',
  )
  return { ...delivery, position, acceptedAt: earlier?.settledAt ?? null }
}

async function zoneOf(parts: StoreParts, { recipientId }: Delivery): Promise<string | undefined> {
  if (recipientId === null) return undefined
  const [recipient] = await parts.recipients.byIds([recipientId])
  return recipient?.zone
}

/** What is to be told; `undefined` when there is nothing: the question is open after all, or its person declined. */
function reasonOf({ reason }: PlannedEdit, invitation: InvitationRecord | undefined): EditReason | undefined {
  const isChange = reason === 'updated'
  switch (invitation?.state) {
    case undefined:
    case 'pending':
    case 'unreachable':
      return isChange ? { kind: 'updated' } : undefined
    case 'accepted':
    case 'answered':
    case 'declined': {
      const isDeclined = invitation.state === 'declined'
      if (isChange) return isDeclined ? undefined : { kind: 'updated' }
      return { kind: 'answered', value: invitation.value, isDeclined, via: invitation.via ?? 'api' }
    }
    case 'expired':
      return { kind: 'expired' }
    case 'cancelled':
    case 'superseded':
      return { kind: 'cancelled' }
  }
}

/** The same for every try of one edit. */
export function editKey({ deliveryId, attempt, version }: PlannedEdit): string {
  return `${deliveryId}.${String(attempt)}.edit-${version}`
}

/** Writes down how an edit ended: done, to be tried again, or given up, which leaves a receipt for the operator. */
export async function settleEdit(
  world: World,
  { planned, delivery }: ReadyEdit,
  outcome: SendOutcome,
): Promise<void> {
  const retryAtMs = retryAt(world, planned, outcome)
  await world.store.transaction(async (parts) => {
    const isNewest = await parts.edits.settle(planned, retryAtMs === null ? null : new Date(retryAtMs))
    if (!isNewest || retryAtMs !== null) return
    const isDone = outcome.status === 'accepted'
    const told = {
      outcome: outcome.status,
      ...(outcome.status !== 'accepted' && {
        scope: outcome.scope,
        providerCode: outcome.providerCode ?? null,
      }),
      detail: outcome.detail ?? null,
    }
    await parts.receipts.append([
      editReceipt(world, planned, delivery, isDone ? 'edited' : 'edit_failed', told),
    ])
  })
}

function editReceipt(
  world: World,
  { attempt, channel, position }: PlannedEdit,
  delivery: Delivery,
  kind: 'edited' | 'edit_failed',
  told: Pick<Parameters<typeof deliveryReceipt>[4], 'outcome' | 'scope' | 'providerCode' | 'detail'>,
): Receipt {
  const now = new Date(world.clock.now())
  const routeId = delivery.plan[position]?.routeId ?? null
  return deliveryReceipt(newId(world), kind, delivery, now, { attempt, channel, routeId, ...told })
}

/** An edit is idempotent, so what may have happened is simply tried again; wrong credentials may be put right meanwhile. */
function retryAt(world: World, { tries }: PlannedEdit, outcome: SendOutcome): number | null {
  const { circuit, retry } = world.settings.policies
  if (tries + 1 >= mostTries(world)) return null
  const atLeastMs = leastPauseMs(outcome, circuit.pauseMs)
  return atLeastMs === undefined
    ? null
    : world.clock.now() + backoffMs(retry, tries + 1, world.random.fraction(), atLeastMs)
}

/** `undefined` when it is not tried again. */
function leastPauseMs(outcome: SendOutcome, configMs: number): number | undefined {
  switch (outcome.status) {
    case 'rate_limited':
    case 'retryable':
      return outcome.retryAfterMs ?? 0
    case 'unknown':
      return 0
    case 'permanent_config':
      return configMs
    case 'accepted':
    case 'opted_out':
    case 'permanent_content':
    case 'permanent_recipient':
      return undefined
  }
}
