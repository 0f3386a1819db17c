import type { Attempt } from '../model/attempt.ts'
import type { Clarification } from '../model/clarification.ts'
import type { ConnectLink } from '../model/connect-link.ts'
import type { Delivery } from '../model/delivery.ts'
import type { NewDomainEvent } from '../model/domain-event.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { PlannedRoute } from '../model/plan.ts'
import type { PlannedEdit } from '../model/planned-edit.ts'
import type { Receipt } from '../model/receipt.ts'
import { recipientInputSchema, type RecipientDraft, type RecipientInput } from '../model/recipient.ts'
import type { ResponseLink } from '../model/response-link.ts'
import type { ResponseRecord } from '../model/response.ts'
import type { LeasedSettlement, Settlement } from '../model/settlement.ts'
import type { Run, Schedule } from '../model/schedule.ts'
import type { PreferenceLink } from '../model/preference-link.ts'
import type { Suppression } from '../model/suppression.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { Template } from '../model/template.ts'
import type { WebhookEndpoint, WebhookSecret } from '../model/webhook-endpoint.ts'
import type { AcceptedMessage, ClaimedDelivery, ClaimRequest } from '../ports/store.ts'

/** The moment all samples begin at. */
export const sampleStartMs: number = Date.UTC(2026, 0, 5, 9)

/** A moment some ms after the beginning. */
export function after(ms: number): Date {
  return new Date(sampleStartMs + ms)
}

/** The id of the `number`th row of a kind; sorts by number. */
export function sampleId(kind: string, number: number): string {
  return `${kind}-${String(number).padStart(6, '0')}`
}

/** A usable route. */
export function sampleRoute(channel: string, address: string): PlannedRoute {
  const next = { unless: 'accepted', withinMs: null } as const
  return { channel, routeId: null, address, use: true, reason: 'needs_no_answer', next }
}

/** What may differ in a sample; each part replaces members of the usual one. */
export interface SampleChanges {
  readonly message?: Partial<Message>
  readonly delivery?: Partial<Delivery>
  readonly invitation?: Partial<InvitationRecord>
  /** Default none, since only messages with a key keep it. */
  readonly request?: string
}

/** The `number`th question to one person by `email`, due at once; ids as by {@link sampleId}. */
export function sampleAccepted(number: number, changes: SampleChanges = {}): AcceptedMessage {
  const message = { ...sampleMessage(number), ...changes.message }
  const invitation = { ...sampleInvitation(number, message), ...changes.invitation }
  const delivery = { ...sampleDelivery(number, message, invitation), ...changes.delivery }
  return { message, request: changes.request ?? null, invitations: [invitation], deliveries: [delivery] }
}

function sampleMessage(number: number): Message {
  return {
    id: sampleId('message', number),
    content: { subject: 'Dinner', text: 'Dinner on Friday at 8?', details: 'Ring twice.\nThird floor.' },
    category: 'invitation',
    lane: 2,
    routing: 'fallback',
    answer: { type: 'yesNo' },
    originator: { name: 'Anna' },
    onUnknown: 'resend',
    urgency: 'immediate',
    deliverBy: 'break',
    remindersMs: [60_000, 120_000],
    until: after(86_400_000),
    key: null,
    trace: null,
    createdAt: after(number),
  }
}

function sampleInvitation(number: number, message: Message): InvitationRecord {
  return {
    id: sampleId('invitation', number),
    messageId: message.id,
    recipientId: null,
    to: `guest-${String(number)}`,
    name: null,
    locale: null,
    state: 'pending',
    revision: 0,
    value: null,
    via: null,
    answeredAt: null,
    until: message.until,
    createdAt: message.createdAt,
    closedAt: null,
  }
}

function sampleDelivery(number: number, message: Message, invitation: InvitationRecord): Delivery {
  return {
    id: sampleId('delivery', number),
    messageId: message.id,
    invitationId: invitation.id,
    recipientId: invitation.recipientId,
    to: invitation.to,
    name: invitation.name,
    locale: invitation.locale,
    state: 'queued',
    reason: null,
    lane: message.lane,
    plan: [
      sampleRoute('email', `guest-${String(number)}@guests.test`),
      sampleRoute('telegram', String(number)),
    ],
    position: 0,
    step: 'send',
    dueAt: message.createdAt,
    attempts: 0,
    tries: 0,
    routeSince: null,
    acceptedAt: null,
    firstAcceptedAt: null,
    reminders: 0,
    doubtful: false,
    crashes: 0,
    createdAt: message.createdAt,
    updatedAt: message.createdAt,
  }
}

/** A worker asks for e-mail of lane 2 that is due a minute after the beginning, with a lease of 15 s. */
export function sampleClaim(changes: Partial<ClaimRequest> = {}): ClaimRequest {
  const now = changes.now ?? after(60_000)
  return {
    channel: 'email',
    lane: 2,
    now,
    limit: 100,
    worker: 'worker-1',
    leaseUntil: new Date(now.getTime() + 15_000),
    ...changes,
  }
}

