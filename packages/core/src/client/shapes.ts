import type {
  ChannelStatus,
  ConnectAddress,
  ImportProblem,
  ImportReport,
  InboxEntry,
  PreferencesAddress,
  RecipientExport,
  TopicEvent,
} from '../face/face.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { AuditEntry } from '../model/audit-entry.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DomainEvent } from '../model/domain-event.ts'
import type { InboundFact } from '../model/inbound-fact.ts'
import type { InvitationRecord, InvitationResult } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { QuorumStanding } from '../model/quorum.ts'
import type { Receipt } from '../model/receipt.ts'
import type { Recipient } from '../model/recipient.ts'
import type { ResponseReceipt, ResponseRecord } from '../model/response.ts'
import type { Route } from '../model/route.ts'
import type { Run, Schedule, When } from '../model/schedule.ts'
import type { Template } from '../model/template.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { Segment } from '../model/segment.ts'
import type { WebhookEndpoint, WebhookPosting } from '../model/webhook-endpoint.ts'
import type { ProbeResult } from '../ports/channel.ts'
import type { PersonPreferences } from '../model/preference-change.ts'
import type { Suppression } from '../model/suppression.ts'
import type { Backlog } from '../ports/store.ts'
import {
  boolean,
  list,
  moment,
  nullable,
  number,
  optional,
  record,
  text,
  word,
  type Reader,
} from './readers.ts'

const moments = nullable(moment)

/** A stored message. */
export const message: Reader<Message> = record<Message>({ id: text, until: moments, createdAt: moment })

/** An invitation as stored. */
export const invitation: Reader<InvitationRecord> = record<InvitationRecord>({
  id: text,
  messageId: text,
  to: text,
  state: word(),
  revision: number,
  answeredAt: moments,
  until: moments,
  createdAt: moment,
  closedAt: moments,
})

/** A quorum and how far it is. */
export const quorumStanding: Reader<QuorumStanding> = record<QuorumStanding>({
  count: number,
  counted: number,
  reachedAt: moments,
})

/** What `answer()` resolves to, whatever its kind. */
export const invitationResult: Reader<InvitationResult<unknown>> = record<InvitationResult<unknown>>({
  kind: word(),
  at: moment,
})

/** One answer as it came. */
export const response: Reader<ResponseRecord> = record<ResponseRecord>({ id: text, at: moment })

/** What the one who answered is told. */
export const responseReceipt: Reader<ResponseReceipt> = (value, place) => {
  const receipt = record<ResponseReceipt>({ status: word(), invitationId: text })(value, place)
  return receipt.status === 'counted' || receipt.status === 'repeated'
    ? record<Extract<ResponseReceipt, { changeableUntil: unknown }>>({ changeableUntil: moments })(
        value,
        place,
      )
    : receipt
}

/** A delivery. */
export const delivery: Reader<Delivery> = record<Delivery>({
  id: text,
  messageId: text,
  state: word(),
  dueAt: moments,
  routeSince: moments,
  acceptedAt: moments,
  firstAcceptedAt: moments,
  createdAt: moment,
  updatedAt: moment,
})

/** A receipt. */
export const receipt: Reader<Receipt> = record<Receipt>({ id: text, kind: word(), at: moment })

/** What waits in one lane. */
export const backlog: Reader<Backlog> = record<Backlog>({ channel: text, oldestDueAt: moments })

/** A person. What is not known about them is `undefined`, never `null`. */
export const recipient: Reader<Recipient> = (value, place) => {
  const nothing = { name: undefined, locale: undefined, zone: undefined }
  return {
    ...nothing,
    ...record<Recipient>({ id: text, externalId: text, routes: list(record<Route>({ channel: text })) })(
      value,
      place,
    ),
  }
}

/** An opt-out. */
export const suppression: Reader<Suppression> = record<Suppression>({ id: text, channel: text, at: moment })

/** What a person wants; where nothing is said of hours or zone, they are `undefined`. */
export const personPreferences: Reader<PersonPreferences> = (value, place) => ({
  window: undefined,
  zone: undefined,
  ...record<Omit<PersonPreferences, 'window' | 'zone'>>({ order: list(text) })(value, place),
})

