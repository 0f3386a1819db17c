import type BetterSqlite from 'better-sqlite3'
import type { Attempt } from '../model/attempt.ts'
import type { DeliveryState } from '../model/delivery.ts'
import type { NewDomainEvent } from '../model/domain-event.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { Lane } from '../model/lane.ts'
import { lanes } from '../model/lane.ts'
import type { Receipt } from '../model/receipt.ts'
import type { ResponseLink } from '../model/response-link.ts'
import type { LeasedSettlement, Settlement } from '../model/settlement.ts'
import type { AcceptedMessage, ClaimedDelivery, ClaimRequest, NextDue } from '../ports/store.ts'
import { toDelivery, toMoment, toMomentOrNull, type Row } from './rows.ts'

/** The statements every message passes through, prepared once: building them anew each time costs three times as much. */
export interface SqliteStatements {
  insertMessages(accepted: readonly AcceptedMessage[]): void
  claimDue(request: ClaimRequest): readonly ClaimedDelivery[]
  claimNamed(
    request: Omit<ClaimRequest, 'lane' | 'limit'> & { readonly ids: readonly string[] },
  ): readonly ClaimedDelivery[]
  claimAbandoned(request: Omit<ClaimRequest, 'channel' | 'lane'>): readonly ClaimedDelivery[]
  startAttempts(attempts: readonly Attempt[]): void
  settle(settlements: readonly LeasedSettlement[]): readonly string[]
  rewrite(settlements: readonly Settlement[]): readonly string[]
  nextDue(channels: readonly string[]): readonly NextDue[]
  issueLinks(links: readonly ResponseLink[]): void
  addInboxItems(items: readonly InboxItem[]): void
  appendReceipts(receipts: readonly Receipt[]): void
  appendEvents(events: readonly NewDomainEvent[]): void
}

/** What a settlement writes, whoever does it. */
const newProgress = `
  UPDATE deliveries
  SET state = ?, reason = ?, position = ?, step = ?, due_at = ?, due_channel = ?, due_lane = ?, attempts = ?, tries = ?,
      route_since = ?, accepted_at = ?, first_accepted_at = ?, reminders = ?, doubtful = ?, crashes = ?, updated_at = ?,
      lease_worker = NULL, lease_until = NULL`

type NumberedRow = Row<'deliveries'> & { readonly rowid: number }

