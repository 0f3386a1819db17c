import { categoryOf } from '../model/category.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DeliveryContents } from '../model/delivery-contents.ts'
import type { NewDomainEvent } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Content, Message } from '../model/message.ts'
import type { Plan } from '../model/plan.ts'
import type { Receipt } from '../model/receipt.ts'
import type { StoreParts } from '../ports/store.ts'
import type { SpanEnding } from '../ports/tracer.ts'
import type { World } from '../ports/world.ts'
import { announceDue } from '../ledger/announce-due.ts'
import { holdFor, holdReceipt, mayWait, type Hold } from '../ledger/hold.ts'
import { newDelivery } from '../ledger/new-delivery.ts'
import { newId } from '../rules/uuid.ts'
import { nextUsable, planDelivery } from '../rules/plan-delivery.ts'
import { deliveryEvent, deliveryReceipt, invitationEvent, messageEvent } from '../rules/record.ts'
import { findRecipients, type Addressee } from './find-recipients.ts'
import { prepareTemplate, type Filled, type PreparedTemplate } from './prepare-template.ts'
import { readRequest, refuseUntimely, type MessageDraft, type RawRequest } from './read-request.ts'

/** What an accepted request became. */
export interface Acceptance {
  readonly messageId: string
  /** The message as it was written; `null` when it was accepted before. */
  readonly message: Message | null
  /** In the order of the recipients; empty for a notice. */
  readonly invitations: readonly InvitationRecord[]
  readonly deliveryIds: readonly string[]
}

/**
 * Accepts a message for all its recipients: validates, plans each way, writes everything in one transaction, and wakes
 * the dispatcher. When this returns, the message is durable.
 *
 * @returns the earlier acceptance when the same key and request were accepted before
 * @throws InviteMeError `KEY_REUSED` for the same key with another request, and what validation and planning throw
 */
export function acceptMessage(world: World, raw: RawRequest): Promise<Acceptance> {
  const { tracer } = world
  if (!tracer.isOn()) return accept(world, raw)
  return tracer.span('accept', { parent: null, ending: described }, () => accept(world, raw))
}

function described({ messageId, deliveryIds }: Acceptance): SpanEnding {
  return { attributes: { 'invite_me.message_id': messageId, 'invite_me.deliveries': deliveryIds.length } }
}

async function accept(world: World, raw: RawRequest): Promise<Acceptance> {
  const draft = await readRequest(world, raw)
  const words = await wordsFor(world, draft)
  const accepted = await world.store.transaction((parts) => acceptWithin(world, parts, draft, words))
  await announceDue(world, accepted.hints)
  return accepted.acceptance
}

/** Made ready before the transaction, which waits for nobody. What was accepted before under its key is not made ready again. */
async function wordsFor(
  world: World,
  { templated, key, to }: MessageDraft,
): Promise<PreparedTemplate | undefined> {
  if (templated === null) return undefined
  if (key !== null && (await world.store.messages.byKeys([key])).length > 0) return undefined
  return prepareTemplate(
    world,
    templated,
    to.filter((entry) => typeof entry === 'string'),
  )
}

/** The message's own content: for a template the words before they are filled in. */
function contentOfDraft({ content }: MessageDraft, words: PreparedTemplate | undefined): Content {
  const own = content ?? words?.content
  if (own === undefined) throw new InviteMeError('INTERNAL', 'A message has neither words nor a template.')
  return own
}

/**
 * Accepts a message within a transaction of the caller's, together with what else becomes true by it. After the commit the caller
 * wakes the dispatcher with {@link announceAccepted}.
 *
 * @param words what its template says, made ready before; `undefined` for one that brings its own content
 * @throws InviteMeError as {@link acceptMessage}
 */
export async function acceptWithin(
  world: World,
  parts: StoreParts,
  draft: MessageDraft,
  words?: PreparedTemplate,
): Promise<Written> {
  return (await earlier(parts, draft)) ?? (await write(world, parts, draft, words))
}

/** Wakes the dispatcher for what {@link acceptWithin} wrote. */
export async function announceAccepted(world: World, { hints }: Written): Promise<void> {
  await announceDue(world, hints)
}

/** What was accepted, and where something is due by it. */
export interface Written {
  readonly acceptance: Acceptance
  readonly hints: readonly {
    readonly lane: Message['lane']
    readonly channel: string
    readonly dueAt: number
  }[]
}

