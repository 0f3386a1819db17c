import { Client } from 'pg'
import { addressOf, text, type Load } from './engine-rate.ts'
import { newId } from './new-id.ts'

const leaseMs = 15_000

/**
 * Writes by hand what the engine writes for the same messages on Postgres: the same rows in the same tables, by prepared
 * statements of many rows (`unnest`), `batch` messages a commit. Nothing is validated, planned, rendered or sent. One
 * connection accepts while another claims and settles, as the engine's own do.
 *
 * @param schema of a workspace that was migrated
 * @returns messages a second
 */
export async function postgresRawRate(url: string, schema: string, load: Load): Promise<number> {
  const [accepting, sending] = await Promise.all([connect(url, schema), connect(url, schema)])
  const begin = performance.now()
  const { messages, batch } = load
  const accept = async () => {
    for (let done = 0; done < messages; done += batch)
      await acceptBatch(accepting, done, Math.min(batch, messages - done))
  }
  const send = async () => {
    const worker = newId(Date.now())
    for (let done = 0; done < messages;) done += await claimAndSettle(sending, worker, batch)
  }
  await Promise.all([accept(), send()])
  const rate = (messages * 1_000) / (performance.now() - begin)
  await Promise.all([accepting.end(), sending.end()])
  return rate
}

async function connect(connectionString: string, schema: string): Promise<Client> {
  const client = new Client({ connectionString, options: `-c search_path=${schema}` })
  await client.connect()
  return client
}

async function inTransaction<Result>(client: Client, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN')
  const result = await work()
  await client.query('COMMIT')
  return result
}

const statements = {
  message: `INSERT INTO messages (id, content, category, lane, routing, on_unknown, reminders_ms, created_at)
    SELECT id, content, 'notice', 2, 'fallback', 'resend', '[]', at FROM unnest($1::text[], $2::text[], $3::text[]) AS t(id, content, at)`,
  delivery: `INSERT INTO deliveries (id, message_id, "to", state, lane, plan, position, step, due_at, due_channel, due_lane, lease_token,
      attempts, tries, reminders, doubtful, crashes, created_at, updated_at)
    SELECT id, message_id, "to", 'queued', 2, plan, 0, 'send', at, 'null', 2, 0, 0, 0, 0, 0, 0, at, at
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t(id, message_id, "to", plan, at)`,
  event: `INSERT INTO outbox (type, at, message_id, delivery_id, data)
    SELECT type, at, message_id, delivery_id, data
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t(type, at, message_id, delivery_id, data)`,
  claim: `UPDATE deliveries SET lease_token = lease_token + 1, lease_worker = $1, lease_until = $2, state = 'sending'
    WHERE id IN (
      SELECT id FROM deliveries
      WHERE due_channel = 'null' AND due_lane = 2 AND due_at <= $3 AND due_at IS NOT NULL AND lease_until IS NULL
      ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
    RETURNING id, message_id, lease_token`,
  attempt: `INSERT INTO attempts (delivery_id, number, position, channel, state, started_at)
    SELECT id, 1, 0, 'null', 'started', $2 FROM unnest($1::text[]) AS t(id)`,
  settle: `UPDATE deliveries
    SET state = 'sent', position = 0, step = 'follow_up', due_at = NULL, due_channel = '', due_lane = 4, attempts = 1, tries = 0,
      route_since = $3, accepted_at = $3, first_accepted_at = $3, updated_at = $3, lease_worker = NULL, lease_until = NULL
    FROM unnest($1::text[], $2::int[]) AS t(settled, token)
    WHERE id = settled AND lease_token = token AND lease_until IS NOT NULL`,
  close: `UPDATE attempts SET state = 'accepted', provider_message_id = delivery_id || '.0.0', settled_at = $2
    WHERE delivery_id = ANY($1::text[]) AND number = 1`,
  receipt: `INSERT INTO receipts (id, kind, at, message_id, delivery_id, attempt, channel, outcome, provider_message_id, duplicate_possible)
    SELECT id, 'accepted', $4, message_id, delivery_id, 1, 'null', 'accepted', delivery_id || '.0.0', 0
    FROM unnest($1::text[], $2::text[], $3::text[]) AS t(id, message_id, delivery_id)`,
} as const

const run = (client: Client, name: keyof typeof statements, values: readonly unknown[]) =>
  client.query<{ readonly id: string; readonly message_id: string; readonly lease_token: number }>({
    name,
    text: statements[name],
    values: [...values],
  })

async function acceptBatch(client: Client, first: number, count: number): Promise<void> {
  const now = Date.now()
  const at = new Date(now).toISOString()
  const next = { unless: 'accepted', withinMs: null }
  const route = { channel: 'null', routeId: null, use: true, reason: 'needs_no_answer', next }
  const rows = Array.from({ length: count }, (_, index) => {
    const address = addressOf(first + index + 1)
    return { id: newId(now), delivery: newId(now), address, plan: JSON.stringify([{ ...route, address }]) }
  })
  const ids = rows.map(({ id }) => id)
  const ats = rows.map(() => at)
  await inTransaction(client, async () => {
    await run(client, 'message', [ids, rows.map(() => JSON.stringify({ text })), ats])
    const addresses = rows.map(({ address }) => address)
    const plans = rows.map(({ plan }) => plan)
    await run(client, 'delivery', [rows.map(({ delivery }) => delivery), ids, addresses, plans, ats])
    const data = rows.map(() => '{"recipients":1,"category":"notice"}')
    await run(client, 'event', [rows.map(() => 'message.accepted'), ats, ids, rows.map(() => null), data])
  })
}

async function claimAndSettle(client: Client, worker: string, limit: number): Promise<number> {
  const now = Date.now()
  const at = new Date(now).toISOString()
  const claimed = await inTransaction(client, async () => {
    const { rows } = await run(client, 'claim', [worker, new Date(now + leaseMs).toISOString(), at, limit])
    await run(client, 'attempt', [rows.map(({ id }) => id), at])
    return rows
  })
  if (claimed.length === 0) return 0
  const ids = claimed.map(({ id }) => id)
  const messageIds = claimed.map(({ message_id: messageId }) => messageId)
  await inTransaction(client, async () => {
    await run(client, 'settle', [ids, claimed.map(({ lease_token: token }) => token), at])
    await run(client, 'close', [ids, at])
    await run(client, 'receipt', [ids.map(() => newId(now)), messageIds, ids, at])
    const data = ids.map(() => '{"channel":"null","attempt":1}')
    await run(client, 'event', [ids.map(() => 'delivery.sent'), ids.map(() => at), messageIds, ids, data])
  })
  return claimed.length
}
