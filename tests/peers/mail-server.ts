import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import { createTransport } from 'nodemailer'
import { writeReply } from './mail-programs.ts'
import { explainNoPostfix, startPostfix } from './postfix.ts'
import { startSmtpSink } from './smtp-sink.ts'
import { waitUntil } from './wait-until.ts'

/** A mail as a mail program hands it in. */
export interface HandedIn {
  /** Envelope sender; empty for the null sender of automatic mail. */
  readonly from: string
  readonly to: string
  readonly raw: Buffer
}

/** A mail server people have their mailboxes on, and which passes their replies on. */
export interface MailServer {
  readonly name: 'postfix' | 'stand-in'
  /** SMTP port on 127.0.0.1. */
  readonly port: number
  /** How many mails lie in the mailboxes. */
  count(): Promise<number>
  /** The mails in the mailboxes, raw, without order. */
  mails(): Promise<readonly string[]>
  /** Takes a reply; it is passed on as soon as whoever takes replies is there. */
  handIn(mail: HandedIn): Promise<void>
  /** Resolves when every reply was passed on; rejects after `timeoutMs`. */
  passedOn(timeoutMs: number): Promise<void>
  close(): Promise<void>
}

export interface MailServerOptions {
  /** Every mailbox there is; all others are unknown users and refused with `550 5.1.1`. */
  readonly mailboxes: readonly string[]
  /** Domain whose mail is taken at first and returned to its sender later. */
  readonly closedDomain: string
  /** Domains whose mail is passed on. */
  readonly replyDomains: readonly string[]
  /** Port on 127.0.0.1 it is passed on to; nobody has to listen there yet. */
  readonly replyPort: number
}

/**
 * Starts a Postfix of its own, or a stand-in where there is none.
 *
 * @throws Error when there is none and `INVITE_ME_REQUIRE_SERVICES=1` asks for it
 */
export function startMailServer(options: MailServerOptions): Promise<MailServer> {
  return explainNoPostfix() === undefined ? startRealServer(options) : startStandIn(options)
}

async function startRealServer({
  closedDomain,
  mailboxes,
  replyDomains,
  replyPort,
}: MailServerOptions): Promise<MailServer> {
  const closed = await startSmtpSink({
    fault: ({ moment }) =>
      moment === 'recipient' ? { at: moment, reply: '550 5.2.1 The account is disabled' } : undefined,
  })
  const spelt = [...new Set(mailboxes.map(oneSpelling))]
  const domains = new Set(spelt.map((address) => address.slice(address.indexOf('@') + 1)))
  const postfix = await startPostfix({
    relays: {
      ...Object.fromEntries(replyDomains.map((domain) => [domain, replyPort])),
      [closedDomain]: closed.port,
    },
    settings: {
      virtual_mailbox_domains: [...domains].join(', '),
      virtual_mailbox_maps: `inline:{ ${spelt.map((address) => `{ ${address} = ./ }`).join(', ')} }`,
    },
  })
  const program = createTransport({ host: '127.0.0.1', port: postfix.port, pool: true })
  let handedIn = 0
  const names = () => readdir(join(postfix.mailbox, 'new')).catch(() => [])
  return {
    name: 'postfix',
    port: postfix.port,
    count: async () => (await names()).length,
    mails: postfix.mails,
    handIn: async ({ from, raw, to }) => {
      handedIn += 1
      await program.sendMail({ envelope: { from, to: [to] }, raw })
    },
    passedOn: (timeoutMs) => {
      const sent = /to=<reply\+.* status=sent /g
      const isDone = async () => ((await postfix.log()).match(sent)?.length ?? 0) >= handedIn
      return waitUntil(`${handedIn} replies passed on`, isDone, timeoutMs)
    },
    close: async () => {
      program.close()
      await postfix.close()
      await closed.close()
    },
  }
}

async function startStandIn({ closedDomain, mailboxes, replyPort }: MailServerOptions): Promise<MailServer> {
  const known = new Set(mailboxes.map(oneSpelling))
  const isClosed = (address: string) => address.endsWith(`@${closedDomain}`)
  const sink = await startSmtpSink({
    fault: ({ moment, recipient, sender }) => {
      if (isClosed(recipient) && moment === 'message') void handIn(returnedTo(sender))
      return moment === 'recipient' && !isClosed(recipient) && !known.has(oneSpelling(recipient))
        ? { at: 'recipient', reply: '550 5.1.1 No such user' }
        : undefined
    },
  })
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  /** Tries until it is taken, as a mail server does; gives up when the stand-in is closed. */
  const passOn = async ({ from, raw, to }: HandedIn) => {
    while (!closing.signal.aborted) {
      const program = createTransport({ host: '127.0.0.1', port: replyPort })
      try {
        await program.sendMail({ envelope: { from, to: [to] }, raw })
        return
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100))
      } finally {
        program.close()
      }
    }
  }
  const handIn = async (mail: HandedIn): Promise<void> => {
    const work = passOn(mail)
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }
  const inMailboxes = () => sink.mails.filter(({ to }) => !to.some(isClosed))
  return {
    name: 'stand-in',
    port: sink.port,
    count: async () => inMailboxes().length,
    mails: async () => inMailboxes().map(({ raw }) => raw),
    handIn,
    passedOn: (timeoutMs) => waitUntil('replies passed on', () => underWay.size === 0, timeoutMs),
    close: async () => {
      closing.abort()
      await sink.close()
    },
  }
}

/** The report a mail server sends about a mail it could not deliver after all. */
function returnedTo(sender: string): HandedIn {
  const raw = writeReply(
    { name: 'bounce-unknown-user' },
    { from: 'MAILER-DAEMON@mail.guests.test', to: sender, id: sender },
  )
  return { from: '', to: sender, raw }
}

/** The mailbox an address leads to: without capitals and extension, its domain in ASCII. */
function oneSpelling(address: string): string {
  const [local = '', domain = ''] = address.toLowerCase().split('@')
  return `${local.replace(/\+.*$/, '')}@${domainToASCII(domain)}`
}
