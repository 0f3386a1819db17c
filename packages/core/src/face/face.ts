import type { AnswerInput, AnswerSpec } from '../model/answer.ts'
import type { ApiKey, ApiKeyInput } from '../model/api-key.ts'
import type { AuditEntry } from '../model/audit-entry.ts'
import type { CalendarInput } from '../model/calendar.ts'
import type { Delivery } from '../model/delivery.ts'
import type { DeliveryContents } from '../model/delivery-contents.ts'
import type { DomainEvent, DomainEventType } from '../model/domain-event.ts'
import type { Duration } from '../model/duration.ts'
import type { FactResult } from '../model/inbound-fact.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { InvitationRecord, InvitationResult, InvitationState } from '../model/invitation.ts'
import type {
  AskOptions,
  Content,
  ContentInput,
  Message,
  Originator,
  SendOptions,
  To,
} from '../model/message.ts'
import type { QuorumOf, QuorumResult } from '../model/quorum.ts'
import type { PersonPreferences, PreferenceChange, PreferenceChoices } from '../model/preference-change.ts'
import type { PreferenceView } from '../model/preference-view.ts'
import type { Suppression, SuppressionFilter, SuppressionInput } from '../model/suppression.ts'
import type { Recipient, RecipientInput } from '../model/recipient.ts'
import type { Receipt } from '../model/receipt.ts'
import type { ResponseReceipt, ResponseRecord } from '../model/response.ts'
import type { LinkView } from '../model/link-view.ts'
import type { LinkPurpose } from '../model/response-link.ts'
import type { Segment, SegmentFilter } from '../model/segment.ts'
import type { AnswerRow, Tally } from '../model/tally.ts'
import type { Template, TemplateInput } from '../model/template.ts'
import type { PreviewOptions, TemplatePreview } from '../model/template-preview.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { Run, Schedule, ScheduleInput } from '../model/schedule.ts'
import type {
  WebhookEndpoint,
  WebhookEndpointInput,
  WebhookEndpointUpdate,
  WebhookPosting,
} from '../model/webhook-endpoint.ts'
import type { ChannelSupports, ProbeResult } from '../ports/channel.ts'
import type { Directory } from '../ports/directory.ts'
import type { Backlog, DeliveryCounts, DeliveryFilter, PageRequest, ReceiptFilter } from '../ports/store.ts'

/** A page of a list as a caller asks for it; `limit` is 1 to 1,000, default 100. Give the last row's `id` as `after` for the next page. */
export type Page = Partial<PageRequest>

/** How a wait can be called off. */
export interface WaitOptions {
  /** Ends the wait with `WAIT_ABORTED`; the invitation itself goes on. */
  readonly signal?: AbortSignal
}

/** A durable question to one person. Any process with the same store can take it up again by its `id`. */
export interface Invitation<Value> {
  readonly id: string
  readonly messageId: string
  /** The externalId or bare address it went to. */
  readonly to: string
  /** The state in the store now. */
  state(): Promise<InvitationState>
  /** Waits for the answer or the end, across restarts of whoever sends. Rejects only with `WAIT_ABORTED` or `STOPPED`. */
  answer(options?: WaitOptions): Promise<InvitationResult<Value>>
  /** Everything that happens from its beginning on, as it happens; ends when the invitation is final. */
  events(options?: WaitOptions): AsyncIterable<DomainEvent>
  /** What happened and why, in plain words, a line each: plan, attempts, fallbacks, answers. */
  why(): Promise<string>
  /** Calls it off: nothing more is sent and no answer counts. Does nothing when it is already final. */
  cancel(): Promise<InvitationState>
}

/** Which answers `quorum` waits for, and how the wait can be called off. */
export interface QuorumOptions extends WaitOptions {
  /** `accepted` a yes, `answered` any answer, or a value; default a yes where there is one, else any answer. */
  readonly of?: QuorumOf
}

