import { planEdits } from '../ledger/plan-edits.ts'
import { calendarSchema, type CalendarEntry, type CalendarInput } from '../model/calendar.ts'
import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { InvitationState } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import { parseInput } from '../model/parse.ts'
import type { PageRequest, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'

/** Deliveries whose edits are planned in one transaction. */
const portion = 500

/**
 * Changes the calendar entry of a message: what is still to be sent carries the new one, and calendars that have the old one
 * are told. Who declined is left in peace. The same entry again tells only those who were not told, as after a crash amid it.
 *
 * @throws InviteMeError `REQUEST_INVALID` for a message without a calendar entry, or a bad one
 */
export async function rescheduleMessage(
  world: World,
  messageId: string,
  input: CalendarInput,
): Promise<void> {
  const entry = parseInput(calendarSchema, input, {
    code: 'REQUEST_INVALID',
    path: 'calendar',
    what: 'The calendar entry was refused',
  })
  const written = await world.store.transaction((parts) => write(world, parts, messageId, entry))
  if (written === undefined) return
  for (let after: string | undefined; ;) {
    const page: PageRequest = { limit: portion, ...(after !== undefined && { after }) }
    const deliveries = await world.store.deliveries.list({ messageId }, page)
    await world.store.transaction((parts) => planThem(world, parts, written, deliveries))
    after = deliveries.at(-1)?.id
    if (deliveries.length < portion || after === undefined) return
  }
}

interface Written {
  readonly message: Message
  /** When the entry was written before, by a call that may not have told everybody; `undefined` for a new one. */
  readonly before: Date | undefined
}

/** @returns `undefined` when the message has had this entry from its beginning */
async function write(
  world: World,
  parts: StoreParts,
  messageId: string,
  entry: CalendarEntry,
): Promise<Written | undefined> {
  const message = await parts.messages.lock(messageId)
  if (message?.content.calendar === undefined)
    throw new InviteMeError('REQUEST_INVALID', `There is no message "${messageId}" with a calendar entry.`, {
      field: 'messageId',
    })
  const known = (await parts.messages.rescheduled([messageId])).get(messageId)
  if (JSON.stringify(known?.entry ?? message.content.calendar) === JSON.stringify(entry))
    return known && { message, before: known.at }
  const now = new Date(world.clock.now())
  const sequence = (known?.sequence ?? 0) + 1
  await parts.messages.reschedule(messageId, { entry, sequence }, now)
  const about = { messageId, deliveryId: null, invitationId: null, recipientId: null }
  await parts.outbox.append([
    { type: 'invitation.rescheduled', at: now, ...about, data: { ...entry, sequence } },
  ])
  return { message, before: undefined }
}

async function planThem(
  world: World,
  parts: StoreParts,
  { message, before }: Written,
  deliveries: readonly Delivery[],
): Promise<void> {
  const invitations = await parts.invitations.byIds(
    deliveries.flatMap(({ invitationId }) => invitationId ?? []),
  )
  const gone = new Set(invitations.filter(({ state }) => isGone(state)).map(({ id }) => id))
  const concerned: Delivery[] = []
  for (const delivery of deliveries) {
    if (delivery.invitationId !== null && gone.has(delivery.invitationId)) continue
    if (before === undefined || !(await wasTold(parts, delivery, before))) concerned.push(delivery)
  }
  await planEdits(world, parts, { message, deliveries: concerned, reason: 'updated' })
}

function isGone(state: InvitationState): boolean {
  return state !== 'pending' && state !== 'accepted' && state !== 'answered'
}

/** By an edit, or because it left only afterwards. */
async function wasTold(parts: StoreParts, { id: deliveryId }: Delivery, since: Date): Promise<boolean> {
  const attempts = await parts.deliveries.attempts(deliveryId)
  if (attempts.some(({ startedAt, state }) => state === 'accepted' && startedAt >= since)) return true
  const receipts = await parts.receipts.list({ deliveryId }, { limit: 1_000 })
  return receipts.some(({ at, kind }) => kind === 'edited' && at >= since)
}