/** The address of a person's page of preferences. */
export const preferencesAddress: Reader<PreferencesAddress> = record<PreferencesAddress>({
  url: text,
  expiresAt: moment,
})

/** Everything kept about a person. */
export const recipientExport: Reader<RecipientExport> = record<RecipientExport>({
  recipient,
  suppressions: list(suppression),
  messages: list(message),
  deliveries: list(delivery),
  invitations: list(invitation),
  responses: list(response),
  receipts: list(receipt),
})

/** What became of an import. Where the source told no field, `field` is `undefined`. */
export const importReport: Reader<ImportReport> = (value, place) => {
  const report = record<ImportReport>({
    imported: number,
    repeated: number,
    problems: list(record<ImportProblem>({ line: number })),
  })(value, place)
  return {
    ...report,
    problems: report.problems.map(({ line, field, message: said }) => ({ line, field, message: said })),
  }
}

/** An address that connects a medium to a person. */
export const connectAddress: Reader<ConnectAddress> = record<ConnectAddress>({ url: text, expiresAt: moment })

/** An entry of an inbox. */
export const inboxEntry: Reader<InboxEntry> = record<InboxEntry>({
  id: text,
  createdAt: moment,
  readAt: moments,
  acknowledgedAt: moments,
  until: moments,
})

/** A key. */
export const apiKey: Reader<ApiKey> = record<ApiKey>({
  id: text,
  createdAt: moment,
  expiresAt: moments,
  lastUsedAt: moments,
  revokedAt: moments,
})

/** An administrative act. */
export const auditEntry: Reader<AuditEntry> = record<AuditEntry>({ id: text, at: moment })

/** A segment. */
export const segment: Reader<Segment> = record<Segment>({
  id: text,
  name: text,
  createdAt: moment,
  updatedAt: moment,
})

/** A version of a template. */
export const template: Reader<Template> = record<Template>({
  id: text,
  name: text,
  version: number,
  createdAt: moment,
})

/** An endpoint. */
export const webhookEndpoint: Reader<WebhookEndpoint> = record<WebhookEndpoint>({
  id: text,
  url: text,
  failingSince: moments,
  createdAt: moment,
})

/** An event on its way to an endpoint. */
export const webhookPosting: Reader<WebhookPosting> = record<WebhookPosting>({
  id: text,
  dueAt: moments,
  createdAt: moment,
  updatedAt: moment,
})

/** Moments and times of day are both text on the wire: what the schedule goes by tells which it is. */
const when: Reader<When> = (value, place) => {
  const came = record<Readonly<Record<string, unknown>>>({})(value, place)
  const moments = ['from', 'start', ...('onAttribute' in came ? [] : ['at'])].filter((name) => name in came)
  const read = moments.map((name) => [name, moment(came[name], `${place}.${name}`)])
  return { ...came, ...Object.fromEntries(read) } as When
}

/** A schedule. */
export const schedule: Reader<Schedule> = record<Schedule>({
  id: text,
  name: text,
  when,
  starts: moments,
  ends: moments,
  nextAt: moments,
  dueAt: moments,
  lastRunAt: moments,
  createdAt: moment,
  updatedAt: moment,
})

/** A run of a schedule. */
export const run: Reader<Run> = record<Run>({ id: text, at: moment, firedAt: moment, state: word() })

const fact: Reader<InboundFact> = record<InboundFact>({ id: text, kind: word(), at: moment })

/** Something that fits nothing that was sent. */
export const unmatchedFact: Reader<UnmatchedFact> = record<UnmatchedFact>({
  id: text,
  receivedAt: moment,
  fact,
})

/** An event. */
export const domainEvent: Reader<DomainEvent> = record<DomainEvent>({
  cursor: number,
  type: word(),
  at: moment,
})

/** An event as a topic carries it. */
export const topicEvent: Reader<TopicEvent> = record<TopicEvent>({
  cursor: number,
  type: word(),
  at: moment,
  entry: optional(inboxEntry) as Reader<TopicEvent['entry'] & object>,
})

/** A channel as the server sees it. */
export const channelStatus: Reader<ChannelStatus> = record<ChannelStatus>({ name: text, circuit: word() })

/** What a channel's check found. */
export const probeResult: Reader<ProbeResult> = record<ProbeResult>({
  ok: boolean,
  detail: text,
})