/** The answers to one question to many, counted and listed. All throw `MESSAGE_UNKNOWN`, and `REQUEST_INVALID` for a notice. */
export interface Tallies {
  /** How the question stands, as of one moment. */
  tally(messageId: string): Promise<Tally>
  /**
   * The tally now and after each change, at most one a second; ends when nobody is left to answer. Answers that are changed
   * afterwards are in `tally`.
   */
  tallies(messageId: string, options?: WaitOptions): AsyncIterable<Tally>
  /**
   * Waits until so many such answers are there, or those who have not answered are too few, across restarts of whoever asks.
   * Rejects with `WAIT_ABORTED`, `STOPPED`, or `REQUEST_INVALID` for what cannot be counted.
   */
  quorum(messageId: string, count: number, options?: QuorumOptions): Promise<QuorumResult>
  /** The same without waiting: `undefined` while it is open. */
  quorumSoFar(
    messageId: string,
    count: number,
    options?: Pick<QuorumOptions, 'of'>,
  ): Promise<QuorumResult | undefined>
  /** What became of it, a row a person, in the order they were asked in; read in portions, so it may be of any length. */
  export(messageId: string): AsyncIterable<AnswerRow>
}

/** The same question to many people: an invitation each. */
export interface InvitationGroup<Value> {
  readonly messageId: string
  /** In the order of the recipients; a recipient named twice has one invitation. */
  readonly invitations: readonly Invitation<Value>[]
  /** One entry per person as their answer (or end) comes; finishes when all have one. */
  answers(
    options?: WaitOptions,
  ): AsyncIterable<{ readonly invitation: Invitation<Value>; readonly result: InvitationResult<Value> }>
  /** How the question stands, as of one moment: how many in each state, and how many gave each answer. */
  tally(): Promise<Tally>
  /** The tally now and after each change, at most one a second; ends when nobody is left to answer. */
  tallies(options?: WaitOptions): AsyncIterable<Tally>
  /** Waits until so many such answers are there, or can no longer come from those who have not answered. See {@link Tallies.quorum}. */
  quorum(count: number, options?: QuorumOptions): Promise<QuorumResult>
  /** What became of it, a row a person, in the order they were asked in. */
  export(): AsyncIterable<AnswerRow>
}

/** A notice that was accepted. */
export interface SentMessage {
  readonly messageId: string
  /** In the order of the recipients. */
  readonly deliveryIds: readonly string[]
  /** Waits until no delivery has anything left to do. */
  settled(options?: WaitOptions): Promise<readonly Delivery[]>
}

/** One line of an import that could not be taken. */
export interface ImportProblem {
  /** Line number of the source, from 1, when the source told it; else the record's number. */
  readonly line: number
  readonly field: string | undefined
  readonly message: string
}

/** What became of an import. Good records are stored whatever the bad ones hold. */
export interface ImportReport {
  readonly imported: number
  /** Records that named an externalId an earlier record of the same import had; the later one won. */
  readonly repeated: number
  readonly problems: readonly ImportProblem[]
}

/** One record of an import: who, with the line it came from, or what was wrong with the line. */
export type ImportRecord =
  | { readonly line?: number; readonly recipient: RecipientInput }
  | { readonly line: number; readonly problem: string }

/** An address by which one person connects one medium to their profile. */
export interface ConnectAddress {
  readonly url: string
  readonly expiresAt: Date
}

/** The address of one person's page of preferences. */
export interface PreferencesAddress {
  readonly url: string
  readonly expiresAt: Date
}

/** One record of an import of suppressions, with the line it came from, or what was wrong with the line. */
export type SuppressionRecord =
  | { readonly line?: number; readonly suppression: SuppressionInput }
  | { readonly line: number; readonly problem: string }

/** What became of an import of suppressions. */
export interface SuppressionReport {
  /** Those that are suppressed now and were not before. */
  readonly imported: number
  /** Those that were suppressed before; they keep their reason, their source and their time. */
  readonly repeated: number
  readonly problems: readonly ImportProblem[]
}