/** Prepares the statements on a migrated database. All of them run in the caller's transaction. */
export function prepareStatements(database: BetterSqlite.Database): SqliteStatements {
  const insertMessage = database.prepare(
    insertInto('messages', [
      'id',
      'content',
      'category',
      'lane',
      'routing',
      'answer',
      'originator',
      'on_unknown',
      'urgency',
      'deliver_by',
      'reminders_ms',
      'until',
      'key',
      'request',
      'trace',
      'created_at',
    ]),
  )
  const insertInvitation = database.prepare(
    insertInto('invitations', [
      'id',
      'message_id',
      'recipient_id',
      'to',
      'name',
      'locale',
      'state',
      'revision',
      'until',
      'created_at',
      'closed_at',
    ]),
  )
  const insertDelivery = database.prepare(
    insertInto('deliveries', [
      'id',
      'message_id',
      'invitation_id',
      'recipient_id',
      'to',
      'name',
      'locale',
      'state',
      'reason',
      'lane',
      'plan',
      'position',
      'step',
      'due_at',
      'due_channel',
      'due_lane',
      'lease_token',
      'attempts',
      'tries',
      'reminders',
      'doubtful',
      'crashes',
      'created_at',
      'updated_at',
    ]),
  )
  // Read, then written row by row: one UPDATE with RETURNING takes twenty times as long where nothing is due. A bare `?`
  // by which SQLite could choose an index makes it plan the statement anew at every run, ten times as dear; `+?` does not.
  const findDue = database.prepare<unknown[], NumberedRow>(
    `SELECT rowid, * FROM deliveries
     WHERE due_channel = +? AND due_lane = +? AND due_at <= ? AND lease_until IS NULL
     ORDER BY due_at, id LIMIT +?`,
  )
  const findNamed = database.prepare<unknown[], NumberedRow>(
    `SELECT rowid, * FROM deliveries
     WHERE id = +? AND due_channel = +? AND due_at <= +? AND lease_until IS NULL`,
  )
  const findAbandoned = database.prepare<unknown[], NumberedRow>(
    `SELECT rowid, * FROM deliveries
     WHERE lease_until IS NOT NULL AND lease_until < ? AND lease_worker <> ?
     ORDER BY lease_until LIMIT +?`,
  )
  const takeLease = database.prepare(
    'UPDATE deliveries SET lease_token = ?, lease_worker = ?, lease_until = ?, state = ? WHERE rowid = ?',
  )
  const insertAttempt = database.prepare(
    insertInto('attempts', [
      'delivery_id',
      'number',
      'position',
      'channel',
      'state',
      'started_at',
      'address',
      'reply_token',
    ]),
  )
  const closeAttempt = database.prepare(
    'UPDATE attempts SET state = ?, provider_message_id = ?, settled_at = ? WHERE delivery_id = ? AND number = ?',
  )
  const insertProviderId = database.prepare(
    `${insertInto('provider_ids', ['channel', 'id', 'delivery_id', 'attempt'])} ON CONFLICT DO NOTHING`,
  )
  const settleOurs = database.prepare(
    `${newProgress} WHERE id = ? AND lease_token = ? AND lease_until IS NOT NULL`,
  )
  const rewriteFree = database.prepare(`${newProgress} WHERE id = ? AND lease_until IS NULL`)
  const nextDue = database.prepare<unknown[], { due: string | null }>(
    'SELECT min(due_at) AS due FROM deliveries WHERE due_channel = +? AND due_lane = +? AND due_at IS NOT NULL AND lease_until IS NULL',
  )
  const insertLink = database.prepare(
    insertInto('response_links', [
      'hash',
      'purpose',
      'delivery_id',
      'invitation_id',
      'position',
      'expires_at',
      'created_at',
    ]),
  )
  const inboxColumns = [
    'delivery_id',
    'id',
    'channel',
    'address',
    'message_id',
    'invitation_id',
    'recipient_id',
    'created_at',
    'read_at',
    'acknowledged_at',
  ]
  const putInboxItem = database.prepare(
    `${insertInto('inbox_items', inboxColumns)} ON CONFLICT (delivery_id)
     DO UPDATE SET ${inboxColumns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  )
  const insertReceipt = database.prepare(
    insertInto('receipts', [
      'id',
      'kind',
      'at',
      'message_id',
      'delivery_id',
      'invitation_id',
      'recipient_id',
      'attempt',
      'channel',
      'route_id',
      'outcome',
      'scope',
      'provider_message_id',
      'provider_code',
      'duplicate_possible',
      'detail',
    ]),
  )
  const insertEvent = database.prepare(
    insertInto('outbox', [
      'type',
      'at',
      'message_id',
      'delivery_id',
      'invitation_id',
      'recipient_id',
      'topic',
      'data',
    ]),
  )

  const write = (
    statement: BetterSqlite.Statement,
    settlement: Settlement,
    ...ours: readonly number[]
  ): boolean => {
    const at = toMoment(settlement.updatedAt)
    const { changes } = statement.run(
      settlement.state,
      settlement.reason,
      settlement.position,
      settlement.step,
      toMomentOrNull(settlement.dueAt),
      settlement.dueChannel,
      settlement.dueLane,
      settlement.attempts,
      settlement.tries,
      toMomentOrNull(settlement.routeSince),
      toMomentOrNull(settlement.acceptedAt),
      toMomentOrNull(settlement.firstAcceptedAt),
      settlement.reminders,
      settlement.doubtful ? 1 : 0,
      settlement.crashes,
      at,
      settlement.deliveryId,
      ...ours,
    )
    if (changes === 0) return false
    const { attempt } = settlement
    if (attempt === null) return true
    const { number, otherIds } = attempt
    closeAttempt.run(attempt.state, attempt.providerMessageId, at, settlement.deliveryId, number)
    for (const id of otherIds?.ids ?? [])
      insertProviderId.run(otherIds?.channel, id, settlement.deliveryId, number)
    return true
  }

  const leaseAll = (find: () => readonly NumberedRow[], worker: string, leaseUntil: Date) => {
    const until = toMoment(leaseUntil)
    return find().map((row): ClaimedDelivery => {
      const claimed = { ...toDelivery(row), state: stateOnceTaken(row), leaseToken: row.lease_token + 1 }
      takeLease.run(claimed.leaseToken, worker, until, claimed.state, row.rowid)
      return claimed
    })
  }
  /** Nobody may come between the reading and the writing, so without a transaction it makes one. */
  const leaseAlone = database.transaction(leaseAll).immediate
  const lease: typeof leaseAll = (find, worker, leaseUntil) =>
    (database.inTransaction ? leaseAll : leaseAlone)(find, worker, leaseUntil)

  return {
    insertMessages(accepted) {
      for (const { message, request, invitations, deliveries } of accepted) {
        const at = toMoment(message.createdAt)
        insertMessage.run(
          message.id,
          JSON.stringify(message.content),
          message.category,
          message.lane,
          message.routing,
          message.answer === null ? null : JSON.stringify(message.answer),
          message.originator === null ? null : JSON.stringify(message.originator),
          message.onUnknown,
          message.urgency,
          message.deliverBy,
          JSON.stringify(message.remindersMs),
          toMomentOrNull(message.until),
          message.key,
          request,
          message.trace,
          at,
        )
        for (const invitation of invitations) {
          insertInvitation.run(
            invitation.id,
            invitation.messageId,
            invitation.recipientId,
            invitation.to,
            invitation.name,
            invitation.locale,
            invitation.state,
            invitation.revision,
            toMomentOrNull(invitation.until),
            at,
            toMomentOrNull(invitation.closedAt),
          )
        }
        for (const delivery of deliveries) {
          const due = delivery.plan[delivery.position]
          insertDelivery.run(
            delivery.id,
            delivery.messageId,
            delivery.invitationId,
            delivery.recipientId,
            delivery.to,
            delivery.name,
            delivery.locale,
            delivery.state,
            delivery.reason,
            delivery.lane,
            JSON.stringify(delivery.plan),
            delivery.position,
            delivery.step,
            toMomentOrNull(delivery.dueAt),
            due?.channel ?? '',
            delivery.lane,
            0,
            0,
            0,
            0,
            0,
            0,
            at,
            at,
          )
        }
      }
    },
    claimDue: ({ channel, lane, now, limit, worker, leaseUntil }) =>
      lease(() => findDue.all(channel, lane, toMoment(now), limit), worker, leaseUntil),
    claimNamed: ({ channel, ids, now, worker, leaseUntil }) =>
      lease(
        () => [...new Set(ids)].flatMap((id) => findNamed.get(id, channel, toMoment(now)) ?? []),
        worker,
        leaseUntil,
      ),
    claimAbandoned: ({ now, limit, worker, leaseUntil }) =>
      lease(() => findAbandoned.all(toMoment(now), worker, limit), worker, leaseUntil),
    startAttempts(attempts) {
      for (const attempt of attempts)
        insertAttempt.run(
          attempt.deliveryId,
          attempt.number,
          attempt.position,
          attempt.channel,
          attempt.state,
          toMoment(attempt.startedAt),
          attempt.address,
          attempt.replyToken,
        )
    },
    settle: (settlements) =>
      settlements
        .filter((settlement) => write(settleOurs, settlement, settlement.leaseToken))
        .map(({ deliveryId }) => deliveryId),
    rewrite: (settlements) =>
      settlements.filter((settlement) => write(rewriteFree, settlement)).map(({ deliveryId }) => deliveryId),
    nextDue: (channels) =>
      channels.flatMap((channel) =>
        lanes.flatMap((lane: Lane) => {
          const due = nextDue.get(channel, lane)?.due ?? null
          return due === null ? [] : [{ channel, lane, at: new Date(due) }]
        }),
      ),
    issueLinks(links) {
      for (const link of links)
        insertLink.run(
          link.hash,
          link.purpose,
          link.deliveryId,
          link.invitationId,
          link.position,
          toMomentOrNull(link.expiresAt),
          toMoment(link.createdAt),
        )
    },
    addInboxItems(items) {
      for (const item of items)
        putInboxItem.run(
          item.deliveryId,
          item.id,
          item.channel,
          item.address,
          item.messageId,
          item.invitationId,
          item.recipientId,
          toMoment(item.createdAt),
          toMomentOrNull(item.readAt),
          toMomentOrNull(item.acknowledgedAt),
        )
    },
    appendReceipts(receipts) {
      for (const receipt of receipts) {
        insertReceipt.run(
          receipt.id,
          receipt.kind,
          toMoment(receipt.at),
          receipt.messageId,
          receipt.deliveryId,
          receipt.invitationId,
          receipt.recipientId,
          receipt.attempt,
          receipt.channel,
          receipt.routeId,
          receipt.outcome,
          receipt.scope,
          receipt.providerMessageId,
          receipt.providerCode,
          receipt.duplicatePossible ? 1 : 0,
          receipt.detail,
        )
      }
    },
    appendEvents(events) {
      for (const event of events)
        insertEvent.run(
          event.type,
          toMoment(event.at),
          event.messageId,
          event.deliveryId,
          event.invitationId,
          event.recipientId,
          event.topic ?? null,
          JSON.stringify(event.data),
        )
    },
  }
}

function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

/** The first send turns a waiting delivery into one under way. */
function stateOnceTaken({ state, step }: NumberedRow): DeliveryState {
  const isWaiting = step === 'send' && ['planned', 'held', 'queued'].includes(state)
  return isWaiting ? 'sending' : (state as DeliveryState)
}
