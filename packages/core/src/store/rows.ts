import type { Selectable } from 'kysely'
import type { ApiKey } from '../model/api-key.ts'
import type { Attempt, AttemptState } from '../model/attempt.ts'
import type { AuditEntry } from '../model/audit-entry.ts'
import type { Clarification } from '../model/clarification.ts'
import type { ConnectLink } from '../model/connect-link.ts'
import type { Delivery, DeliveryReason, DeliveryState, DeliveryStep } from '../model/delivery.ts'
import type { DomainEvent, DomainEventType } from '../model/domain-event.ts'
import type { InboundFact } from '../model/inbound-fact.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { InvitationRecord, InvitationState } from '../model/invitation.ts'
import type { Lane } from '../model/lane.ts'
import type { Message } from '../model/message.ts'
import type { OutcomeClass, OutcomeScope } from '../model/outcome.ts'
import type { PlannedEdit } from '../model/planned-edit.ts'
import type { QuorumStanding } from '../model/quorum.ts'
import type { PreferenceLink } from '../model/preference-link.ts'
import type { Receipt, ReceiptKind } from '../model/receipt.ts'
import type { Recipient } from '../model/recipient.ts'
import type { LinkPurpose, ResponseLink } from '../model/response-link.ts'
import type { ResponseRecord, ResponseStatus } from '../model/response.ts'
import type { Route, RouteState } from '../model/route.ts'
import type { Segment } from '../model/segment.ts'
import type { Run, Schedule, When } from '../model/schedule.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { DeliveryContents } from '../model/delivery-contents.ts'
import type { Template } from '../model/template.ts'
import type { WebhookEndpoint, WebhookPosting, WebhookSecret } from '../model/webhook-endpoint.ts'
import type { Suppression } from '../model/suppression.ts'
import type { Rescheduled } from '../ports/store.ts'
import type { Database, JsonText, Moment } from './schema.ts'

/** A row of a table as it is read. */
export type Row<Table extends keyof Database> = Selectable<Database[Table]>

/** The moment written last: a message writes the same one about twenty times. */
let last: { readonly ms: number; readonly text: Moment } = { ms: 0, text: new Date(0).toISOString() }

/** A moment on its way into the store. */
export function toMoment(date: Date): Moment {
  const ms = date.getTime()
  if (ms !== last.ms) last = { ms, text: date.toISOString() }
  return last.text
}

/** A moment that may be missing, on its way into the store. */
export function toMomentOrNull(date: Date | null): Moment | null {
  return date === null ? null : toMoment(date)
}

function moment(text: Moment | null): Date | null {
  return text === null ? null : new Date(text)
}

/** JSON written by this store itself: its shape is known from the model that wrote it. */
function json<Shape>(text: JsonText): Shape {
  return JSON.parse(text) as Shape
}