/** Addresses that must not be written to: by whose word, how and since when it is known. */
export interface Suppressions {
  /** In the order they were written; `after` is the last entry's id of the page before. */
  list(filter?: SuppressionFilter, page?: Page): Promise<readonly Suppression[]>
  /** Takes suppressions from a stream in bounded memory; bad records are reported with their line, the rest is stored. */
  import(source: AsyncIterable<SuppressionRecord> | Iterable<SuppressionRecord>): Promise<SuppressionReport>
  /** All of them, page by page as they are asked for. */
  export(filter?: SuppressionFilter): AsyncIterable<Suppression>
}

/** People the engine knows. */
export interface Recipients {
  /** Adds or updates a person by `externalId`. */
  upsert(recipient: RecipientInput): Promise<Recipient>
  /** @returns the person, or `undefined` */
  get(externalId: string): Promise<Recipient | undefined>
  list(page?: Page): Promise<readonly Recipient[]>
  /** Takes people from a stream in bounded memory; bad records are reported with their line, the rest is stored. */
  import(source: AsyncIterable<ImportRecord> | Iterable<ImportRecord>): Promise<ImportReport>
  /**
   * Writes that an address must not be written to any more, and turns its routes to `opted_out`; with a category, that nothing of
   * that kind may be sent there.
   */
  optOut(channel: string, address: string, options?: { readonly category?: string }): Promise<void>
  /** Takes an opt-out back, or that of a category. */
  optIn(channel: string, address: string, options?: { readonly category?: string }): Promise<void>
  /** What a person wants: order of channels, what is off and on, hours and zone. Throws `RECIPIENT_UNKNOWN`. */
  preferences(externalId: string): Promise<PersonPreferences>
  /**
   * Changes what a person wants, in the parts that are given (`window: null`: the workspace's hours; `zone: null`: not known). It
   * counts for everything not yet sent. Throws `RECIPIENT_UNKNOWN`.
   */
  setPreferences(externalId: string, change: PreferenceChange): Promise<PersonPreferences>
  /**
   * Makes the address of a person's own page of preferences, which works for `expiresIn` (default `policies.linkLifeMs`, 30 days).
   * Throws `RECIPIENT_UNKNOWN`, and `OPTIONS_INVALID` without `options.portal`.
   */
  preferencesLink(
    externalId: string,
    options?: { readonly expiresIn?: Duration },
  ): Promise<PreferencesAddress>
  /**
   * Makes an address that connects a medium to a person's profile when they open it (Telegram: `t.me/bot?start=…`), so that
   * nobody types chat ids. It works once, for `expiresIn` (default `'7d'`).
   */
  connectAddress(
    externalId: string,
    channel: string,
    options?: { readonly expiresIn?: Duration },
  ): Promise<ConnectAddress>
  /** Everything kept about a person, for them; held in memory whole. @returns `undefined` when there is nobody with this id */
  export(externalId: string): Promise<RecipientExport | undefined>
  /**
   * Forgets a person: profile, addresses, names and words, in what was sent and answered too; what is not yet sent is cancelled.
   * An address that said stop stays suppressed. Ended halfway, the same call goes on. Throws `STORE_BUSY` when something stays
   * just on its way to them. @returns false when there is nobody with this id
   */
  erase(externalId: string): Promise<boolean>
  /** Imports everybody a directory knows; see `import`. */
  importFrom(directory: Directory, options?: WaitOptions): Promise<ImportReport>
}

/** Everything kept about one person. */
export interface RecipientExport {
  readonly recipient: Recipient
  readonly suppressions: readonly Suppression[]
  readonly messages: readonly Message[]
  readonly deliveries: readonly Delivery[]
  readonly invitations: readonly InvitationRecord[]
  readonly responses: readonly ResponseRecord[]
  readonly receipts: readonly Receipt[]
  /** What was put together for them from templates, by delivery. */
  readonly contents: readonly DeliveryContents[]
}

