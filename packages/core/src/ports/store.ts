import type { ApiKey } from '../model/api-key.ts'
import type { Attempt } from '../model/attempt.ts'
import type { AuditEntry } from '../model/audit-entry.ts'
import type { CalendarEntry } from '../model/calendar.ts'
import type { Category } from '../model/category.ts'
import type { Clarification } from '../model/clarification.ts'
import type { ConnectLink } from '../model/connect-link.ts'
import type { Delivery, DeliveryState } from '../model/delivery.ts'
import type { DeliveryContents } from '../model/delivery-contents.ts'
import type { DomainEvent, NewDomainEvent } from '../model/domain-event.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { InvitationRecord, InvitationState } from '../model/invitation.ts'
import type { Lane } from '../model/lane.ts'
import type { AnswerSpec } from '../model/answer.ts'
import type { Message } from '../model/message.ts'
import type { Plan } from '../model/plan.ts'
import type { PlannedEdit } from '../model/planned-edit.ts'
import type { Quorum, QuorumStanding } from '../model/quorum.ts'
import type { PreferenceLink } from '../model/preference-link.ts'
import type { Preferences } from '../model/preference.ts'
import type { Recipient, RecipientDraft } from '../model/recipient.ts'
import type { Receipt } from '../model/receipt.ts'
import type { ResponseLink } from '../model/response-link.ts'
import type { ResponseRecord } from '../model/response.ts'
import type { Route, RouteState } from '../model/route.ts'
import type { Segment, SegmentFilter } from '../model/segment.ts'
import type { Run, Schedule } from '../model/schedule.ts'
import type { LeasedSettlement, Settlement } from '../model/settlement.ts'
import type { TallyCounts } from '../model/tally.ts'
import type { Suppression, SuppressionFilter } from '../model/suppression.ts'
import type { Template } from '../model/template.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { WebhookEndpoint, WebhookPosting, WebhookSecret } from '../model/webhook-endpoint.ts'
import type { Notifier } from './notifier.ts'

/** A page of a list: give the last row's `id` as `after` to get the next. Rows are in order of `id`, which is order of creation. */
export interface PageRequest {
  readonly after?: string
  /** 1 to 1,000. */
  readonly limit: number
}

/** One address on one channel. */
export interface ChannelAddress {
  readonly channel: string
  readonly address: string
}

/** What is written of a person when they change their preferences. */
export interface Wishes {
  readonly preferences: Preferences
  /** IANA zone; `undefined`: not known. */
  readonly zone: string | undefined
}

/** A filter of people, with what it must know beside them. */
export interface PeopleFilter {
  readonly filter: SegmentFilter
  /** Those of the workspace: whether they are on for people who said nothing. */
  readonly categories: ReadonlyMap<string, Category>
}

