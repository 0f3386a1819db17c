import Database from 'better-sqlite3'
import { addressOf, text, type Load } from './engine-rate.ts'
import { newId } from './new-id.ts'

const leaseMs = 15_000

/**
 * Writes by hand what the engine writes for the same messages: the same rows in the same tables, with prepared statements,
 * `batch` messages a commit. Nothing is validated, planned, rendered or sent.
 *
 * @param path file of a workspace that was migrated
 * @returns messages a second
 */
export async function rawRate(path: string, { messages, batch }: Load): Promise<number> {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma('cache_size = -65536')
  const { accept, claim, settle } = prepare(database)
  const begin = performance.now()
  for (let done = 0; done < messages; done += batch) {
    const count = Math.min(batch, messages - done)
    accept(done, count)
    settle(claim(count))
  }
  database.close()
  return (messages * 1_000) / (performance.now() - begin)
}

interface Claimed {
  readonly id: string
  readonly message_id: string
  readonly lease_token: number
}

function prepare(database: Database.Database) {
  const insertMessage = database.prepare(
    `INSERT INTO messages (id, content, category, lane, routing, answer, originator, on_unknown, reminders_ms, until, key, request, created_at)
     VALUES (?, ?, 'notice', 2, 'fallback', NULL, NULL, 'resend', '[]', NULL, NULL, NULL, ?)`,
  )
  const insertDelivery = database.prepare(
    `INSERT INTO deliveries (id, message_id, invitation_id, recipient_id, "to", name, locale, state, reason, lane, plan, position, step,
       due_at, due_channel, due_lane, lease_token, attempts, tries, reminders, doubtful, crashes, created_at, updated_at)
     VALUES (?, ?, NULL, NULL, ?, NULL, NULL, 'queued', NULL, 2, ?, 0, 'send', ?, 'null', 2, 0, 0, 0, 0, 0, 0, ?, ?)`,
  )
  const insertEvent = database.prepare(
    'INSERT INTO outbox (type, at, message_id, delivery_id, invitation_id, recipient_id, data) VALUES (?, ?, ?, ?, NULL, NULL, ?)',
  )
  const takeDue = database.prepare<unknown[], Claimed>(
    `UPDATE deliveries SET lease_token = lease_token + 1, lease_worker = ?, lease_until = ?, state = 'sending'
     WHERE id IN (
       SELECT id FROM deliveries
       WHERE due_channel = 'null' AND due_lane = 2 AND due_at <= ? AND lease_until IS NULL
       ORDER BY due_at, id LIMIT ?)
     RETURNING id, message_id, lease_token`,
  )
  const insertAttempt = database.prepare(
    `INSERT INTO attempts (delivery_id, number, position, channel, state, started_at) VALUES (?, 1, 0, 'null', 'started', ?)`,
  )
  const settleDelivery = database.prepare(
    `UPDATE deliveries
     SET state = 'sent', position = 0, step = 'follow_up', due_at = NULL, due_channel = '', due_lane = 4, attempts = 1, tries = 0,
         route_since = ?, accepted_at = ?, first_accepted_at = ?, updated_at = ?, lease_worker = NULL, lease_until = NULL
     WHERE id = ? AND lease_token = ? AND lease_until IS NOT NULL`,
  )
  const closeAttempt = database.prepare(
    `UPDATE attempts SET state = 'accepted', provider_message_id = ?, settled_at = ? WHERE delivery_id = ? AND number = 1`,
  )
  const insertReceipt = database.prepare(
    `INSERT INTO receipts (id, kind, at, message_id, delivery_id, invitation_id, recipient_id, attempt, channel, route_id, outcome, scope,
       provider_message_id, provider_code, duplicate_possible, detail)
     VALUES (?, 'accepted', ?, ?, ?, NULL, NULL, 1, 'null', NULL, 'accepted', NULL, ?, NULL, 0, NULL)`,
  )
  const worker = newId(Date.now())
  return {
    accept: database.transaction((first: number, count: number) => {
      for (let index = first + 1; index <= first + count; index += 1) {
        const now = Date.now()
        const at = new Date(now).toISOString()
        const messageId = newId(now)
        const address = addressOf(index)
        const plan = [
          {
            channel: 'null',
            routeId: null,
            address,
            use: true,
            reason: 'needs_no_answer',
            next: { unless: 'accepted', withinMs: null },
          },
        ]
        insertMessage.run(messageId, JSON.stringify({ text }), at)
        insertDelivery.run(newId(now), messageId, address, JSON.stringify(plan), at, at, at)
        insertEvent.run('message.accepted', at, messageId, null, '{"recipients":1,"category":"notice"}')
      }
    }).immediate,
    claim: database.transaction((count: number): readonly Claimed[] => {
      const now = Date.now()
      const at = new Date(now).toISOString()
      const claimed = takeDue.all(worker, new Date(now + leaseMs).toISOString(), at, count)
      for (const { id } of claimed) insertAttempt.run(id, at)
      return claimed
    }).immediate,
    settle: database.transaction((claimed: readonly Claimed[]) => {
      for (const { id, message_id: messageId, lease_token: leaseToken } of claimed) {
        const now = Date.now()
        const at = new Date(now).toISOString()
        const providerId = `${id}.0.0`
        settleDelivery.run(at, at, at, at, id, leaseToken)
        closeAttempt.run(providerId, at, id)
        insertReceipt.run(newId(now), at, messageId, id, providerId)
        insertEvent.run('delivery.sent', at, messageId, id, '{"channel":"null","attempt":1}')
      }
    }).immediate,
  }
}
