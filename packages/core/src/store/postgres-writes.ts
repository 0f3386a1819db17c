import type { Attempt } from '../model/attempt.ts'
import type { Delivery } from '../model/delivery.ts'
import type { NewDomainEvent } from '../model/domain-event.ts'
import type { InboxItem } from '../model/inbox-item.ts'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Receipt } from '../model/receipt.ts'
import type { ResponseLink } from '../model/response-link.ts'
import type { AcceptedMessage } from '../ports/store.ts'
import { arraysOf, flag, inserter, int, namesOf, text, unnested, type Column } from './postgres-columns.ts'
import type { Gather } from './postgres-gather.ts'
import { lockTimeoutMs, type Executor } from './postgres-session.ts'
import { toMoment, toMomentOrNull } from './rows.ts'

/** The inserts every message passes through, a statement for any number of rows. */
export interface PostgresWrites {
  insertMessages(accepted: readonly AcceptedMessage[]): Promise<void>
  startAttempts(attempts: readonly Attempt[]): Promise<void>
  issueLinks(links: readonly ResponseLink[]): Promise<void>
  addInboxItems(items: readonly InboxItem[]): Promise<void>
  appendReceipts(receipts: readonly Receipt[]): Promise<void>
}

const messageColumns: readonly Column<AcceptedMessage>[] = [
  text('id', ({ message }) => message.id),
  text('content', ({ message }) => JSON.stringify(message.content)),
  text('category', ({ message }) => message.category),
  int('lane', ({ message }) => message.lane),
  text('routing', ({ message }) => message.routing),
  text('answer', ({ message }) => (message.answer === null ? null : JSON.stringify(message.answer))),
  text('originator', ({ message }) =>
    message.originator === null ? null : JSON.stringify(message.originator),
  ),
  text('on_unknown', ({ message }) => message.onUnknown),
  text('urgency', ({ message }) => message.urgency),
  text('deliver_by', ({ message }) => message.deliverBy),
  text('reminders_ms', ({ message }) => JSON.stringify(message.remindersMs)),
  text('until', ({ message }) => toMomentOrNull(message.until)),
  text('key', ({ message }) => message.key),
  text('request', ({ request }) => request),
  text('trace', ({ message }) => message.trace),
  text('created_at', ({ message }) => toMoment(message.createdAt)),
]

interface Accepted<Part> {
  readonly part: Part
  readonly at: Date
}

const invitationColumns: readonly Column<Accepted<InvitationRecord>>[] = [
  text('id', ({ part }) => part.id),
  text('message_id', ({ part }) => part.messageId),
  text('recipient_id', ({ part }) => part.recipientId),
  text('to', ({ part }) => part.to),
  text('name', ({ part }) => part.name),
  text('locale', ({ part }) => part.locale),
  text('state', ({ part }) => part.state),
  int('revision', ({ part }) => part.revision),
  text('until', ({ part }) => toMomentOrNull(part.until)),
  text('created_at', ({ at }) => toMoment(at)),
  text('closed_at', ({ part }) => toMomentOrNull(part.closedAt)),
]

const none = () => 0
const deliveryColumns: readonly Column<Accepted<Delivery>>[] = [
  text('id', ({ part }) => part.id),
  text('message_id', ({ part }) => part.messageId),
  text('invitation_id', ({ part }) => part.invitationId),
  text('recipient_id', ({ part }) => part.recipientId),
  text('to', ({ part }) => part.to),
  text('name', ({ part }) => part.name),
  text('locale', ({ part }) => part.locale),
  text('state', ({ part }) => part.state),
  text('reason', ({ part }) => part.reason),
  int('lane', ({ part }) => part.lane),
  text('plan', ({ part }) => JSON.stringify(part.plan)),
  int('position', ({ part }) => part.position),
  text('step', ({ part }) => part.step),
  text('due_at', ({ part }) => toMomentOrNull(part.dueAt)),
  text('due_channel', ({ part }) => part.plan[part.position]?.channel ?? ''),
  int('due_lane', ({ part }) => part.lane),
  ...['lease_token', 'attempts', 'tries', 'reminders', 'doubtful', 'crashes'].map((name) => int(name, none)),
  text('created_at', ({ at }) => toMoment(at)),
  text('updated_at', ({ at }) => toMoment(at)),
]

const attemptColumns: readonly Column<Attempt>[] = [
  text('delivery_id', (attempt) => attempt.deliveryId),
  int('number', (attempt) => attempt.number),
  int('position', (attempt) => attempt.position),
  text('channel', (attempt) => attempt.channel),
  text('state', (attempt) => attempt.state),
  text('started_at', (attempt) => toMoment(attempt.startedAt)),
  text('address', (attempt) => attempt.address),
  text('reply_token', (attempt) => attempt.replyToken),
]

const linkColumns: readonly Column<ResponseLink>[] = [
  text('hash', (link) => link.hash),
  text('purpose', (link) => link.purpose),
  text('delivery_id', (link) => link.deliveryId),
  text('invitation_id', (link) => link.invitationId),
  int('position', (link) => link.position),
  text('expires_at', (link) => toMomentOrNull(link.expiresAt)),
  text('created_at', (link) => toMoment(link.createdAt)),
]