async function earlier(parts: StoreParts, draft: MessageDraft): Promise<Written | undefined> {
  if (draft.key === null) return undefined
  const [known] = await parts.messages.byKeys([draft.key])
  if (known === undefined) return undefined
  if (known.request !== draft.request) {
    throw new InviteMeError(
      'KEY_REUSED',
      `The key "${draft.key}" was used before for another request. Use a new key, or repeat the first request unchanged.`,
      { field: 'options.key' },
    )
  }
  const everything = { limit: 100_000 }
  const [invitations, deliveries] = [
    await parts.invitations.byMessage(known.messageId, everything),
    await parts.deliveries.list({ messageId: known.messageId }, everything),
  ]
  const { messageId } = known
  return {
    acceptance: { messageId, message: null, invitations, deliveryIds: deliveries.map(({ id }) => id) },
    hints: [],
  }
}

async function write(
  world: World,
  parts: StoreParts,
  draft: MessageDraft,
  words: PreparedTemplate | undefined,
): Promise<Written> {
  refuseUntimely(world, draft)
  const now = new Date(world.clock.now())
  const message: Message = {
    id: newId(world),
    content: contentOfDraft(draft, words),
    category: draft.category,
    lane: draft.lane,
    routing: draft.routing,
    answer: draft.answer,
    originator: draft.originator,
    onUnknown: draft.onUnknown,
    urgency: draft.urgency,
    deliverBy: draft.deliverBy,
    remindersMs: draft.remindersMs,
    until: draft.until,
    key: draft.key,
    trace: draft.trace,
    createdAt: now,
  }
  const addressees = await findRecipients(world, parts, {
    to: draft.to,
    category: categoryOf(world.settings.categories, draft.category),
  })
  const holds = mayWait(message)
    ? await Promise.all(addressees.map((addressee) => holdFor(world, message, addressee)))
    : []
  const accepted = addressees.map((addressee, index) =>
    acceptFor(world, draft, message, {
      ...addressee,
      hold: holds[index] ?? null,
      words,
      isAlone: addressees.length === 1,
    }),
  )
  const invitations = accepted.flatMap(({ invitation }) => invitation ?? [])
  const deliveries = accepted.flatMap((one) => one.deliveries)
  await parts.messages.insert([{ message, request: draft.request, invitations, deliveries }])
  if (draft.quorum !== null) await parts.tallies.openQuorum(message.id, draft.quorum)
  const contents = accepted.flatMap((one) => one.contents)
  if (contents.length > 0) await parts.templates.keepContents(contents)
  const receipts = accepted.flatMap((one) => one.receipts)
  if (receipts.length > 0) await parts.receipts.append(receipts)
  await parts.outbox.append([
    messageEvent(message, addressees.length),
    ...accepted.flatMap((one) => one.events),
  ])

  const channels = new Set(
    deliveries.flatMap(({ dueAt, plan, position }) =>
      dueAt === null ? [] : (plan[position]?.channel ?? []),
    ),
  )
  return {
    acceptance: { messageId: message.id, message, invitations, deliveryIds: deliveries.map(({ id }) => id) },
    hints: [...channels].map((channel) => ({ lane: message.lane, channel, dueAt: now.getTime() })),
  }
}

interface AcceptedOne {
  readonly invitation: InvitationRecord | null
  readonly deliveries: readonly Delivery[]
  readonly contents: readonly DeliveryContents[]
  readonly receipts: readonly Receipt[]
  readonly events: readonly NewDomainEvent[]
}

function acceptFor(
  world: World,
  draft: MessageDraft,
  message: Message,
  addressee: Addressee & {
    readonly hold: Hold | null
    readonly words: PreparedTemplate | undefined
    /** Nobody else gets it: what is wrong is told to the caller. */
    readonly isAlone: boolean
  },
): AcceptedOne {
  const { hold } = addressee
  const plans = splitByRouting(planFor(world, draft, addressee), draft.routing)
  const hasRoute = plans.some((plan) => nextUsable(plan, 0) !== -1)
  const filled = hasRoute ? fillIn(addressee, plans) : undefined
  const refused = filled?.status === 'refused' ? filled.problem : undefined
  const isReachable = hasRoute && refused === undefined
  const invitation = message.answer === null ? null : newInvitation(world, message, addressee, isReachable)
  const made = plans.map((plan) =>
    newDelivery(world, message, invitation?.id ?? null, addressee, plan, hold?.until ?? null),
  )
  const deliveries = refused === undefined ? made : made.map(neverRendered)
  const receipts = deliveries.flatMap((delivery) => [
    ...skipReceipts(world, delivery, message.createdAt),
    ...(refused === undefined
      ? []
      : [deliveryReceipt(newId(world), 'not_rendered', delivery, message.createdAt, { detail: refused })]),
    ...(hold !== null && delivery.state === 'held'
      ? [holdReceipt(world, delivery, hold, message.createdAt)]
      : []),
  ])
  const failed = deliveries
    .filter(({ state }) => state === 'failed')
    .map((delivery) =>
      deliveryEvent('delivery.failed', delivery, message.createdAt, { reason: delivery.reason }),
    )
  const lost =
    invitation !== null && !isReachable
      ? [invitationEvent('invitation.unreachable', invitation, message.createdAt, {})]
      : []
  const contents =
    filled?.status === 'filled'
      ? deliveries.map(({ id: deliveryId }) => ({ deliveryId, contents: filled.contents }))
      : []
  return { invitation, deliveries, contents, receipts, events: [...failed, ...lost] }
}

