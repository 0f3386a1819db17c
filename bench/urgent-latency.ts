import { setTimeout as wait } from 'node:timers/promises'
import { createInviteMe, type Channel } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { Client } from 'pg'
import { emptyWorkspace } from '../tests/peers/postgres-server.ts'
import { text } from './engine-rate.ts'
import type { Comparison } from './rounds.ts'

const waiting = 1_000_000
const urgent = 200
const everyMs = 100
const mostMs = 2_000

/** From the acceptance of a message in lane 1 to its send, while a million of lane 6 are being sent on the same channel. */
export async function urgentLatency(): Promise<readonly Comparison[]> {
  const { remove, schema, url } = await emptyWorkspace()
  try {
    await (await postgres({ url, schema }).open()).close()
    await fill(url, schema)
    const latencies = (await measure(url, schema)).toSorted((a, b) => a - b)
    const at = (share: number) => latencies[Math.ceil(share * latencies.length) - 1] ?? NaN
    const told = (name: string, ours: number): Comparison => ({
      name: `lane 1 with ${waiting.toLocaleString('en')} of lane 6 waiting, accept to send, ${name}`,
      unit: 'ms',
      ours,
      reference: mostMs,
      ratio: ours / mostMs,
      goal: `p99 at most ${String(mostMs)} ms`,
      isMet: ours <= mostMs,
    })
    return [told('p50', at(0.5)), told('p99', at(0.99)), told('most', at(1))]
  } finally {
    await remove()
  }
}

async function measure(url: string, schema: string): Promise<readonly number[]> {
  const acceptedAt = new Map<string, number>()
  const latencies: number[] = []
  const channel: Channel = {
    name: 'null',
    supports: { answers: [], links: false, tokens: [], reports: [], idempotent: true },
    limits: { concurrency: 50 },
    address: (raw) => ({ ok: true, address: raw }),
    send: async ({ to }, { idempotencyKey }) => {
      const begin = acceptedAt.get(to.address)
      if (begin !== undefined) latencies.push(performance.now() - begin)
      return { status: 'accepted', providerMessageId: idempotencyKey }
    },
  }
  const inviteMe = await createInviteMe({ store: postgres({ url, schema }), channels: [channel] })
  for (let number = 0; number < urgent; number += 1) {
    const address = `urgent-${String(number)}@guests.test`
    await inviteMe.send(address, text, { lane: 1 })
    acceptedAt.set(address, performance.now())
    await wait(everyMs)
  }
  const deadline = performance.now() + 60_000
  while (latencies.length < urgent && performance.now() < deadline) await wait(everyMs)
  const left = await inviteMe.deliveries.counts({ state: 'queued' })
  await inviteMe.stop()
  if (latencies.length < urgent)
    throw new Error(`${String(urgent - latencies.length)} urgent messages never left.`)
  if ((left.queued ?? 0) === 0) throw new Error('Nothing waited any more, so nothing was measured.')
  return latencies
}

/** Writes the deliveries that wait, all of one message. */
async function fill(connectionString: string, schema: string): Promise<void> {
  const client = new Client({ connectionString, options: `-c search_path=${schema}` })
  await client.connect()
  const at = new Date().toISOString()
  await client.query(
    `INSERT INTO messages (id, content, category, lane, routing, on_unknown, reminders_ms, created_at)
     VALUES ('00000000-0000-7000-8000-000000000000', $1, 'notice', 6, 'fallback', 'resend', '[]', $2)`,
    [JSON.stringify({ text }), at],
  )
  await client.query(
    `INSERT INTO deliveries (id, message_id, "to", state, lane, plan, position, step, due_at, due_channel, due_lane, lease_token,
       attempts, tries, reminders, doubtful, crashes, created_at, updated_at)
     SELECT '00000000-0000-7000-8001-' || lpad(to_hex(n), 12, '0'), '00000000-0000-7000-8000-000000000000', 'g' || n || '@guests.test',
       'queued', 6, '[{"channel":"null","routeId":null,"address":"g' || n || '@guests.test","use":true,"reason":"needs_no_answer","next":{"unless":"accepted","withinMs":null}}]',
       0, 'send', $1, 'null', 6, 0, 0, 0, 0, 0, 0, $1, $1
     FROM generate_series(1, $2::int) AS n`,
    [at, waiting],
  )
  await client.query('ANALYZE deliveries')
  await client.end()
}