/** People, their routes, and the addresses that said stop. */
export interface RecipientStore {
  /**
   * Inserts or updates by externalId. A route whose address was known keeps its id and, when it was shut, its state.
   * @param newId makes the ids of recipients and routes not yet there
   * @returns the recipients' ids, in order
   */
  upsert(drafts: readonly RecipientDraft[], newId: () => string, now: Date): Promise<readonly string[]>
  byExternalIds(externalIds: readonly string[]): Promise<readonly Recipient[]>
  byIds(ids: readonly string[]): Promise<readonly Recipient[]>
  /**
   * Reads people to whom something is about to be written, and keeps others from locking them until the transaction ends; any
   * number may hold one at once, and a profile may change meanwhile. Use only within a transaction.
   */
  hold(externalIds: readonly string[]): Promise<readonly Recipient[]>
  /** Reads somebody who is about to be forgotten: until the transaction ends nobody else holds them. Use only within a transaction. */
  lock(externalId: string): Promise<Recipient | undefined>
  list(page: PageRequest): Promise<readonly Recipient[]>
  /** How many a filter finds. Looks at everybody, in portions: who comes or changes meanwhile may be counted or not. */
  count(filter: PeopleFilter): Promise<number>
  /** Those a filter finds, in order of `id`. A page that is not full is the last. Looks in portions, as `count` does. */
  page(filter: PeopleFilter, page: PageRequest): Promise<readonly Recipient[]>
  /**
   * Adds a route behind the person's others, or changes the one with this address: verified and open. That one keeps its id and
   * rank. A suppression of the address stays.
   * @returns the route
   */
  connectRoute(recipientId: string, place: ChannelAddress, newId: () => string, now: Date): Promise<Route>
  /**
   * Gives every route, suppression, attempt and open delivery with this address another one; open is what has something due, to be
   * answered or to be edited. A person who has both keeps one route, with the better rank and a "no" said on either. A
   * delivery to a bare address is found only once an attempt has kept its address. Repeating it changes nothing.
   */
  moveAddress(place: ChannelAddress, to: string): Promise<void>
  /** Sets the state of every route with this address, whoever's it is. */
  setRouteState(address: ChannelAddress, state: RouteState): Promise<void>
  /**
   * Suppresses addresses, each for everything or for one category; one that was before keeps its reason and its source.
   * @returns those that were not, so that of two who do it at once only one tells of it
   */
  suppress(suppressions: readonly Suppression[]): Promise<readonly Suppression[]>
  /** Takes back that everything is refused, or one category; the others stay refused. */
  unsuppress(place: ChannelAddress & { readonly category: string | null }): Promise<void>
  /** What is said of the given addresses, in order of the category for each: that everything is refused comes first. */
  suppressed(addresses: readonly ChannelAddress[]): Promise<readonly Suppression[]>
  /** Those that fit, in order of their ids. */
  suppressions(filter: SuppressionFilter, page: PageRequest): Promise<readonly Suppression[]>
  /** Writes what a person wants over what they wanted before. */
  setPreferences(recipientId: string, wishes: Wishes, now: Date): Promise<void>
}

/** Filters that are kept under a name. */
export interface SegmentStore {
  /** Inserts, or gives the segment of this name another filter; its id and `createdAt` stay. @returns the segment as it is now */
  save(segment: Segment): Promise<Segment>
  byName(name: string): Promise<Segment | undefined>
  list(page: PageRequest): Promise<readonly Segment[]>
  /** @returns false when there is no such segment */
  remove(name: string): Promise<boolean>
}

/** A message with everything that becomes true when it is accepted. */
export interface AcceptedMessage {
  readonly message: Message
  /** Canonical text of the request, kept when there is a key, to tell a repeat from a reuse. */
  readonly request: string | null
  readonly invitations: readonly InvitationRecord[]
  readonly deliveries: readonly Delivery[]
}

/** What was sent: messages and their receipts. */
export interface MessageStore {
  insert(accepted: readonly AcceptedMessage[]): Promise<void>
  byId(id: string): Promise<Message | undefined>
  byIds(ids: readonly string[]): Promise<readonly Message[]>
  /** Messages accepted earlier under these keys, with their canonical requests. */
  byKeys(
    keys: readonly string[],
  ): Promise<readonly { readonly key: string; readonly messageId: string; readonly request: string }[]>
  /** Newest first, unlike other lists: what an operator looks for. */
  list(page: PageRequest): Promise<readonly Message[]>
  /** Reads for change of what hangs on it: until the transaction ends nobody else gets it. Use only within a transaction. */
  lock(id: string): Promise<Message | undefined>
  /**
   * Keeps others from locking a message until the transaction ends; any number may hold it at once. Use only within a
   * transaction.
   */
  hold(id: string): Promise<void>
  /** Writes a message's changed calendar entry; messages themselves never change. */
  reschedule(messageId: string, changed: Rescheduled, now: Date): Promise<void>
  /** The changed entries of those messages that have one, by message id, with when they were written. */
  rescheduled(
    messageIds: readonly string[],
  ): Promise<ReadonlyMap<string, Rescheduled & { readonly at: Date }>>
}

/** A calendar entry that was changed after its message was accepted. */
export interface Rescheduled {
  readonly entry: CalendarEntry
  /** 1 for the first change. */
  readonly sequence: number
}