/** The attempt a taken delivery begins. */
export function sampleAttempt(delivery: Delivery, changes: Partial<Attempt> = {}): Attempt {
  return {
    deliveryId: delivery.id,
    number: delivery.attempts + 1,
    position: delivery.position,
    channel: delivery.plan[delivery.position]?.channel ?? '',
    address: null,
    state: 'started',
    providerMessageId: null,
    replyToken: null,
    startedAt: after(60_000),
    settledAt: null,
    ...changes,
  }
}

/** A settlement that leaves everything as it is but for what `changes` says. */
export function sampleSettlement(delivery: Delivery, changes: Partial<Settlement> = {}): Settlement {
  const { position } = delivery
  return {
    deliveryId: delivery.id,
    state: delivery.state,
    reason: delivery.reason,
    position,
    step: delivery.step,
    dueAt: delivery.dueAt,
    attempts: delivery.attempts,
    tries: delivery.tries,
    routeSince: delivery.routeSince,
    acceptedAt: delivery.acceptedAt,
    firstAcceptedAt: delivery.firstAcceptedAt,
    reminders: delivery.reminders,
    doubtful: delivery.doubtful,
    crashes: delivery.crashes,
    dueLane: delivery.lane,
    dueChannel: delivery.plan[position]?.channel ?? '',
    updatedAt: after(61_000),
    attempt: null,
    ...changes,
  }
}

/** The settlement by which a worker says that the provider took it and nothing is left to do. */
export function sampleSent(
  delivery: ClaimedDelivery,
  changes: Partial<LeasedSettlement> = {},
): LeasedSettlement {
  const sent = {
    state: 'sent',
    step: 'follow_up',
    dueAt: null,
    dueChannel: '',
    attempts: delivery.attempts + 1,
  } as const
  return { ...sampleSettlement(delivery, sent), leaseToken: delivery.leaseToken, ...changes }
}

/** The `number`th receipt of the sample delivery with the same number. */
export function sampleReceipt(number: number, changes: Partial<Receipt> = {}): Receipt {
  return {
    id: sampleId('receipt', number),
    kind: 'accepted',
    at: after(number),
    messageId: sampleId('message', number),
    deliveryId: sampleId('delivery', number),
    invitationId: sampleId('invitation', number),
    recipientId: null,
    attempt: 1,
    channel: 'email',
    routeId: null,
    outcome: 'accepted',
    scope: null,
    providerMessageId: `<${String(number)}@provider.test>`,
    providerCode: null,
    duplicatePossible: false,
    detail: null,
    ...changes,
  }
}

/** An event of the sample invitation with this number. */
export function sampleEvent(number: number, changes: Partial<NewDomainEvent> = {}): NewDomainEvent {
  return {
    type: 'delivery.sent',
    at: after(number),
    messageId: sampleId('message', number),
    deliveryId: sampleId('delivery', number),
    invitationId: sampleId('invitation', number),
    recipientId: null,
    data: { number },
    ...changes,
  }
}

/** An answer to the sample invitation with this number. */
export function sampleResponse(number: number, changes: Partial<ResponseRecord> = {}): ResponseRecord {
  return {
    id: sampleId('response', number),
    invitationId: sampleId('invitation', number),
    deliveryId: sampleId('delivery', number),
    status: 'counted',
    revision: 1,
    value: true,
    via: 'email',
    provisional: false,
    at: after(number),
    ...changes,
  }
}

/** A link of the sample delivery with this number. */
export function sampleLink(number: number, changes: Partial<ResponseLink> = {}): ResponseLink {
  return {
    hash: `${String(number).padStart(4, '0')}${'ab'.repeat(30)}`,
    purpose: 'respond',
    deliveryId: sampleId('delivery', number),
    invitationId: sampleId('invitation', number),
    position: 0,
    expiresAt: after(3_600_000),
    revokedAt: null,
    createdAt: after(0),
    ...changes,
  }
}

/** A link by which one person connects `telegram`, good for an hour. */
export function sampleConnectLink(number: number, changes: Partial<ConnectLink> = {}): ConnectLink {
  return {
    hash: `${String(number).padStart(4, '0')}${'cd'.repeat(30)}`,
    recipientId: sampleId('recipient', number),
    channel: 'telegram',
    expiresAt: after(3_600_000),
    usedAt: null,
    usedBy: null,
    createdAt: after(0),
    ...changes,
  }
}

/** An address that said stop; different numbers are different addresses. */
export function sampleSuppression(number: number, changes: Partial<Suppression> = {}): Suppression {
  return {
    id: sampleId('suppression', number),
    channel: 'email',
    address: `guest-${String(number)}@guests.test`,
    category: null,
    reason: 'opted_out',
    source: 'reply',
    at: after(number),
    ...changes,
  }
}