/** A message in an inbox, with its question and answer. */
export interface InboxEntry extends InboxItem {
  readonly content: Content
  readonly originator: Originator | null
  readonly category: string
  /** The wanted answer; `null` for a notice. */
  readonly answer: AnswerSpec | null
  readonly until: Date | null
  /** How the question stands; `null` for a notice. */
  readonly invitation: Pick<InvitationRecord, 'state' | 'value' | 'revision'> | null
}

/** One person's inbox within the host app. */
export interface Inbox {
  /** Newest first; `after` is the last entry's id of the page before. */
  list(options?: Page & { readonly only?: 'unread' | 'unacknowledged' }): Promise<readonly InboxEntry[]>
  count(only?: 'unread' | 'unacknowledged'): Promise<number>
  /** Marks entries as read, `'all'` of them; their deliveries become `read`. Returns how many changed. */
  read(ids: readonly string[] | 'all'): Promise<number>
  /** Marks entries as done with; they count as read too. Returns how many changed. */
  acknowledge(ids: readonly string[] | 'all'): Promise<number>
  /** Answers the question of an entry in place. */
  answer(itemId: string, input: AnswerInput): Promise<ResponseReceipt>
  /** Calls `handler` for each `inbox.*` event of this inbox from now on. Returns a function that ends it. */
  on(handler: (event: DomainEvent) => void): () => void
}

/** Finds the inbox of an address, by default of the channel `in-app`. */
export type Inboxes = (address: string, options?: { readonly channel?: string }) => Inbox

/** What a page behind a link can do; the portal is built on it. */
export interface Links {
  /** Looks, changes nothing. */
  open(token: string, purpose: LinkPurpose): Promise<LinkView>
  /** Answers the question of a `respond` link. */
  answer(token: string, input: AnswerInput): Promise<ResponseReceipt>
  /**
   * Stops what an `unsubscribe` link came with: `everything` sent to that address (default), or the `category` of its message by
   * that channel alone; when nobody can switch that off, everything. `by` is kept as the source. Repeating it changes nothing.
   */
  unsubscribe(
    token: string,
    options?: { readonly from?: 'category' | 'everything'; readonly by?: 'link' | 'one-click' },
  ): Promise<{ readonly status: 'done' | 'unknown' }>
  /** Makes a link to the preferences of the person an `unsubscribe` link was sent to; `unknown` when there is none. */
  preferencesOf(
    unsubscribeToken: string,
  ): Promise<{ readonly status: 'done'; readonly token: string } | { readonly status: 'unknown' }>
  /** What a page of preferences shows; changes nothing. */
  preferences(token: string): Promise<PreferenceView>
  /** Saves what a person chose on their page. Throws `REQUEST_INVALID` naming what cannot be meant. */
  savePreferences(
    token: string,
    choices: PreferenceChoices,
  ): Promise<{ readonly status: 'done' | 'expired' | 'unknown' }>
  /** Sends a fresh link by the route the expired one came on. Says the same whether or not it did. */
  renew(token: string): Promise<void>
}

/** Keys to the HTTP interface. */
export interface Keys {
  /** Makes a key. Its `secret` is shown here and never again. */
  create(input: ApiKeyInput): Promise<{ readonly key: ApiKey; readonly secret: string }>
  list(page?: Page): Promise<readonly ApiKey[]>
  /** Ends a key at once, in every process within seconds. Throws `KEY_UNKNOWN`. */
  revoke(id: string): Promise<void>
  /** The key behind a secret, when it may be used now. */
  authenticate(secret: string): Promise<ApiKey | undefined>
}

