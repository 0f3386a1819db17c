/**
 * Asks one person by e-mail and prints the typed answer.
 *
 * Set SMTP_URL to your mail server, FROM to a sender it takes and TO to an address of yours. The page for answering is
 * served on this machine, so open the mail here. It stays open after the answer, which can still be changed; end with
 * Ctrl-C.
 */
import { email } from '@invite-me/channels/email'
import { createInviteMe, yesNo } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { listenOnLoopback } from '@invite-me/server/listen'
import { createPortal } from '@invite-me/server/portal'

const { SMTP_URL = 'smtp://localhost:25', FROM = 'dinner@guests.test' } = process.env
const { TO = 'ann@guests.test', PORT = '8080' } = process.env

const channels = [email({ smtp: SMTP_URL, from: FROM })]
const portal = { url: `http://127.0.0.1:${PORT}` }
const inviteMe = await createInviteMe({ store: sqlite('hello.db'), channels, portal })
await listenOnLoopback(createPortal(inviteMe), { port: Number(PORT) })
const invitation = await inviteMe.ask(TO, 'Dinner on Friday at 8?', { answer: yesNo() })
console.log(await invitation.answer())