/** A delivery out of its row. */
export function toDelivery(row: Row<'deliveries'>): Delivery {
  return {
    id: row.id,
    messageId: row.message_id,
    invitationId: row.invitation_id,
    recipientId: row.recipient_id,
    to: row.to,
    name: row.name,
    locale: row.locale,
    state: row.state as DeliveryState,
    reason: row.reason as DeliveryReason | null,
    lane: row.lane as Lane,
    plan: json(row.plan),
    position: row.position,
    step: row.step as DeliveryStep,
    dueAt: moment(row.due_at),
    attempts: row.attempts,
    tries: row.tries,
    routeSince: moment(row.route_since),
    acceptedAt: moment(row.accepted_at),
    firstAcceptedAt: moment(row.first_accepted_at),
    reminders: row.reminders,
    doubtful: row.doubtful === 1,
    crashes: row.crashes,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

/** A message out of its row. */
export function toMessage(row: Row<'messages'>): Message {
  return {
    id: row.id,
    content: json(row.content),
    category: row.category,
    lane: row.lane as Lane,
    routing: row.routing as Message['routing'],
    answer: row.answer === null ? null : json(row.answer),
    originator: row.originator === null ? null : json(row.originator),
    onUnknown: row.on_unknown as Message['onUnknown'],
    urgency: row.urgency as Message['urgency'],
    deliverBy: row.deliver_by as Message['deliverBy'],
    remindersMs: json(row.reminders_ms),
    until: moment(row.until),
    key: row.key,
    trace: row.trace,
    createdAt: new Date(row.created_at),
  }
}

/** An invitation out of its row. */
export function toInvitation(row: Row<'invitations'>): InvitationRecord {
  return {
    id: row.id,
    messageId: row.message_id,
    recipientId: row.recipient_id,
    to: row.to,
    name: row.name,
    locale: row.locale,
    state: row.state as InvitationState,
    revision: row.revision,
    value: row.value === null ? null : json(row.value),
    via: row.via,
    answeredAt: moment(row.answered_at),
    until: moment(row.until),
    createdAt: new Date(row.created_at),
    closedAt: moment(row.closed_at),
  }
}

/** A quorum and how far it is, out of its row. */
export function toQuorum(row: Row<'quorums'>): QuorumStanding {
  return {
    count: row.count,
    of: json(row.of),
    onReached: row.on_reached as QuorumStanding['onReached'],
    counted: row.counted,
    reachedAt: moment(row.reached_at),
  }
}

/** An attempt out of its row. */
export function toAttempt(row: Row<'attempts'>): Attempt {
  return {
    deliveryId: row.delivery_id,
    number: row.number,
    position: row.position,
    channel: row.channel,
    address: row.address,
    state: row.state as AttemptState,
    providerMessageId: row.provider_message_id,
    replyToken: row.reply_token,
    startedAt: new Date(row.started_at),
    settledAt: moment(row.settled_at),
  }
}

/** A planned edit out of its row. */
export function toPlannedEdit(row: Row<'edits'>): PlannedEdit {
  return {
    deliveryId: row.delivery_id,
    attempt: row.attempt,
    channel: row.channel,
    providerMessageId: row.provider_message_id,
    position: row.position,
    reason: row.reason as PlannedEdit['reason'],
    version: row.version,
    dueAt: new Date(row.due_at),
    tries: row.tries,
  }
}

/** A changed calendar entry out of its row. */
export function toRescheduled(row: Row<'rescheduled'>): Rescheduled & { readonly at: Date } {
  return { entry: json(row.entry), sequence: row.sequence, at: new Date(row.at) }
}

/** A receipt out of its row. */
export function toReceipt(row: Row<'receipts'>): Receipt {
  return {
    id: row.id,
    kind: row.kind as ReceiptKind,
    at: new Date(row.at),
    messageId: row.message_id,
    deliveryId: row.delivery_id,
    invitationId: row.invitation_id,
    recipientId: row.recipient_id,
    attempt: row.attempt,
    channel: row.channel,
    routeId: row.route_id,
    outcome: row.outcome as OutcomeClass | null,
    scope: row.scope as OutcomeScope | null,
    providerMessageId: row.provider_message_id,
    providerCode: row.provider_code,
    duplicatePossible: row.duplicate_possible === 1,
    detail: row.detail,
  }
}

/** A response out of its row. */
export function toResponse(row: Row<'responses'>): ResponseRecord {
  return {
    id: row.id,
    invitationId: row.invitation_id,
    deliveryId: row.delivery_id,
    status: row.status as ResponseStatus,
    revision: row.revision,
    value: json(row.value),
    via: row.via,
    provisional: row.provisional === 1,
    at: new Date(row.at),
  }
}

/** A link out of its row. */
export function toLink(row: Row<'response_links'>): ResponseLink {
  return {
    hash: row.hash,
    purpose: row.purpose as LinkPurpose,
    deliveryId: row.delivery_id,
    invitationId: row.invitation_id,
    position: row.position,
    expiresAt: moment(row.expires_at),
    revokedAt: moment(row.revoked_at),
    createdAt: new Date(row.created_at),
  }
}

/** A link that connects a medium out of its row. */
export function toConnectLink(row: Row<'connect_links'>): ConnectLink {
  return {
    hash: row.hash,
    recipientId: row.recipient_id,
    channel: row.channel,
    expiresAt: new Date(row.expires_at),
    usedAt: moment(row.used_at),
    usedBy: row.used_by,
    createdAt: new Date(row.created_at),
  }
}

/** A link to somebody's preferences out of its row. */
export function toPreferenceLink(row: Row<'preference_links'>): PreferenceLink {
  return {
    hash: row.hash,
    recipientId: row.recipient_id,
    expiresAt: new Date(row.expires_at),
    createdAt: new Date(row.created_at),
  }
}

/** A fact that fits nothing out of its row. */
export function toUnmatchedFact(row: Row<'unmatched_facts'>): UnmatchedFact {
  const { at, ...fact } = json<Omit<InboundFact, 'at'> & { readonly at: Moment }>(row.fact)
  return {
    id: row.id,
    channel: row.channel,
    providerMessageId: row.provider_message_id,
    receivedAt: new Date(row.received_at),
    fact: { ...fact, at: new Date(at) } as InboundFact,
  }
}

/** An answer that waits to be clarified out of its row. */
export function toClarification(row: Row<'clarifications'>): Clarification {
  return {
    channel: row.channel,
    address: row.address,
    candidates: json(row.candidates),
    input: json(row.input),
    at: new Date(row.at),
  }
}

/** An inbox item out of its row. */
export function toInboxItem(row: Row<'inbox_items'>): InboxItem {
  return {
    id: row.id,
    channel: row.channel,
    address: row.address,
    deliveryId: row.delivery_id,
    messageId: row.message_id,
    invitationId: row.invitation_id,
    recipientId: row.recipient_id,
    createdAt: new Date(row.created_at),
    readAt: moment(row.read_at),
    acknowledgedAt: moment(row.acknowledged_at),
  }
}

/** A domain event out of its row. */
export function toDomainEvent(row: Row<'outbox'>): DomainEvent {
  return {
    cursor: row.cursor,
    type: row.type as DomainEventType,
    at: new Date(row.at),
    messageId: row.message_id,
    deliveryId: row.delivery_id,
    invitationId: row.invitation_id,
    recipientId: row.recipient_id,
    ...(row.topic !== null && { topic: row.topic }),
    data: json(row.data),
  }
}

/** A route out of its row. */
export function toRoute(row: Row<'routes'>): Route {
  return {
    id: row.id,
    channel: row.channel,
    address: row.address,
    rank: row.rank,
    verified: row.verified === 1,
    state: row.state as RouteState,
  }
}

/** A suppression out of its row. */
export function toSuppression(row: Row<'suppressions'>): Suppression {
  return {
    id: row.id,
    channel: row.channel,
    address: row.address,
    category: row.category === '' ? null : row.category,
    reason: row.reason as Suppression['reason'],
    source: row.source as Suppression['source'],
    at: new Date(row.at),
  }
}

/** A recipient out of its row and its routes, which are in order of rank. */
export function toRecipient(row: Row<'recipients'>, routes: readonly Route[]): Recipient {
  return {
    id: row.id,
    externalId: row.external_id,
    name: row.name ?? undefined,
    locale: row.locale ?? undefined,
    zone: row.zone ?? undefined,
    attributes: json(row.attributes),
    preferences: json(row.preferences),
    routes,
  }
}

/** A segment out of its row. */
export function toSegment(row: Row<'segments'>): Segment {
  return {
    id: row.id,
    name: row.name,
    filter: json(row.filter),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

/** A key out of its row. */
export function toApiKey(row: Row<'api_keys'>): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: json(row.scopes),
    createdAt: new Date(row.created_at),
    expiresAt: moment(row.expires_at),
    lastUsedAt: moment(row.last_used_at),
    revokedAt: moment(row.revoked_at),
  }
}

/** An entry of the audit log out of its row. */
export function toAuditEntry(row: Row<'audit'>): AuditEntry {
  return {
    id: row.id,
    at: new Date(row.at),
    actor: row.actor,
    action: row.action,
    target: row.target,
    detail: json(row.detail),
  }
}

/** A version of a template out of its row. */
export function toTemplate(row: Row<'templates'>): Template {
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    texts: json(row.texts),
    variables: json(row.variables),
    category: row.category,
    layout: row.layout,
    description: row.description,
    createdAt: new Date(row.created_at),
  }
}

/** The words of a delivery out of their row. */
export function toDeliveryContents(row: Row<'delivery_contents'>): DeliveryContents {
  return { deliveryId: row.delivery_id, contents: json(row.contents) }
}

/** A webhook endpoint out of its row. */
export function toWebhookEndpoint(row: Row<'webhook_endpoints'>): WebhookEndpoint {
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    types: row.types === null ? null : json(row.types),
    state: row.state as WebhookEndpoint['state'],
    disabledReason: row.disabled_reason,
    failingSince: moment(row.failing_since),
    createdAt: new Date(row.created_at),
  }
}