/** Asks for due work of one channel and lane. */
export interface ClaimRequest {
  /** Channel name; empty for follow-ups, which belong to no channel. */
  readonly channel: string
  readonly lane: Lane
  readonly now: Date
  readonly limit: number
  readonly worker: string
  readonly leaseUntil: Date
}

/** A delivery taken by a worker; `leaseToken` proves it when it is settled. */
export interface ClaimedDelivery extends Delivery {
  readonly leaseToken: number
}

/** Filters of a list of deliveries; all given ones must hold. */
export interface DeliveryFilter {
  readonly messageId?: string
  readonly invitationId?: string
  readonly recipientId?: string
  readonly state?: DeliveryState
}

/** When the first that waits in one lane of one channel falls due, or fell. */
export interface NextDue {
  readonly channel: string
  readonly lane: Lane
  readonly at: Date
}

/** What waits in one lane of one channel. */
export interface Backlog {
  readonly channel: string
  readonly lane: Lane
  /** Due by now. */
  readonly due: number
  /** Due later. */
  readonly later: number
  /** Since when the oldest that is due has been; `null` when none is. */
  readonly oldestDueAt: Date | null
}

/** How many deliveries are in each state. */
export type DeliveryCounts = Readonly<Partial<Record<DeliveryState, number>>>

/** The queue: deliveries with their due times, leases and attempts. */
export interface DeliveryStore {
  /** Takes due deliveries, earliest first; no two workers get the same. */
  claimDue(request: ClaimRequest): Promise<readonly ClaimedDelivery[]>
  /** Takes those of the named deliveries that are due on this channel and free. */
  claimNamed(
    request: Omit<ClaimRequest, 'lane' | 'limit'> & { readonly ids: readonly string[] },
  ): Promise<readonly ClaimedDelivery[]>
  /** Due deliveries of a channel and lane that nobody has, earliest first, without taking them. */
  due(request: Pick<ClaimRequest, 'channel' | 'lane' | 'now' | 'limit'>): Promise<readonly Delivery[]>
  /** Takes deliveries whose worker let its lease run out; never its own. */
  claimAbandoned(request: Omit<ClaimRequest, 'channel' | 'lane'>): Promise<readonly ClaimedDelivery[]>
  /** Writes that the channels are about to be called. */
  startAttempts(attempts: readonly Attempt[]): Promise<void>
  /** Writes outcomes; returns the ids that were still ours. Settling twice is settling once. */
  settle(settlements: readonly LeasedSettlement[]): Promise<readonly string[]>
  /** Prolongs every lease of a worker. */
  heartbeat(worker: string, leaseUntil: Date): Promise<void>
  /** What falls due next in each lane of these channels; lanes where nothing waits are left out. The empty name stands for follow-ups. */
  nextDue(channels: readonly string[]): Promise<readonly NextDue[]>
  byIds(ids: readonly string[]): Promise<readonly Delivery[]>
  /**
   * Reads for change those that no worker has and no other transaction is changing; the others are left out. Use only within a
   * transaction; until it ends nobody else takes or changes them.
   */
  lockFree(ids: readonly string[]): Promise<readonly Delivery[]>
  list(filter: DeliveryFilter, page: PageRequest): Promise<readonly Delivery[]>
  /** What waits to be sent or done, by channel (empty: the engine's own chores) and lane; what a worker has does not. */
  backlog(now: Date): Promise<readonly Backlog[]>
  counts(filter: DeliveryFilter): Promise<DeliveryCounts>
  /** The attempt a provider's message id belongs to, its own or one of the others it named; the newest when several. */
  attemptByProviderId(channel: string, providerMessageId: string): Promise<Attempt | undefined>
  attempts(deliveryId: string): Promise<readonly Attempt[]>
  /**
   * Rewrites deliveries outside the dispatcher: a late bounce, a cancellation. One that a worker holds is left alone, since
   * the worker's own settlement decides; returns the ids written.
   */
  rewrite(settlements: readonly Settlement[]): Promise<readonly string[]>
  /** Writes other plans: where routes lead by now. Use only within the transaction that took the deliveries. */
  replan(plans: readonly { readonly deliveryId: string; readonly plan: Plan }[]): Promise<void>
}