/** Endpoints that are told of events by Standard Webhooks: at least once, with an id that stays the same. */
export interface Webhooks {
  /** Makes an endpoint. Its `secret` (`whsec_…`) is shown here and never again. Throws `OPTIONS_INVALID` without `options.webhooks`. */
  create(
    input: WebhookEndpointInput,
  ): Promise<{ readonly endpoint: WebhookEndpoint; readonly secret: string }>
  get(id: string): Promise<WebhookEndpoint | undefined>
  list(page?: Page): Promise<readonly WebhookEndpoint[]>
  /** Changes what is given; `state: 'enabled'` begins anew after it was disabled. Throws `WEBHOOK_UNKNOWN`. */
  update(id: string, changes: WebhookEndpointUpdate): Promise<WebhookEndpoint>
  remove(id: string): Promise<void>
  /** Makes a new secret; the old one signs beside it for `keepFor` (default `'24h'`). */
  rotateSecret(id: string, options?: { readonly keepFor?: Duration }): Promise<{ readonly secret: string }>
  /** What was posted and what waits, newest first. */
  postings(
    id: string,
    filter?: { readonly state?: WebhookPosting['state'] },
    page?: Page,
  ): Promise<readonly WebhookPosting[]>
  /** Posts again: some by their ids, or everything in `state` (default all) made since a moment. @returns how many */
  replay(
    id: string,
    which:
      | { readonly ids: readonly string[] }
      | { readonly since: Date | string; readonly state?: WebhookPosting['state'] },
  ): Promise<number>
}

/** Filters of people that are kept under a name. Who is in one is found out anew each time. */
export interface Segments {
  /** Keeps a filter under a name; one kept before gives way. Throws `REQUEST_INVALID` naming the place, `filter.all.1.attribute`. */
  save(name: string, filter: SegmentFilter): Promise<Segment>
  /** @returns the segment, or `undefined` */
  get(name: string): Promise<Segment | undefined>
  /** In the order they were first saved. */
  list(page?: Page): Promise<readonly Segment[]>
  /** Throws `SEGMENT_UNKNOWN`. */
  remove(name: string): Promise<void>
  /** How many people are in a saved segment, or pass a filter. Looks at everybody. Throws `SEGMENT_UNKNOWN`. */
  count(segment: string | SegmentFilter): Promise<number>
  /** Some of the people, 10 by default; the last one's `id` as `after` gives the next. Throws `SEGMENT_UNKNOWN`. */
  preview(segment: string | SegmentFilter, page?: Page): Promise<readonly Recipient[]>
}

/** What is sent and asked by the clock. Schedules go by their names. */
export interface Schedules {
  /**
   * Makes a schedule, or changes the one of this name; it is live at once, in other processes within 5 s. Saving it again as it is
   * changes nothing, so a program may save its schedules whenever it starts. Throws `REQUEST_INVALID` or `CHANNEL_UNKNOWN`.
   */
  save(input: ScheduleInput): Promise<Schedule>
  get(name: string): Promise<Schedule | undefined>
  list(page?: Page): Promise<readonly Schedule[]>
  /** Goes on from now; what passed meanwhile is not missed. Throws `SCHEDULE_UNKNOWN`, or `REQUEST_INVALID` when it has no moment any more. */
  enable(name: string): Promise<Schedule>
  /** Makes no more runs until it is enabled. Throws `SCHEDULE_UNKNOWN`. */
  disable(name: string): Promise<Schedule>
  /** Removes it with its runs; messages stay. Throws `SCHEDULE_UNKNOWN`. */
  remove(name: string): Promise<void>
  /** Its runs of the last 90 days, newest first. Throws `SCHEDULE_UNKNOWN`. */
  runs(name: string, page?: Page): Promise<readonly Run[]>
  /** Makes a run at once, beside those by the clock, enabled or not. Throws `SCHEDULE_UNKNOWN`, and what `send` and `ask` throw. */
  runNow(name: string): Promise<Run>
  /** The next moments it runs for, as it is set, jitter not counted; 1 to 100, default 5. Throws `SCHEDULE_UNKNOWN`. */
  next(name: string, count?: number): Promise<readonly Date[]>
}

