import type { Generated } from 'kysely'

/** A moment at rest: UTC text in ISO 8601 with milliseconds, so that text order is time order. */
export type Moment = string

/** A value at rest as JSON text. */
export type JsonText = string

/** The tables, as Kysely sees them. Columns are explained where their model is declared. */
export interface Database {
  readonly recipients: {
    id: string
    external_id: string
    name: string | null
    locale: string | null
    zone: string | null
    attributes: JsonText
    preferences: JsonText
    created_at: Moment
    updated_at: Moment
  }
  readonly routes: {
    id: string
    recipient_id: string
    channel: string
    address: string
    rank: number
    verified: number
    state: string
  }
  readonly segments: {
    id: string
    name: string
    filter: JsonText
    created_at: Moment
    updated_at: Moment
  }
  readonly suppressions: {
    id: string
    channel: string
    address: string
    /** Empty: everything is refused. */
    category: string
    reason: string
    source: string
    at: Moment
  }
  readonly messages: {
    id: string
    content: JsonText
    category: string
    lane: number
    routing: string
    answer: JsonText | null
    originator: JsonText | null
    on_unknown: string
    urgency: string
    deliver_by: string
    reminders_ms: JsonText
    until: Moment | null
    key: string | null
    request: string | null
    trace: string | null
    created_at: Moment
  }
  readonly invitations: {
    id: string
    message_id: string
    recipient_id: string | null
    to: string
    name: string | null
    locale: string | null
    state: string
    revision: number
    value: JsonText | null
    via: string | null
    answered_at: Moment | null
    until: Moment | null
    created_at: Moment
    closed_at: Moment | null
  }
  /** Of messages that have one. `of` is JSON. */
  readonly quorums: {
    message_id: string
    count: number
    of: JsonText
    on_reached: string
    counted: number
    reached_at: Moment | null
  }
  readonly deliveries: {
    id: string
    message_id: string
    invitation_id: string | null
    recipient_id: string | null
    to: string
    name: string | null
    locale: string | null
    state: string
    reason: string | null
    lane: number
    plan: JsonText
    position: number
    step: string
    due_at: Moment | null
    due_channel: string
    due_lane: number
    lease_token: number
    lease_worker: string | null
    lease_until: Moment | null
    attempts: number
    tries: number
    route_since: Moment | null
    accepted_at: Moment | null
    first_accepted_at: Moment | null
    reminders: number
    doubtful: number
    crashes: number
    created_at: Moment
    updated_at: Moment
  }
  readonly attempts: {
    delivery_id: string
    number: number
    position: number
    channel: string
    state: string
    provider_message_id: string | null
    started_at: Moment
    settled_at: Moment | null
    address: string | null
    reply_token: string | null
  }
  readonly provider_ids: { channel: string; id: string; delivery_id: string; attempt: number }
  readonly edits: {
    delivery_id: string
    attempt: number
    channel: string
    provider_message_id: string
    position: number
    reason: string
    version: string
    /** While it is held: the end of its lease. */
    due_at: Moment
    tries: number
    /** 1 while a worker has it, or a worker that died had it. */
    held: number
  }
  readonly rescheduled: { message_id: string; entry: JsonText; sequence: number; at: Moment }
  readonly receipts: {
    id: string
    kind: string
    at: Moment
    message_id: string
    delivery_id: string | null
    invitation_id: string | null
    recipient_id: string | null
    attempt: number | null
    channel: string | null
    route_id: string | null
    outcome: string | null
    scope: string | null
    provider_message_id: string | null
    provider_code: string | null
    duplicate_possible: number
    detail: string | null
  }
  readonly responses: {
    id: string
    invitation_id: string
    delivery_id: string | null
    status: string
    revision: number | null
    value: JsonText
    via: string
    provisional: number
    at: Moment
  }
  readonly response_links: {
    hash: string
    purpose: string
    delivery_id: string
    invitation_id: string | null
    position: number
    expires_at: Moment | null
    revoked_at: Moment | null
    created_at: Moment
  }
  readonly connect_links: {
    hash: string
    recipient_id: string
    channel: string
    expires_at: Moment
    used_at: Moment | null
    used_by: string | null
    created_at: Moment
  }
  readonly preference_links: {
    hash: string
    recipient_id: string
    expires_at: Moment
    created_at: Moment
  }
  readonly inbound_facts: { channel: string; id: string; at: Moment }
  readonly unmatched_facts: {
    id: string
    channel: string
    fact_id: string
    provider_message_id: string | null
    received_at: Moment
    fact: JsonText
  }
  readonly clarifications: {
    channel: string
    address: string
    candidates: JsonText
    input: JsonText
    at: Moment
  }
  readonly inbox_items: {
    id: string
    channel: string
    address: string
    delivery_id: string
    message_id: string
    invitation_id: string | null
    recipient_id: string | null
    created_at: Moment
    read_at: Moment | null
    acknowledged_at: Moment | null
  }
  readonly outbox: {
    cursor: Generated<number>
    type: string
    at: Moment
    message_id: string | null
    delivery_id: string | null
    invitation_id: string | null
    recipient_id: string | null
    topic: string | null
    data: JsonText
  }
  readonly outbox_readers: {
    name: string
    cursor: number
    holder: string | null
    held_until: Moment | null
  }
  readonly api_keys: {
    id: string
    name: string
    prefix: string
    hash: string
    scopes: JsonText
    created_at: Moment
    expires_at: Moment | null
    last_used_at: Moment | null
    revoked_at: Moment | null
  }
  /** Values in base64. */
  readonly secrets: { name: string; value: string }
  readonly webhook_endpoints: {
    id: string
    url: string
    description: string | null
    types: JsonText | null
    state: string
    disabled_reason: string | null
    failing_since: Moment | null
    secrets: JsonText
    /** Newest event when it was made: it hears of what comes after. */
    after_cursor: number
    created_at: Moment
  }
  readonly webhook_postings: {
    id: string
    endpoint_id: string
    cursor: number
    type: string
    state: string
    tries: number
    due_at: Moment | null
    last_status: number | null
    last_error: string | null
    created_at: Moment
    updated_at: Moment
  }
  readonly schedules: {
    id: string
    name: string
    description: string | null
    timing: JsonText
    starts: Moment | null
    ends: Moment | null
    enabled: number
    missed: string
    jitter_ms: number
    action: JsonText
    next_at: Moment | null
    due_at: Moment | null
    last_run_at: Moment | null
    run_count: number
    created_at: Moment
    updated_at: Moment
  }
  readonly runs: {
    id: string
    schedule_id: string
    slot: string
    at: Moment
    fired_at: Moment
    state: string
    by_hand: number
    message_id: string | null
    error: string | null
    missed: number
    messages: number
  }
  readonly templates: {
    id: string
    name: string
    version: number
    texts: JsonText
    variables: JsonText
    category: string | null
    layout: string | null
    description: string | null
    created_at: Moment
  }
  readonly delivery_contents: { delivery_id: string; contents: JsonText }
  readonly audit: {
    id: string
    at: Moment
    actor: string
    action: string
    target: string | null
    detail: JsonText
  }
}