const inboxColumns: readonly Column<InboxItem>[] = [
  text('delivery_id', (item) => item.deliveryId),
  text('id', (item) => item.id),
  text('channel', (item) => item.channel),
  text('address', (item) => item.address),
  text('message_id', (item) => item.messageId),
  text('invitation_id', (item) => item.invitationId),
  text('recipient_id', (item) => item.recipientId),
  text('created_at', (item) => toMoment(item.createdAt)),
  text('read_at', (item) => toMomentOrNull(item.readAt)),
  text('acknowledged_at', (item) => toMomentOrNull(item.acknowledgedAt)),
]

const receiptColumns: readonly Column<Receipt>[] = [
  text('id', (receipt) => receipt.id),
  text('kind', (receipt) => receipt.kind),
  text('at', (receipt) => toMoment(receipt.at)),
  text('message_id', (receipt) => receipt.messageId),
  text('delivery_id', (receipt) => receipt.deliveryId),
  text('invitation_id', (receipt) => receipt.invitationId),
  text('recipient_id', (receipt) => receipt.recipientId),
  int('attempt', (receipt) => receipt.attempt),
  text('channel', (receipt) => receipt.channel),
  text('route_id', (receipt) => receipt.routeId),
  text('outcome', (receipt) => receipt.outcome),
  text('scope', (receipt) => receipt.scope),
  text('provider_message_id', (receipt) => receipt.providerMessageId),
  text('provider_code', (receipt) => receipt.providerCode),
  flag('duplicate_possible', (receipt) => receipt.duplicatePossible),
  text('detail', (receipt) => receipt.detail),
]

const eventColumns: readonly Column<NewDomainEvent>[] = [
  text('type', (event) => event.type),
  text('at', (event) => toMoment(event.at)),
  text('message_id', (event) => event.messageId),
  text('delivery_id', (event) => event.deliveryId),
  text('invitation_id', (event) => event.invitationId),
  text('recipient_id', (event) => event.recipientId),
  text('topic', (event) => event.topic ?? null),
  text('data', (event) => JSON.stringify(event.data)),
]

/** Makes the inserts; `gather` says whether those who insert at once do it together. */
export function postgresWrites(executor: Executor, gather: Gather): PostgresWrites {
  const insertMessages = inserter(executor, 'messages', messageColumns)
  const insertInvitations = inserter(executor, 'invitations', invitationColumns)
  const insertDeliveries = inserter(executor, 'deliveries', deliveryColumns)
  const inboxUpdate = inboxColumns.map(({ name }) => `"${name}" = excluded."${name}"`).join(', ')
  const putInboxItems = inserter(
    executor,
    'inbox_items',
    inboxColumns,
    `ON CONFLICT (delivery_id) DO UPDATE SET ${inboxUpdate}`,
  )
  return {
    insertMessages: gather(async (accepted: readonly AcceptedMessage[]) => {
      await Promise.all([
        insertMessages(accepted),
        insertInvitations(partsOf(accepted, ({ invitations }) => invitations)),
        insertDeliveries(partsOf(accepted, ({ deliveries }) => deliveries)),
      ])
    }),
    startAttempts: gather(inserter(executor, 'attempts', attemptColumns)),
    issueLinks: gather(inserter(executor, 'response_links', linkColumns)),
    // One statement cannot change a row twice: of several items of a delivery the last counts.
    addInboxItems: gather((items: readonly InboxItem[]) =>
      putInboxItems([...new Map(items.map((item) => [item.deliveryId, item])).values()]),
    ),
    appendReceipts: gather(inserter(executor, 'receipts', receiptColumns)),
  }
}

function partsOf<Part>(
  accepted: readonly AcceptedMessage[],
  parts: (one: AcceptedMessage) => readonly Part[],
): readonly Accepted<Part>[] {
  return accepted.flatMap((one) => parts(one).map((part) => ({ part, at: one.message.createdAt })))
}

/**
 * Appends events as the last thing before a commit, so this lock may be waited for by several together. Cursors are given under a lock that is kept until the commit, so that
 * they become visible in their order: a reader that follows them never passes one that appears later.
 */
export async function appendEvents(
  executor: Executor,
  schema: string,
  events: readonly NewDomainEvent[],
): Promise<void> {
  await executor.query(
    {
      name: 'append_events',
      text: `
        WITH turn AS MATERIALIZED (
          SELECT set_config('lock_timeout', '${String(lockTimeoutMs)}', true),
            pg_advisory_xact_lock(hashtextextended($1, 2)) IS NULL AS taken
        )
        INSERT INTO outbox (${namesOf(eventColumns)})
        SELECT ${namesOf(eventColumns)} FROM turn, ${unnested(eventColumns, 2)}`,
    },
    [`invite-me ${schema}`, ...arraysOf(eventColumns, events)],
  )
}
