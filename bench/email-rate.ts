import { fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { email } from '@invite-me/channels/email'
import { createInviteMe, type Channel } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import nodemailer from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { renderEmail } from '../packages/channels/src/email/render.ts'
import { addressOf } from './engine-rate.ts'
import { compare, type Comparison, type Measure } from './rounds.ts'
import { withWorkspaceFile } from './workspace-file.ts'

const messages = 2_000
const connections = 5
const atOnce = 2 * connections
const from = 'dinner@hosts.test'

/**
 * The e-mail channel, alone and behind the engine, against a plain loop over the library it uses, to the same server; and
 * how fast the library could be if mails needed no composing.
 */
export async function emailRate(): Promise<readonly Comparison[]> {
  const sink = fork(fileURLToPath(new URL('mail-sink.ts', import.meta.url)))
  try {
    const [port] = (await once(sink, 'message', { signal: AbortSignal.timeout(10_000) })) as [number]
    const contest = (name: string, ours: Measure, least?: number) =>
      compare({
        name,
        unit: 'messages/s',
        rounds: least === undefined ? 3 : 5,
        ours,
        reference: () => plainRate(port),
        goal:
          least === undefined
            ? { words: 'none, for comparison', isMet: () => true }
            : { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
      })
    const bytes = await composedBytes()
    return [
      await contest('e-mail: channel against plain nodemailer', () => channelRate(port), 3),
      await contest('e-mail: accept to receipt against plain nodemailer', () => endToEndRate(port), 0.95),
      await contest('e-mail: channel with DKIM against plain nodemailer', () => channelRate(port, signing)),
      await contest('limit: ready bytes by nodemailer’s pool', () => rawRate(port, bytes)),
      await contest('limit: ready bytes by SMTP alone', () => smtpRate(port, bytes)),
    ]
  } finally {
    sink.kill()
  }
}

/** One invitation; each person has links of their own. */
const content = {
  text: 'Dinner on Friday at 8? Everybody brings something, and there is room for the children.',
}
const token = 'k7Qm2xV9bT4sW8nL3pR6dYk7Qm2xV9bT4sW8nL3pR6d'

function messageTo(index: number) {
  const page = `https://portal.hosts.test/r/${token}${String(index)}`
  return {
    to: { address: addressOf(index), name: `Guest ${String(index)}` },
    content,
    originator: { name: 'Anna' },
    locale: 'en',
    category: 'invitation',
    purpose: 'message' as const,
    answer: {
      spec: { type: 'yesNo' as const },
      actions: [
        { value: 'yes', label: 'Yes', url: `${page}?a=yes` },
        { value: 'no', label: 'No', url: `${page}?a=no` },
      ],
    },
    links: { respond: page, unsubscribe: `https://portal.hosts.test/u/${token}${String(index)}` },
    until: null,
  }
}

/** The same mail as a program without this engine would write it: rendered by the same code, composed by the library. */
function plainMailTo(index: number): object {
  const message = messageTo(index)
  return {
    envelope: { from, to: [message.to.address] },
    from: { name: '', address: from },
    to: message.to,
    ...renderEmail(message, { canReply: false }),
    messageId: `<${String(index)}@hosts.test>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      'List-Unsubscribe': `<${message.links.unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  }
}

function openPool(port: number) {
  const server = { host: '127.0.0.1', port }
  return nodemailer.createTransport({ ...server, pool: true, maxConnections: connections, maxMessages: 100 })
}

/** Sends to many over a pool, as a program without this engine would. */
async function plainRate(port: number): Promise<number> {
  const transport = openPool(port)
  const rate = await rateOf(async (index) => {
    await transport.sendMail(plainMailTo(index))
  })
  transport.close()
  return rate
}

async function rawRate(port: number, raw: Buffer): Promise<number> {
  const transport = openPool(port)
  const rate = await rateOf(async (index) => {
    await transport.sendMail({ envelope: { from, to: [addressOf(index)] }, raw })
  })
  transport.close()
  return rate
}

async function smtpRate(port: number, bytes: Buffer): Promise<number> {
  const free = await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = new SMTPConnection({ host: '127.0.0.1', port })
      const connected = once(connection, 'connect')
      connection.connect()
      await connected
      return connection
    }),
  )
  const rate = await rateOf(async (index) => {
    const connection = free.pop()
    if (connection === undefined) throw new Error('There is a connection for everything that is under way.')
    await new Promise<void>((resolve, reject) => {
      connection.send({ from, to: [addressOf(index)] }, bytes, (error) => (error ? reject(error) : resolve()))
    })
    free.push(connection)
  }, connections)
  for (const connection of free) connection.close()
  return rate
}

function composedBytes(): Promise<Buffer> {
  return new MailComposer(plainMailTo(1)).compile().build()
}

type EmailOptions = Parameters<typeof email>[0]

const signing: Partial<EmailOptions> = {
  dkim: {
    domainName: 'hosts.test',
    keySelector: 'bench',
    privateKey: generateKeyPairSync('rsa', {
      modulusLength: 2_048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey,
  },
}

async function channelRate(port: number, options: Partial<EmailOptions> = {}): Promise<number> {
  const channel = emailChannel(port, options)
  const rate = await rateOf((index) => sendByChannel(channel, index))
  await channel.close?.()
  return rate
}

async function endToEndRate(port: number): Promise<number> {
  return withWorkspaceFile(async (path) => {
    const channel = emailChannel(port)
    const { promise: done, resolve } = Promise.withResolvers<void>()
    let sent = 0
    const counting: Channel = {
      ...channel,
      send: async (message, context) => {
        const outcome = await channel.send(message, context)
        sent += 1
        if (sent === messages) resolve()
        return outcome
      },
    }
    const inviteMe = await createInviteMe({ store: sqlite(path), channels: [counting] })
    const begin = performance.now()
    const accepted = rateOf(async (index) => {
      await inviteMe.send(addressOf(index), content)
    })
    await Promise.all([accepted, done])
    await inviteMe.stop()
    return (messages * 1_000) / (performance.now() - begin)
  })
}

/** Does `one` for every message, some at once. */
async function rateOf(one: (index: number) => Promise<void>, workers = atOnce): Promise<number> {
  let next = 0
  const begin = performance.now()
  const worker = async () => {
    while (next < messages) {
      next += 1
      await one(next)
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return (messages * 1_000) / (performance.now() - begin)
}

function emailChannel(port: number, options: Partial<EmailOptions> = {}): Channel {
  return email({ smtp: `smtp://127.0.0.1:${String(port)}`, from, connections, ...options })
}

async function sendByChannel(channel: Channel, index: number): Promise<void> {
  const outcome = await channel.send(messageTo(index), {
    idempotencyKey: `${String(index)}.0.0`,
    attempt: 0,
    signal: AbortSignal.timeout(30_000),
    clock: { now: () => Date.now(), schedule: () => () => undefined },
    log: { warn: () => undefined, error: () => undefined },
  })
  if (outcome.status !== 'accepted') throw new Error(`The sink refused a message: ${outcome.status}.`)
}