/** A change of an invitation's state. */
export interface InvitationPatch {
  readonly id: string
  readonly state: InvitationState
  readonly revision: number
  readonly value: unknown
  readonly via: string | null
  readonly answeredAt: Date | null
  readonly closedAt: Date | null
}

/** Questions and answers. */
export interface InvitationStore {
  byId(id: string): Promise<InvitationRecord | undefined>
  byIds(ids: readonly string[]): Promise<readonly InvitationRecord[]>
  /** Reads for change: until the transaction ends nobody else can change it. Use only within a transaction. */
  lock(id: string): Promise<InvitationRecord | undefined>
  byMessage(messageId: string, page: PageRequest): Promise<readonly InvitationRecord[]>
  list(
    filter: { readonly messageId?: string; readonly state?: InvitationState },
    page: PageRequest,
  ): Promise<readonly InvitationRecord[]>
  update(patch: InvitationPatch): Promise<void>
  appendResponse(response: ResponseRecord): Promise<void>
  responses(invitationId: string): Promise<readonly ResponseRecord[]>
  /**
   * Invitations with a delivery that was, or may have been, accepted on this channel and address, each once, newest first.
   * @param filter `states` in which they are; default any
   */
  byAddress(
    address: ChannelAddress,
    filter: { readonly states?: readonly InvitationState[]; readonly limit: number },
  ): Promise<readonly { readonly invitationId: string; readonly deliveryId: string }[]>
}

/** Answers to the question of a message, counted. */
export interface TallyStore {
  /** Counts everything as of one moment; `answer` says how values are counted. */
  of(messageId: string, answer: AnswerSpec): Promise<TallyCounts>
  /** Keeps the quorum of a message that is being accepted. */
  openQuorum(messageId: string, quorum: Quorum): Promise<void>
  /** The quorum of the message of an invitation; `undefined` without one. */
  quorumFor(invitationId: string): Promise<(QuorumStanding & { readonly messageId: string }) | undefined>
  /**
   * Adds answers that count, or takes back such that do no more. Use only within a transaction.
   * @returns whether the quorum was reached just now: of all who add, only one hears of it
   */
  addToQuorum(messageId: string, by: 1 | -1, now: Date): Promise<boolean>
  /** Calls off the invitations of a message that are pending. Use only within a transaction that has them locked. */
  callOff(messageId: string, now: Date): Promise<void>
}

/** Secret links, found only by the hash of their token. */
export interface LinkStore {
  issue(links: readonly ResponseLink[]): Promise<void>
  byHash(hash: string): Promise<ResponseLink | undefined>
  revoke(deliveryId: string, now: Date): Promise<void>
  issueConnect(link: ConnectLink): Promise<void>
  connectByHash(hash: string): Promise<ConnectLink | undefined>
  /** Marks it used by an address; does nothing when it was used before. */
  useConnect(hash: string, usedBy: string, now: Date): Promise<void>
  /** Writes a link to a person's preferences; those of theirs that have run out are dropped. */
  issuePreferences(link: PreferenceLink): Promise<void>
  preferencesByHash(hash: string): Promise<PreferenceLink | undefined>
}

/** Messages to be brought up to date where they were sent. */
export interface EditStore {
  /**
   * Plans edits; one planned before for the same attempt gives way. While a worker has that one, the new one waits until it is
   * settled or its lease has run out: of two on their way at once nobody knows which arrives last.
   */
  plan(edits: readonly PlannedEdit[]): Promise<void>
  /**
   * Takes due edits of a channel, earliest first, and puts them off until `leaseUntil` in case they are not settled; until then
   * nobody else gets them. `dueAt` is still the moment they fell due, `tries` those before this one, which counts from now
   * on, also when its worker dies.
   */
  claimDue(request: {
    readonly channel: string
    readonly now: Date
    readonly limit: number
    readonly leaseUntil: Date
  }): Promise<readonly PlannedEdit[]>
  /**
   * Ends an edit, or puts it off to `retryAt` with one more try. When a newer one took its place, that one is due from now on.
   * @returns whether it was still the newest
   */
  settle(edit: PlannedEdit, retryAt: Date | null): Promise<boolean>
  /** Earliest due time on these channels, the ends of leases included; `undefined` when nothing waits. */
  nextDueAt(channels: readonly string[]): Promise<Date | undefined>
}

