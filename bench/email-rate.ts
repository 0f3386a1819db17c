import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { email } from '@invite-me/channels/email'
import { createInviteMe, type Channel } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import nodemailer from 'nodemailer'
import { addressOf, text } from './engine-rate.ts'
import { compare, type Comparison } from './rounds.ts'
import { withWorkspaceFile } from './workspace-file.ts'

const messages = 4_000
const connections = 5
const atOnce = 2 * connections
const least = 0.95
const from = 'dinner@hosts.test'

/** The e-mail channel, alone and behind the engine, against a plain loop over the library it uses, to the same server. */
export async function emailRate(): Promise<readonly Comparison[]> {
  const sink = fork(fileURLToPath(new URL('mail-sink.ts', import.meta.url)))
  try {
    const [port] = (await once(sink, 'message', { signal: AbortSignal.timeout(10_000) })) as [number]
    const mail = await composedMail()
    const plain = () => plainRate(port, mail)
    const contest = (name: string, ours: () => Promise<number>) =>
      compare({
        name,
        unit: 'messages/s',
        rounds: 5,
        ours,
        reference: plain,
        goal: { words: `at least ${String(100 * least)} %`, isMet: ({ ratio }) => ratio >= least },
      })
    return [
      await contest('e-mail: channel against plain nodemailer', () => channelRate(port)),
      await contest('e-mail: accept to receipt against plain nodemailer', () => endToEndRate(port)),
    ]
  } finally {
    sink.kill()
  }
}

/** Sends the same mail to many over a pool, as a program without this engine would. */
async function plainRate(port: number, mail: object): Promise<number> {
  const transport = nodemailer.createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: 100,
  })
  const rate = await rateOf(async (index) => {
    const address = addressOf(index)
    await transport.sendMail({
      ...mail,
      envelope: { from, to: [address] },
      to: address,
      messageId: `<${String(index)}@hosts.test>`,
    })
  })
  transport.close()
  return rate
}

async function channelRate(port: number): Promise<number> {
  const channel = emailChannel(port)
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
      await inviteMe.send(addressOf(index), text)
    })
    await Promise.all([accepted, done])
    await inviteMe.stop()
    return (messages * 1_000) / (performance.now() - begin)
  })
}

/** Does `one` for every message, some at once. */
async function rateOf(one: (index: number) => Promise<void>): Promise<number> {
  let next = 0
  const begin = performance.now()
  const worker = async () => {
    while (next < messages) {
      next += 1
      await one(next)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (messages * 1_000) / (performance.now() - begin)
}

function emailChannel(port: number): Channel {
  return email({ smtp: `smtp://127.0.0.1:${String(port)}`, from, connections })
}

async function sendByChannel(channel: Channel, index: number): Promise<void> {
  const outcome = await channel.send(
    {
      to: { address: addressOf(index) },
      content: { text },
      originator: null,
      locale: 'en',
      category: 'notice',
      purpose: 'message',
      links: {},
      until: null,
    },
    {
      idempotencyKey: `${String(index)}.0.0`,
      signal: AbortSignal.timeout(30_000),
      clock: { now: () => Date.now(), schedule: () => () => undefined },
      log: { warn: () => undefined, error: () => undefined },
    },
  )
  if (outcome.status !== 'accepted') throw new Error(`The sink refused a message: ${outcome.status}.`)
}

/** The mail the channel hands to the library, so that the plain loop sends the very same parts. */
async function composedMail(): Promise<object> {
  let composed: object = {}
  const recorder = {
    createTransport: () => ({
      use: () => undefined,
      sendMail: async (mail: object) => {
        composed = mail
      },
      verify: async () => true,
      close: () => undefined,
    }),
  }
  await sendByChannel(email({ smtp: 'smtp://127.0.0.1:1', from, nodemailer: recorder }), 1)
  const { signal: _signal, departure: _departure, ...mail } = composed as Record<string, unknown>
  return mail
}
