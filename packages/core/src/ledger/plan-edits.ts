import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Message } from '../model/message.ts'
import type { PlannedEdit } from '../model/planned-edit.ts'
import type { Channel } from '../ports/channel.ts'
import type { StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** Which of an invitation's messages are to be brought up to date, and why. */
export interface EditWish {
  readonly message: Message
  readonly deliveries: readonly Delivery[]
  readonly reason: PlannedEdit['reason']
  /** Channel by which the change came: a calendar that said yes need not be told so. */
  readonly via?: string
  /** True when its person had declined: nothing is left in their calendar to be told of. */
  readonly hadDeclined?: boolean
}

/**
 * Plans that what was sent is brought up to date where its medium can: an answered question loses its buttons, a calendar
 * entry moves. Deliveries none of whose channels can are not looked at further.
 */
export async function planEdits(world: World, parts: StoreParts, wish: EditWish): Promise<void> {
  const dueAt = new Date(world.clock.now())
  const edits: PlannedEdit[] = []
  for (const delivery of wish.deliveries) {
    if (delivery.messageId !== wish.message.id || !mayBeEdited(world, wish, delivery)) continue
    const attempts = await parts.deliveries.attempts(delivery.id)
    for (const edit of withoutRepeats(
      world,
      attempts.flatMap((attempt) => editOf(world, wish, attempt) ?? []),
    ))
      edits.push({ ...edit, version: newId(world), dueAt, tries: 0 })
  }
  if (edits.length > 0) await parts.edits.plan(edits)
}

function mayBeEdited(world: World, wish: EditWish, { plan }: Delivery): boolean {
  return plan.some(({ channel }) => canEdit(world.channels.get(channel), wish))
}

type WantedEdit = Omit<PlannedEdit, 'version' | 'dueAt' | 'tries'>

/** A reminder stands beside the first message and is changed too; a calendar has one entry, which is told once a route. */
function withoutRepeats(world: World, edits: readonly WantedEdit[]): readonly WantedEdit[] {
  const isLast = ({ attempt, position }: WantedEdit) =>
    !edits.some((other) => other.position === position && other.attempt > attempt)
  const tellsByMessage = ({ channel }: WantedEdit) =>
    world.channels.get(channel)?.supports.edits?.includes('question') !== true
  return edits.filter((edit) => isLast(edit) || !tellsByMessage(edit))
}

/** The edit one attempt needs; `undefined` when it did not leave, or its medium cannot. */
function editOf(
  world: World,
  wish: EditWish,
  { channel, deliveryId, number, position, providerMessageId, state }: Attempt,
): WantedEdit | undefined {
  if (state !== 'accepted' || providerMessageId === null) return undefined
  if (!canEdit(world.channels.get(channel), wish)) return undefined
  return { deliveryId, attempt: number, channel, providerMessageId, position, reason: wish.reason }
}

function canEdit(channel: Channel | undefined, { hadDeclined, message, reason, via }: EditWish): boolean {
  if (channel?.edit === undefined) return false
  const { edits = [] } = channel.supports
  const hasEntry = message.content.calendar !== undefined && edits.includes('calendar')
  if (hasEntry && via !== channel.name && hadDeclined !== true) return true
  return reason === 'closed' && message.answer !== null && edits.includes('question')
}