/** What came in from outside: what was seen before, what fits nothing, what waits for a word from its sender. */
export interface InboundStore {
  /** Remembers ids of inbound facts; returns those not seen before. */
  remember(channel: string, factIds: readonly string[], now: Date): Promise<readonly string[]>
  /** Keeps facts that fit nothing, without their `replyTo`; the same fact of a channel is kept once. Returns those not kept before. */
  keepUnmatched(facts: readonly UnmatchedFact[]): Promise<readonly UnmatchedFact[]>
  /** Kept facts that speak of this provider's message, oldest first. */
  unmatchedOf(channel: string, providerMessageId: string): Promise<readonly UnmatchedFact[]>
  /** All kept facts. */
  listUnmatched(page: PageRequest): Promise<readonly UnmatchedFact[]>
  dropUnmatched(ids: readonly string[]): Promise<void>
  /** Keeps what is to be clarified; an older one of the same address gives way. */
  putClarification(clarification: Clarification): Promise<void>
  clarification(place: ChannelAddress): Promise<Clarification | undefined>
  dropClarification(place: ChannelAddress): Promise<void>
}

/** Whose inbox, and which part of it. */
export interface InboxFilter {
  readonly channel: string
  readonly address: string
  /** `unread`, `unacknowledged`, or all when absent. */
  readonly only?: 'unread' | 'unacknowledged'
}

/** Inboxes within the host app. */
export interface InboxStore {
  /** Adds items; one of the same delivery gives way to the new one, id and marks included (a reminder is unread again). */
  add(items: readonly InboxItem[]): Promise<void>
  /** Newest first: `after` is the id of the last item of the page before. */
  list(filter: InboxFilter, page: PageRequest): Promise<readonly InboxItem[]>
  count(filter: InboxFilter): Promise<number>
  /** Those of the given items that are in this inbox, in no order. */
  byIds(whose: ChannelAddress, ids: readonly string[]): Promise<readonly InboxItem[]>
  /**
   * Marks items of one inbox, or all of it; acknowledged ones are read too. Items marked before stay as they are. Within a
   * transaction it is all of them or none; the work is done in portions, but what changed is given back whole.
   * @returns the items that changed, newest first
   */
  mark(
    whose: ChannelAddress,
    ids: readonly string[] | 'all',
    mark: 'read' | 'acknowledged',
    now: Date,
  ): Promise<readonly InboxItem[]>
}

/** Filters of a list of receipts; all given ones must hold. */
export interface ReceiptFilter {
  readonly messageId?: string
  readonly deliveryId?: string
  readonly invitationId?: string
  readonly recipientId?: string
  readonly channel?: string
}

/** The append-only record of what happened. */
export interface ReceiptStore {
  append(receipts: readonly Receipt[]): Promise<void>
  byId(id: string): Promise<Receipt | undefined>
  list(filter: ReceiptFilter, page: PageRequest): Promise<readonly Receipt[]>
}

/** Which events: of one invitation, or those a live topic carries, which are of a person or published on the topic itself. */
export type EventFilter =
  | { readonly invitationId: string }
  | { readonly topic: string; readonly recipientId: string | null }

/** The turn of a reader of the outbox, which processes take after each other. */
export interface ReaderTurn {
  /** Name of the reader, `events`. */
  readonly reader: string
  /** The process that reads; one whose turn has run out may keep it while nobody took it. */
  readonly holder: string
  readonly now: Date
  /** Until when nobody else may read on; `now` gives the turn back. */
  readonly until: Date
  /** Cursor of the last event that is done with; default as it was. It never goes back. */
  readonly readTo?: number
}