/** Texts with variables, by locale and channel; `send` and `ask` take one by its name. */
export interface Templates {
  /**
   * Saves a template as its next version; one that says the same as the newest makes none. Throws `TEMPLATE_INVALID`, naming the
   * text, for unknown variables, filters and what is not Liquid.
   * @example await inviteMe.templates.save('welcome', { texts: { en: { text: 'Hello {{ name }}!' } } })
   */
  save(name: string, input: TemplateInput): Promise<Template>
  /** The newest version, or one that is named. */
  get(name: string, options?: { readonly version?: number }): Promise<Template | undefined>
  /** All versions of one, newest first. */
  versions(name: string, page?: Page): Promise<readonly Template[]>
  /** The newest version of each. */
  list(page?: Page): Promise<readonly Template[]>
  /** Removes all versions; messages made of them stay as they are. Throws `TEMPLATE_UNKNOWN`, `TEMPLATE_IN_USE`. */
  remove(name: string): Promise<void>
  /** Fills it in without sending anything. Throws `TEMPLATE_UNKNOWN`, `TEMPLATE_VARIABLE_MISSING`. */
  preview(name: string, options?: PreviewOptions): Promise<TemplatePreview>
}

/** Who did what to the workspace. */
export interface Audit {
  record(entry: Omit<AuditEntry, 'id' | 'at'>): Promise<void>
  /** Newest first. */
  list(page?: Page): Promise<readonly AuditEntry[]>
}

/** An event as a live topic carries it: the same live and when it is read again. */
export interface TopicEvent extends DomainEvent {
  /** The entry an `inbox.*` event is about, as it is now; absent for other events, and when a reminder took its place. */
  readonly entry?: InboxEntry
}

