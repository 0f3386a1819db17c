import { sqlite } from '@invite-me/core/sqlite'
import Database from 'better-sqlite3'
import { addressOf, engineRate, text, type Load } from './engine-rate.ts'
import { compare, type Comparison } from './rounds.ts'
import { withWorkspaceFile } from './workspace-file.ts'

const held = 1_000_000
const load: Load = { messages: 20_000, batch: 50 }
const least = 0.95

/** The engine's rate with a million deliveries that wait for later in the file, against an empty file. */
export async function heldDeliveries(): Promise<readonly Comparison[]> {
  return withWorkspaceFile(async (filled) => {
    await (await sqlite(filled).open()).close()
    fill(filled)
    const comparison = await compare({
      name: `accept, claim, send, receipt, ${String(load.batch)} at once: ${held.toLocaleString('en')} held against none`,
      unit: 'messages/s',
      rounds: 7,
      ours: () => engineRate(sqlite(filled), load),
      reference: () => withWorkspaceFile((empty) => engineRate(sqlite(empty), load)),
      goal: { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
    })
    return [comparison]
  })
}

/** Writes deliveries of the measured channel and lane that fall due in a year, each with a message of its own. */
function fill(path: string): void {
  const database = new Database(path)
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -262144')
  const now = Date.now()
  const at = new Date(now).toISOString()
  const due = new Date(now + 365 * 86_400_000).toISOString()
  const message = database.prepare(
    `INSERT INTO messages (id, content, category, lane, routing, on_unknown, reminders_ms, created_at)
     VALUES (?, ?, 'notice', 2, 'fallback', 'resend', '[]', ?)`,
  )
  const delivery = database.prepare(
    `INSERT INTO deliveries (id, message_id, "to", state, lane, plan, position, step, due_at, due_channel, due_lane, lease_token,
       attempts, tries, reminders, doubtful, crashes, created_at, updated_at)
     VALUES (?, ?, ?, 'held', 2, ?, 0, 'send', ?, 'null', 2, 0, 0, 0, 0, 0, 0, ?, ?)`,
  )
  const next = { unless: 'accepted', withinMs: null }
  const route = { channel: 'null', routeId: null, use: true, reason: 'needs_no_answer', next }
  database.transaction(() => {
    for (let index = 0; index < held; index += 1) {
      const messageId = oldId(2 * index)
      const address = addressOf(index)
      message.run(messageId, JSON.stringify({ text }), at)
      delivery.run(
        oldId(2 * index + 1),
        messageId,
        address,
        JSON.stringify([{ ...route, address }]),
        due,
        at,
        at,
      )
    }
  })()
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}

/** An id that sorts before every new one, in order of `index`. */
function oldId(index: number): string {
  return `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`
}
