/**
 * Asks many people by e-mail who can drive, closes when two have said yes, and prints the tally as it changes, and in the end what
 * became of it as CSV.
 *
 * Set SMTP_URL to your mail server, FROM to a sender it takes and TO to addresses of yours, with commas between. The page for answering
 * is served on this machine, so open the mails here.
 */
import { email } from '@invite-me/channels/email'
import { answersCsvHeader, answersCsvRow, createInviteMe, yesNo } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { listenOnLoopback } from '@invite-me/server/listen'
import { createPortal } from '@invite-me/server/portal'

const { SMTP_URL = 'smtp://localhost:25', FROM = 'trip@guests.test', PORT = '8080' } = process.env
const { TO = 'ann@guests.test,bo@guests.test,cy@guests.test' } = process.env

const channels = [email({ smtp: SMTP_URL, from: FROM })]
const portal = { url: `http://127.0.0.1:${PORT}` }
const inviteMe = await createInviteMe({ store: sqlite('trip.db'), channels, portal })
const server = await listenOnLoopback(createPortal(inviteMe), { port: Number(PORT) })

const group = await inviteMe.ask(TO.split(','), 'Can you drive on Sunday?', {
  answer: yesNo(),
  urgency: 'immediate',
  until: '2d',
  key: 'drivers-sunday',
  quorum: { count: 2, onReached: 'close' },
})
const enough = group.quorum(2)

for await (const { states, asked } of group.tallies())
  console.log(`${states.accepted} of ${asked} can drive, ${states.pending} have not answered`)

const result = await enough
console.log(result.reached ? 'We have our drivers.' : `Not enough drivers: ${result.why}`)

process.stdout.write(answersCsvHeader())
for await (const row of group.export()) process.stdout.write(answersCsvRow(row))

await server.close()
await inviteMe.stop()
