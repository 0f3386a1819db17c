/** Serves one of the apps `http-accept.ts` compares: `node http-apps.ts server-app|bare-app|parse-only <file>`. */
import { serve } from '@hono/node-server'
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { createApp } from '@invite-me/server/app'
import Database from 'better-sqlite3'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Ready } from './http-accept.ts'
import { newId } from './new-id.ts'
import { nullChannel } from './null-channel.ts'

const [name = '', path = ''] = process.argv.slice(2)

async function serverApp() {
  const channels = [nullChannel(50, Infinity).channel]
  const inviteMe = await createInviteMe({ store: sqlite(path), channels, dispatch: false })
  const { secret } = await inviteMe.keys.create({ name: 'bench', role: 'sender' })
  const limits = { writesPerMinute: 1_000_000_000, readsPerMinute: 1_000_000_000 }
  return { fetch: createApp(inviteMe, { limits }).fetch, authorization: `Bearer ${secret}` }
}

const bodySchema = z.strictObject({ to: z.string().min(1).max(320), content: z.string().min(1).max(20_000) })

/** The same body, parsed; the same rows, written by prepared statements in commits that are shared. */
async function bareApp(isKept: boolean) {
  await (await sqlite(path).open()).close()
  const database = new Database(path)
  database.pragma('synchronous = FULL')
  const keep = isKept ? sharedCommits(database) : async () => undefined
  const app = new Hono().post('/v1/messages', async (context) => {
    const { to, content } = bodySchema.parse(await context.req.json())
    const [messageId, deliveryId] = [newId(Date.now()), newId(Date.now())]
    await keep({ messageId, deliveryId, to, content })
    return context.json({ messageId, deliveryIds: [deliveryId] }, 202)
  })
  return { fetch: app.fetch, authorization: 'Bearer none' }
}

interface Row {
  readonly messageId: string
  readonly deliveryId: string
  readonly to: string
  readonly content: string
}

function sharedCommits(database: Database.Database): (row: Row) => Promise<void> {
  const insertMessage = database.prepare(
    `INSERT INTO messages (id, content, category, lane, routing, on_unknown, reminders_ms, created_at)
     VALUES (?, ?, 'notice', 2, 'fallback', 'resend', '[]', ?)`,
  )
  const insertDelivery = database.prepare(
    `INSERT INTO deliveries (id, message_id, "to", state, lane, plan, position, step, due_at, due_channel, due_lane, lease_token,
       attempts, tries, reminders, doubtful, crashes, created_at, updated_at)
     VALUES (?, ?, ?, 'queued', 2, ?, 0, 'send', ?, 'null', 2, 0, 0, 0, 0, 0, 0, ?, ?)`,
  )
  const insertEvent = database.prepare(
    `INSERT INTO outbox (type, at, message_id, data) VALUES ('message.accepted', ?, ?, '{"recipients":1,"category":"notice"}')`,
  )
  let waiting: { readonly row: Row; readonly done: () => void }[] = []
  const writeAll = database.transaction((rows: readonly Row[]) => {
    const at = new Date().toISOString()
    const next = { unless: 'accepted', withinMs: null }
    for (const { messageId, deliveryId, to, content } of rows) {
      const route = {
        channel: 'null',
        routeId: null,
        address: to,
        use: true,
        reason: 'needs_no_answer',
        next,
      }
      insertMessage.run(messageId, JSON.stringify({ text: content }), at)
      insertDelivery.run(deliveryId, messageId, to, JSON.stringify([route]), at, at, at)
      insertEvent.run(at, messageId)
    }
  }).immediate
  const commit = (): void => {
    const group = waiting
    waiting = []
    writeAll(group.map(({ row }) => row))
    for (const { done } of group) done()
  }
  return (row) =>
    new Promise((done) => {
      waiting.push({ row, done })
      if (waiting.length === 1) setImmediate(commit)
    })
}

const apps = { 'server-app': serverApp, 'bare-app': () => bareApp(true), 'parse-only': () => bareApp(false) }
const { fetch, authorization } = await apps[name as keyof typeof apps]()
serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  const ready: Ready = { url: `http://127.0.0.1:${String(port)}`, authorization }
  process.send?.(ready)
})
process.once('disconnect', () => process.exit())