/** A link to somebody's preferences. */
export function samplePreferenceLink(number: number, changes: Partial<PreferenceLink> = {}): PreferenceLink {
  return {
    hash: String(number).padStart(64, 'c'),
    recipientId: sampleId('recipient', 1),
    expiresAt: after(3_600_000),
    createdAt: after(0),
    ...changes,
  }
}

/** An edit of the first attempt of the sample delivery with this number, due at `number` ms. */
export function sampleEdit(number: number, changes: Partial<PlannedEdit> = {}): PlannedEdit {
  return {
    deliveryId: sampleId('delivery', number),
    attempt: 1,
    channel: 'telegram',
    providerMessageId: `42:${String(number)}`,
    position: 1,
    reason: 'closed',
    version: 'version-1',
    dueAt: after(number),
    tries: 0,
    ...changes,
  }
}

/** The `number`th fact that fits nothing: a report about a message of `telegram` nobody knows. */
export function sampleUnmatched(number: number, changes: Partial<UnmatchedFact> = {}): UnmatchedFact {
  const providerMessageId = `42:${String(number)}`
  return {
    id: sampleId('unmatched', number),
    channel: 'telegram',
    providerMessageId,
    receivedAt: after(number),
    fact: {
      kind: 'delivered',
      id: `update-${String(number)}`,
      at: after(number - 500),
      reference: { by: 'provider-message', providerMessageId },
    },
    ...changes,
  }
}

/** An answer of one address that fits the questions with these numbers. */
export function sampleClarification(
  numbers: readonly number[],
  changes: Partial<Clarification> = {},
): Clarification {
  return {
    channel: 'sms',
    address: '+4930123456',
    candidates: numbers.map((number) => ({
      invitationId: sampleId('invitation', number),
      deliveryId: sampleId('delivery', number),
    })),
    input: { kind: 'text', text: 'Yes' },
    at: after(0),
    ...changes,
  }
}

/** The `number`th item of one inbox, unread. */
export function sampleInboxItem(number: number, changes: Partial<InboxItem> = {}): InboxItem {
  return {
    id: sampleId('item', number),
    channel: 'in-app',
    address: 'ann',
    deliveryId: sampleId('delivery', number),
    messageId: sampleId('message', number),
    invitationId: sampleId('invitation', number),
    recipientId: null,
    createdAt: after(number),
    readAt: null,
    acknowledgedAt: null,
    ...changes,
  }
}

/** What is saved as a version of a template. */
export function sampleTemplate(number: number, changes: Partial<Template> = {}): Omit<Template, 'version'> {
  return {
    id: sampleId('template', number),
    name: 'welcome',
    texts: { en: { text: `Hello {{ name }} ${String(number)}` } },
    variables: {},
    category: null,
    layout: null,
    description: null,
    createdAt: after(number),
    ...changes,
  }
}

/** The `number`th endpoint, which wants every event. */
export function sampleEndpoint(number: number, changes: Partial<WebhookEndpoint> = {}): WebhookEndpoint {
  return {
    id: sampleId('endpoint', number),
    url: `https://hooks.guests.test/${String(number)}`,
    description: null,
    types: null,
    state: 'enabled',
    disabledReason: null,
    failingSince: null,
    createdAt: after(0),
    ...changes,
  }
}

/** The only secret of a sample endpoint. */
export const sampleSecret: WebhookSecret = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  validUntil: null,
}

/** Makes new ids: the prefix and a number. */
export function newIds(prefix: string): () => string {
  let made = 0
  return () => sampleId(prefix, (made += 1))
}

/** A person as the door lets them in. */
export function samplePerson(input: RecipientInput): RecipientDraft {
  return recipientInputSchema.parse(input)
}

/** The `number`th schedule, due at the beginning. */
export function sampleSchedule(number: number, changes: Partial<Schedule> = {}): Schedule {
  return {
    id: sampleId('schedule', number),
    name: `schedule-${String(number)}`,
    description: null,
    when: { cron: '0 * * * *', zone: 'UTC' },
    starts: null,
    ends: null,
    enabled: true,
    missed: 'once',
    jitterMs: 0,
    action: { send: { to: ['ann'], content: { text: 'Hello.' }, options: {} } },
    nextAt: after(0),
    dueAt: after(0),
    lastRunAt: null,
    runCount: 0,
    createdAt: after(0),
    updatedAt: after(0),
    ...changes,
  }
}

/** The `number`th run, of the first schedule for the beginning. */
export function sampleRun(number: number, changes: Partial<Run> = {}): Run {
  return {
    id: sampleId('run', number),
    scheduleId: sampleId('schedule', 1),
    at: after(0),
    firedAt: after(1),
    state: 'done',
    byHand: false,
    messageId: sampleId('message', number),
    error: null,
    missed: 0,
    messages: 1,
    ...changes,
  }
}
