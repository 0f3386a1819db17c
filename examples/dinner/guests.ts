/**
 * Plays the guests: a mail server on this machine with all their mailboxes. Of ten guests six answer on the page behind
 * the link, three reply by mail and one never answers. It has no mailbox for tom.bakre, whose address is misspelt.
 *
 * Listens on SMTP_PORT (default 2500) and sends the replies to REPLY_PORT (default 2525). End it with Ctrl-C.
 */
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'

const { SMTP_PORT = '2500', REPLY_PORT = '2525' } = process.env
const outbox = createTransport({ host: '127.0.0.1', port: Number(REPLY_PORT) })

/** `mail: …` is a reply, anything else a button. */
const habits = [
  'yes',
  'mail: Yes, with pleasure!',
  'yes',
  'no',
  'mail: No, sorry',
  'yes',
  'yes',
  'mail: YES',
  'no',
  'never',
] as const
let mails = 0

const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true,
  onRcptTo: ({ address }, _session, done) => {
    done(/^tom\.bakre@/i.test(address) ? refusal() : null)
  },
  onData: (stream, { envelope }, done) => {
    void take(stream, envelope.rcptTo[0]?.address ?? '', done).catch(() => {})
  },
})
// A sender that is killed breaks its connections; that is no trouble of ours.
server.on('error', () => {})
server.listen(Number(SMTP_PORT), '127.0.0.1', () => {
  console.log(`The guests' mailboxes are on 127.0.0.1:${SMTP_PORT}`)
})

async function take(stream: Readable, guest: string, taken: () => void): Promise<void> {
  const mail = await text(stream)
  taken()
  await answer(guest, mail, habits[mails++ % habits.length] ?? 'never')
}

/** Does what a guest does with the mail, again and again until it works. */
async function answer(guest: string, mail: string, habit: (typeof habits)[number]): Promise<void> {
  if (habit === 'never') return
  const work = () =>
    habit === 'yes' || habit === 'no' ? press(mail, habit) : reply(guest, mail, habit.slice('mail: '.length))
  while (!(await work().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 500))
}

/** Opens the page behind the link and presses a button. */
async function press(mail: string, button: 'no' | 'yes'): Promise<boolean> {
  const link = /http:[^\s"?]+\/r\/[0-9a-z]{26}/.exec(readable(mail))?.[0] ?? ''
  const page = await (await fetch(link)).text()
  const nonce = /name="invite-me-nonce" value="([^"]+)"/.exec(page)?.[1] ?? ''
  const body = new URLSearchParams({ 'invite-me-nonce': nonce, answer: button })
  return (await fetch(link, { method: 'POST', body })).ok
}

/** Replies as a mail program does, with what it replies to below. */
async function reply(guest: string, mail: string, words: string): Promise<boolean> {
  const to = /reply\+[0-9a-z]+@[a-z.]+/.exec(mail)?.[0] ?? ''
  const quoted = 'On Fri, Nov 20, 2026 at 5:00 PM Anna wrote:\n\n> Dinner on Friday at 8?'
  await outbox.sendMail({ from: guest, to, subject: 'Re: Dinner', text: `${words}\n\n${quoted}` })
  return true
}

/** The text of a mail with its parts decoded (RFC 2045 §6.7 and §6.8). */
function readable(mail: string): string {
  const parts = mail.split(/\r\n--[^\r\n]*\r\n/).map((part) => {
    const body = part.slice(part.indexOf('\r\n\r\n'))
    return /^Content-Transfer-Encoding: base64/im.test(part)
      ? Buffer.from(body, 'base64').toString()
      : body.replaceAll('=\r\n', '').replaceAll('=3D', '=')
  })
  return parts.join('\n')
}

function refusal(): Error {
  return Object.assign(new Error('5.1.1 User unknown'), { responseCode: 550 })
}