/** Live topics: `user:{externalId}` carries what concerns a person, `group:{id}` and `event:{id}` what is published on them. */
export interface Topics {
  /** Says something on a topic of the host app's own; `data` is plain JSON of at most 64 KiB. Throws `REQUEST_INVALID`. */
  publish(topic: string, data: Readonly<Record<string, unknown>>): Promise<void>
  /** A page of what a topic carried after a cursor (default from the beginning), oldest first. */
  events(
    topic: string,
    page?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly TopicEvent[]>
  /** What a topic carries after a cursor (default from now on), as it happens. Ends with the signal; rejects with `STOPPED` when the engine stops. */
  follow(topic: string, options?: WaitOptions & { readonly after?: number }): AsyncIterable<TopicEvent>
}

/** One channel as the engine sees it. */
export interface ChannelStatus {
  readonly name: string
  readonly supports: ChannelSupports
  /** `closed` works · `open` paused after failures of the provider or its configuration · `half_open` about to try again. */
  readonly circuit: 'closed' | 'open' | 'half_open'
}

/** The engine a host app holds. Made by `createInviteMe`. */
export interface InviteMe {
  /**
   * Asks one person; returns as soon as the question is durable, before anything is sent.
   * @example const invitation = await inviteMe.ask('sam', 'Dinner on Friday at 8?', { answer: yesNo() })
   */
  ask<Value>(to: To, question: string | ContentInput, options: AskOptions<Value>): Promise<Invitation<Value>>
  /** Asks many people the same; an invitation each. */
  ask<Value>(
    to: readonly To[],
    question: string | ContentInput,
    options: AskOptions<Value>,
  ): Promise<InvitationGroup<Value>>
  /** Sends a notice that wants no answer; returns as soon as it is durable. */
  send(to: To | readonly To[], content: string | ContentInput, options?: SendOptions): Promise<SentMessage>
  /** Takes up an invitation made earlier, here or in another process. Throws `INVITATION_UNKNOWN`. */
  invitation<Value = unknown>(id: string): Promise<Invitation<Value>>
  /** Takes up all invitations of a message. Throws `INVITATION_UNKNOWN` when it has none. */
  invitationGroup<Value = unknown>(messageId: string): Promise<InvitationGroup<Value>>
  /** Answers on somebody's behalf: from a host app's own page, an operator, the command line. */
  respond(
    invitationId: string,
    input: AnswerInput,
    options?: { readonly via?: string },
  ): Promise<ResponseReceipt>
  /** Takes in what a provider or a person sent to a channel: a webhook, or raw MIME as `message/rfc822`. */
  receive(channel: string, request: Request): Promise<readonly FactResult[]>
  /**
   * The same for a web server's route: returns the response the provider expects, and tells the person what became of their
   * answer. Trouble becomes a status: 401 not genuine, 404 no such channel, 413 too large, 503 try again.
   * @example app.post('/webhooks/:channel', (c) => inviteMe.handleWebhook(c.req.param('channel'), c.req.raw))
   */
  handleWebhook(channel: string, request: Request): Promise<Response>
  /** What came in and fits nothing that was sent; kept for a human. */
  readonly unmatched: {
    list(page?: Page): Promise<readonly UnmatchedFact[]>
    /** Throws one away once it was looked at. */
    drop(id: string): Promise<void>
  }
  readonly inbox: Inboxes
  /** Addresses that must not be written to. */
  readonly suppressions: Suppressions
  readonly recipients: Recipients
  readonly messages: {
    get(id: string): Promise<Message | undefined>
    /** Changes the calendar entry of a message, also where it stands already. Throws `REQUEST_INVALID` when it has none. */
    reschedule(id: string, calendar: CalendarInput): Promise<void>
    list(page?: Page): Promise<readonly Message[]>
  }
  readonly invitations: {
    get(id: string): Promise<InvitationRecord | undefined>
    list(
      filter?: { readonly messageId?: string; readonly state?: InvitationState },
      page?: Page,
    ): Promise<readonly InvitationRecord[]>
    responses(id: string): Promise<readonly ResponseRecord[]>
  } & Tallies
  readonly deliveries: {
    get(id: string): Promise<Delivery | undefined>
    list(filter?: DeliveryFilter, page?: Page): Promise<readonly Delivery[]>
    counts(filter?: DeliveryFilter): Promise<DeliveryCounts>
    /** What waits, by channel (empty: the engine's own chores) and lane. */
    backlog(): Promise<readonly Backlog[]>
    /** Makes every link and reply address of a delivery useless: it reached the wrong person. Nobody is told. */
    revokeLinks(id: string): Promise<void>
  }
  readonly receipts: { list(filter?: ReceiptFilter, page?: Page): Promise<readonly Receipt[]> }
  readonly links: Links
  readonly keys: Keys
  readonly segments: Segments
  readonly webhooks: Webhooks
  readonly schedules: Schedules
  readonly templates: Templates
  readonly audit: Audit
  readonly topics: Topics
  /** A secret of this workspace by its name: 32 random bytes, made at first use, the same in every process. */
  secret(name: string): Promise<Uint8Array>
  readonly channels: {
    list(): readonly ChannelStatus[]
    /** Checks credentials and connection of one channel, or says that it cannot. */
    probe(name: string, options?: WaitOptions): Promise<ProbeResult>
  }
  /** The events themselves, to be read at one's own pace: what `on` tells, and what happened before. */
  readonly events: {
    /** After a cursor (default from the beginning), of one invitation or all, oldest first; `limit` is 1 to 1,000, default 100. */
    list(page?: {
      readonly after?: number
      readonly limit?: number
      readonly invitationId?: string
    }): Promise<readonly DomainEvent[]>
    /** Cursor of the newest event; 0 when there is none. */
    last(): Promise<number>
  }
  /** Calls `handler` for every event of a type (`'*'`: all) that happens from now on, also those of other processes. Returns a function that ends it. */
  on(type: DomainEventType | '*', handler: (event: DomainEvent) => void): () => void
  /** Begins sending. Called by `createInviteMe` unless `dispatch: false`. */
  start(): void
  /** Stops taking work, lets sends under way finish within `deadlineMs` (default 10,000), aborts the rest, closes everything. */
  stop(options?: { readonly deadlineMs?: number }): Promise<void>
}