/** Secrets on their way into the row of their endpoint. */
export function toSecretsText(secrets: readonly WebhookSecret[]): JsonText {
  return JSON.stringify(secrets)
}

/** The secrets of an endpoint out of its row. */
export function toWebhookSecrets({
  secrets,
}: Pick<Row<'webhook_endpoints'>, 'secrets'>): readonly WebhookSecret[] {
  const kept = json<readonly { readonly secret: string; readonly validUntil: Moment | null }[]>(secrets)
  return kept.map(({ secret, validUntil }) => ({ secret, validUntil: moment(validUntil) }))
}

/** A webhook posting out of its row. */
export function toWebhookPosting(row: Row<'webhook_postings'>): WebhookPosting {
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    cursor: row.cursor,
    type: row.type as DomainEventType,
    state: row.state as WebhookPosting['state'],
    tries: row.tries,
    dueAt: moment(row.due_at),
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

/** A schedule out of its row. */
export function toSchedule(row: Row<'schedules'>): Schedule {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    when: toWhen(json(row.timing)),
    starts: moment(row.starts),
    ends: moment(row.ends),
    enabled: row.enabled === 1,
    missed: row.missed as Schedule['missed'],
    jitterMs: row.jitter_ms,
    action: json(row.action),
    nextAt: moment(row.next_at),
    dueAt: moment(row.due_at),
    lastRunAt: moment(row.last_run_at),
    runCount: row.run_count,
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  }
}

/** Moments are text at rest. */
function toWhen(kept: Readonly<Record<string, string | number>>): When {
  const moments = Object.entries(kept).map(([name, value]) =>
    name === 'from' || name === 'start' || (name === 'at' && !('onAttribute' in kept))
      ? [name, new Date(value)]
      : [name, value],
  )
  return Object.fromEntries(moments) as When
}

/** A run of a schedule out of its row. */
export function toRun(row: Row<'runs'>): Run {
  return {
    id: row.id,
    scheduleId: row.schedule_id,
    at: new Date(row.at),
    firedAt: new Date(row.fired_at),
    state: row.state as Run['state'],
    byHand: row.by_hand === 1,
    messageId: row.message_id,
    error: row.error,
    missed: row.missed,
    messages: row.messages,
  }
}