/** Domain events, written in the transaction that made them true. */
export interface Outbox {
  append(events: readonly NewDomainEvent[]): Promise<void>
  /**
   * Events after a cursor, oldest first. Whoever reads on from the last cursor they got misses nothing, whoever else writes
   * meanwhile.
   */
  after(cursor: number, limit: number, filter?: EventFilter): Promise<readonly DomainEvent[]>
  /** Cursor of the newest event; 0 when there is none. */
  last(): Promise<number>
  /**
   * Takes, keeps or gives back the turn of a reader of whom one may read on at a time, and writes how far it came. A reader of a
   * new name begins behind the newest event.
   * @returns cursor of the last event that is done with; `undefined` while another process has the turn: nothing is written then
   */
  takeTurn(turn: ReaderTurn): Promise<number | undefined>
  /** Cursor of the last event a reader is done with; `undefined` when there never was one of this name. */
  readTo(reader: string): Promise<number | undefined>
}

/** Keys to the HTTP interface. */
export interface KeyStore {
  /** @param hash SHA-256 of the secret, hex */
  insert(key: ApiKey, hash: string): Promise<void>
  byHash(hash: string): Promise<ApiKey | undefined>
  list(page: PageRequest): Promise<readonly ApiKey[]>
  /** @returns false when there is no such key; one revoked before stays as it is */
  revoke(id: string, now: Date): Promise<boolean>
  /** Writes when a key was used last. */
  touch(id: string, now: Date): Promise<void>
  /** A secret of this workspace, the same for every process: kept by the first who asks for its name. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>
}

/** A posting taken by a worker, with what it needs; the others wait for their turn. */
export interface ClaimedPosting {
  readonly posting: WebhookPosting
  readonly endpoint: WebhookEndpoint
  readonly secrets: readonly WebhookSecret[]
  readonly event: DomainEvent
}

/** How a try to post ended. */
export interface PostingOutcome {
  readonly id: string
  readonly endpointId: string
  /** Tries as they were claimed: a failure counts only while nobody has claimed the posting since. */
  readonly tries: number
  readonly state: WebhookPosting['state']
  readonly dueAt: Date | null
  readonly lastStatus: number | null
  readonly lastError: string | null
}

/** An enabled endpoint, and when the first of what waits for it falls due. */
export interface WaitingEndpoint {
  readonly endpointId: string
  readonly failingSince: Date | null
  /** `null` when nothing waits. */
  readonly dueAt: Date | null
}

/** What is changed of an endpoint; what is not given stays as it is. */
export type WebhookEndpointChanges = Partial<
  Pick<WebhookEndpoint, 'url' | 'description' | 'types' | 'state' | 'disabledReason' | 'failingSince'>
>

/**
 * Forgetting a person, in portions that can be repeated: what was sent to them, what was told of it, and at last who they were.
 * What is counted stays countable. An address that another person has too is theirs as well, and stays.
 */
export interface ErasureStore {
  /**
   * Ids of deliveries that hold something of the person, in order: those to them, and those to nobody by name at an address of
   * theirs, as far as attempts and inboxes kept it. Overwritten ones are left out.
   */
  deliveries(recipientId: string, page: PageRequest): Promise<readonly string[]>
  /**
   * Overwrites names, addresses, words and provider's ids in deliveries and all that hangs on them; a message that was only for
   * people who are forgotten loses its content. Use only within a transaction that has them locked, with nothing due.
   */
  overwrite(deliveryIds: readonly string[]): Promise<void>
  /**
   * Takes values and addresses out of the next events about a person, and the topic that holds an address.
   * @returns cursor of the last event that was looked at; `undefined` when there are no more
   */
  overwriteEvents(recipientId: string, after: number, limit: number): Promise<number | undefined>
  /**
   * Removes the profile, routes, links, inbox, and what came in from the person and fits nothing. An address that said stop, or
   * is dead, stays suppressed. Use only within a transaction.
   * @returns `unfinished` when a delivery to them was not overwritten yet; nothing was removed then
   */
  forget(recipientId: string, now: Date): Promise<'forgotten' | 'unfinished' | 'unknown'>
}

/** Endpoints that are told of events, and what is on its way to them. */
export interface WebhookStore {
  insert(endpoint: WebhookEndpoint, secrets: readonly WebhookSecret[]): Promise<void>
  /**
   * Changes an endpoint. One that becomes enabled hears of what happens from then on; what waited for it goes on.
   * @returns the endpoint as it is now; `undefined` when there is none with this id
   */
  update(id: string, changes: WebhookEndpointChanges): Promise<WebhookEndpoint | undefined>
  /** Reads the secrets for change, newest first; empty when there is no such endpoint. Use only within a transaction. */
  secrets(endpointId: string): Promise<readonly WebhookSecret[]>
  setSecrets(endpointId: string, secrets: readonly WebhookSecret[]): Promise<void>
  byId(id: string): Promise<WebhookEndpoint | undefined>
  list(page: PageRequest): Promise<readonly WebhookEndpoint[]>
  /** Removes an endpoint with its postings, in portions: others get their turn meanwhile. */
  remove(id: string): Promise<boolean>
  /**
   * Makes postings of the next events of the outbox for the enabled endpoints that want them, and remembers how far it came.
   * Endpoints hear of what happens from their making on. Never makes two of one event for one endpoint, whoever calls. Use
   * only within a transaction.
   * @param limit most events looked at; each makes as many postings as there are endpoints
   * @returns how many events were looked at; `undefined` while another process does the same
   */
  fanOut(limit: number, now: Date): Promise<number | undefined>
  /** All enabled endpoints. */
  waiting(): Promise<readonly WaitingEndpoint[]>
  /**
   * Takes due postings, earliest first, and puts them off until `leaseUntil`; counts the try. Use only within a transaction.
   * @param request `shares` most of each endpoint, by its id; others are left alone
   */
  claimDue(request: {
    readonly shares: ReadonlyMap<string, number>
    readonly now: Date
    readonly leaseUntil: Date
  }): Promise<readonly ClaimedPosting[]>
  /**
   * Writes how tries ended, and since when an endpoint fails; one that took something fails no more.
   * @returns the endpoints that fail, as they are now
   */
  settle(outcomes: readonly PostingOutcome[], now: Date): Promise<readonly WebhookEndpoint[]>
  /** Deletes postings that ended before a moment, longest ago first. @returns how many */
  prune(endedBefore: Date, limit: number): Promise<number>
  /** Newest first. */
  postings(
    filter: { readonly endpointId: string; readonly state?: WebhookPosting['state'] },
    page: PageRequest,
  ): Promise<readonly WebhookPosting[]>
  /**
   * Makes postings due again, as if never tried: those named; or all of one endpoint in `state` that were made since a moment;
   * or, with no state, everything the endpoint wants of what happened since then and since its making, also what passed it by
   * while it was disabled or is deleted by now. Done in portions.
   * @returns how many
   */
  replay(
    endpointId: string,
    which:
      | { readonly ids: readonly string[] }
      | { readonly since: Date; readonly state?: WebhookPosting['state'] },
    now: Date,
  ): Promise<number>
}

/** Somebody with an attribute that may be a date. */
export interface PersonOfDay {
  readonly id: string
  readonly externalId: string
  /** The attribute's value, whatever it is. */
  readonly value: unknown
}

/** What is sent and asked by the clock. */
export interface ScheduleStore {
  /** @returns false when there is one of this name already, and nothing was written */
  insert(schedule: Schedule): Promise<boolean>
  /** Writes everything of the schedule with this id. Use only within the transaction that locked it. */
  update(schedule: Schedule): Promise<void>
  /** Reads one for change: until the transaction ends nobody else can change it. Use only within a transaction. */
  lock(name: string): Promise<Schedule | undefined>
  byName(name: string): Promise<Schedule | undefined>
  list(page: PageRequest): Promise<readonly Schedule[]>
  /** Removes one with its runs. @returns whether it was there */
  remove(id: string): Promise<boolean>
  /**
   * The schedule that has been due longest and that no other transaction has; nobody else gets it until this one ends. Use only
   * within a transaction.
   */
  claimDue(now: Date): Promise<Schedule | undefined>
  /** When the first falls due, or fell; `undefined` when none will. */
  nextDueAt(): Promise<Date | undefined>
  /** Sets when a schedule is due next; with `ranAt` it counts a run. Use only within the transaction that has it. */
  move(
    id: string,
    to: { readonly nextAt: Date | null; readonly dueAt: Date | null; readonly ranAt?: Date },
  ): Promise<void>
  /** Whether there is a run for this moment, made by the clock. */
  hasRun(scheduleId: string, at: Date): Promise<boolean>
  /** @returns false when there is a run for this moment already, and nothing was written */
  addRun(run: Run): Promise<boolean>
  /** Newest first. */
  runs(scheduleId: string, page: PageRequest): Promise<readonly Run[]>
  /** Deletes runs that were made before a moment, longest ago first. @returns how many */
  prune(firedBefore: Date, limit: number): Promise<number>
  /** The zones people are in; `null` stands for those without one. */
  zones(): Promise<readonly (string | null)[]>
  /** People of one zone of whom an attribute may be a date on one of these days (`05-17`); look at the value again. */
  peopleOn(
    which: { readonly attribute: string; readonly days: readonly string[]; readonly zone: string | null },
    page: PageRequest,
  ): Promise<readonly PersonOfDay[]>
}

/** Administrative acts; append only. */
export interface AuditStore {
  append(entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(page: PageRequest): Promise<readonly AuditEntry[]>
}

/** Texts with variables, and what was put together from them. */
export interface TemplateStore {
  /** Writes the next version of a template; of two who save at once each gets a version of their own. */
  save(draft: Omit<Template, 'version'>): Promise<Template>
  /** @param version default the newest */
  byName(name: string, version?: number): Promise<Template | undefined>
  /** All versions of one template, newest first. */
  versions(name: string, page: PageRequest): Promise<readonly Template[]>
  /** The newest version of each template, in the order in which those were saved. */
  list(page: PageRequest): Promise<readonly Template[]>
  /** Removes all versions; what was made of them stays. @returns false when there was none */
  remove(name: string): Promise<boolean>
  /** Keeps the words of deliveries that were just made. */
  keepContents(contents: readonly DeliveryContents[]): Promise<void>
  /** The words of those of the deliveries that have their own, in no order. */
  contents(deliveryIds: readonly string[]): Promise<readonly DeliveryContents[]>
}

/** The parts of a store, inside or outside a transaction. */
export interface StoreParts {
  readonly recipients: RecipientStore
  readonly segments: SegmentStore
  readonly messages: MessageStore
  readonly deliveries: DeliveryStore
  readonly invitations: InvitationStore
  readonly tallies: TallyStore
  readonly links: LinkStore
  readonly edits: EditStore
  readonly inbound: InboundStore
  readonly inbox: InboxStore
  readonly receipts: ReceiptStore
  readonly outbox: Outbox
  readonly keys: KeyStore
  readonly erasure: ErasureStore
  readonly webhooks: WebhookStore
  readonly schedules: ScheduleStore
  readonly templates: TemplateStore
  readonly audit: AuditStore
}

/** How a transaction goes with others. */
export interface TransactionOptions {
  /** How long it may wait for others to share its commit with (default 0). */
  readonly patienceMs?: number
  /**
   * Shares its commit with nobody (default false): for one that writes to people or addresses, or to many questions. Those who
   * share a commit hold what each of them locked, in the order it came; alone each locks in one order, so that no two wait for
   * each other: people, questions, deliveries, suppressions, routes.
   */
  readonly alone?: boolean
}

/**
 * The only truth: everything accepted is here. Reads outside a transaction see only what was committed.
 */
export interface Store extends StoreParts {
  /** How processes on this store wake each other, when the store itself can tell them. */
  readonly notifier?: Notifier
  /** The time by the store's own clock, which is the same for processes on different machines; absent when they share one. */
  now?(): Promise<Date>
  /**
   * Runs `work` in one transaction: all of it or nothing. `work` uses only the parts it is given, and may be run again
   * when the first run could not be kept.
   * @param options how it goes with others
   */
  transaction<Result>(
    work: (parts: StoreParts) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>
  close(): Promise<void>
}

/** What `sqlite(file)` returns: a store still to be opened, by the engine that will own it. */
export interface StoreOpener {
  open(): Promise<Store>
}