/** @throws InviteMeError when the only person it goes to cannot be told anything */
function fillIn(
  {
    words,
    isAlone,
    ...addressee
  }: Addressee & {
    readonly words: PreparedTemplate | undefined
    readonly isAlone: boolean
  },
  plans: readonly Plan[],
): Filled | undefined {
  const used = plans.flatMap((plan) => plan.filter((route) => route.use).map(({ channel }) => channel))
  const filled = words?.fill(addressee, used)
  if (filled?.status !== 'refused' || !isAlone) return filled
  const { variable, problem } = filled
  throw variable === null
    ? new InviteMeError('TEMPLATE_INVALID', `The template cannot be filled in for this person: ${problem}.`, {
        field: 'content.template',
      })
    : new InviteMeError('TEMPLATE_VARIABLE_MISSING', `Nothing was sent: ${problem}.`, {
        field: `content.variables.${variable}`,
      })
}

/** A delivery to somebody the template has no words for. */
function neverRendered(delivery: Delivery): Delivery {
  return { ...delivery, state: 'failed', reason: 'not_rendered', position: -1, dueAt: null }
}

function planFor(world: World, draft: MessageDraft, addressee: Addressee): Plan {
  const { categories, policies, order, portalUrl } = world.settings
  return planDelivery({
    routes: addressee.routes,
    preferences: addressee.preferences,
    via: draft.via,
    next: draft.next,
    answer: draft.answer?.type ?? null,
    capability: draft.capability,
    hasPortal: portalUrl !== null,
    category: categoryOf(categories, draft.category),
    requireVerified: policies.addressCheck === 'verifiedOnly' && draft.category !== 'verification',
    channels: new Map([...world.channels].map(([name, { supports }]) => [name, supports])),
    workspaceOrder: order,
  })
}

/** Routing `all`: a delivery for each usable route. What was skipped is told by the first. */
function splitByRouting(plan: Plan, routing: 'fallback' | 'all'): readonly Plan[] {
  const usable = plan.filter((route) => route.use)
  if (routing === 'fallback' || usable.length <= 1) return [plan]
  const skipped = plan.filter((route) => !route.use)
  return usable.map((route, index) => (index === 0 ? [route, ...skipped] : [route]))
}

function newInvitation(
  world: World,
  message: Message,
  addressee: Addressee,
  isReachable: boolean,
): InvitationRecord {
  return {
    id: newId(world),
    messageId: message.id,
    recipientId: addressee.recipientId,
    to: addressee.to,
    name: addressee.name,
    locale: addressee.locale,
    state: isReachable ? 'pending' : 'unreachable',
    revision: 0,
    value: null,
    via: null,
    answeredAt: null,
    until: message.until,
    createdAt: message.createdAt,
    closedAt: isReachable ? null : message.createdAt,
  }
}

/** A missing adapter leaves a receipt (it is a fault of the set-up), and so does a person no route leads to. */
function skipReceipts(world: World, delivery: Delivery, now: Date): readonly Receipt[] {
  const missing = delivery.plan.filter((route) => !route.use && route.reason === 'adapter_unavailable')
  return [
    ...missing.map((route) =>
      deliveryReceipt(newId(world), 'skipped', delivery, now, {
        channel: route.channel,
        routeId: route.routeId,
        detail: 'adapter_unavailable',
      }),
    ),
    ...(delivery.reason === 'no_route' ? [deliveryReceipt(newId(world), 'no_route', delivery, now, {})] : []),
  ]
}
