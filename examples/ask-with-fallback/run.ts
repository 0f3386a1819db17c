/**
 * Asks by e-mail. When the mail server refuses the address, or nobody has answered after a minute, this terminal asks.
 * Prints the answer and the story.
 *
 * Set SMTP_URL to your mail server, FROM to a sender it takes and TO to an address of yours.
 */
import { email } from '@invite-me/channels/email'
import { log } from '@invite-me/channels/log'
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { listenOnLoopback } from '@invite-me/server/listen'
import { createPortal } from '@invite-me/server/portal'
import { askWithFallback } from './ask-with-fallback.ts'

const { SMTP_URL = 'smtp://localhost:25', FROM = 'dinner@guests.test' } = process.env
const { TO = 'ann@guests.test', PORT = '8080' } = process.env

const inviteMe = await createInviteMe({
  store: sqlite(':memory:'),
  channels: [email({ smtp: SMTP_URL, from: FROM }), log({})],
  portal: { url: `http://127.0.0.1:${PORT}` },
})
await listenOnLoopback(createPortal(inviteMe), { port: Number(PORT) })

const person = { routes: { email: TO, log: 'this terminal' } }
const { result, why } = await askWithFallback(inviteMe, person, { via: ['email', 'log'], patience: '1m' })
console.log(result)
console.log(why)
