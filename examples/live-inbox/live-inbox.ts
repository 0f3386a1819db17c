/**
 * An inbox on a page that changes as you look at it: questions appear when they are asked, answers show in every window.
 *
 * Run it, open the address it prints in two windows, ask Sam something in one and answer in the other. Restart it while they
 * are open: the pages come back by themselves and miss nothing. End with Ctrl-C.
 */
import { readFile } from 'node:fs/promises'
import { inApp } from '@invite-me/channels/in-app'
import { createInviteMe, yesNo } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { createApp } from '@invite-me/server/app'
import { listenOnLoopback } from '@invite-me/server/listen'

const { PORT = '8080', DB = 'live-inbox.db' } = process.env

const inviteMe = await createInviteMe({ store: sqlite(DB), channels: [inApp({})] })
// With a profile everything about Sam comes on their topic: answers given elsewhere too, not only the inbox.
await inviteMe.recipients.upsert({ externalId: 'sam', routes: { 'in-app': 'sam' } })
const app = createApp(inviteMe)
const page = await readFile(new URL('page.html', import.meta.url), 'utf8')

app.hono.get('/', (context) => context.html(page))

// Your app knows who is signed in; here everybody is Sam. The token is theirs alone and lives for an hour.
app.hono.post('/session', async (context) => context.json(await app.world.tokens.make('sam')))

app.hono.post('/ask', async (context) => {
  const question = (await context.req.text()).slice(0, 200)
  await inviteMe.ask('sam', question, { answer: yesNo() })
  return context.body(null, 204)
})

const { url, close } = await listenOnLoopback(app.fetch, { port: Number(PORT), webSockets: app.live.server })
console.log(`Sam's inbox is at ${url}`)

process.once('SIGINT', () => void stop())

async function stop(): Promise<void> {
  // Tells the pages when to come back.
  await app.live.close()
  await close()
  await inviteMe.stop()
}
