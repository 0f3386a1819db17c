import { fork, type ChildProcess } from 'node:child_process'
import { createECDH, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { discord } from '@invite-me/channels/discord'
import { email } from '@invite-me/channels/email'
import { http } from '@invite-me/channels/http'
import { inApp } from '@invite-me/channels/in-app'
import { log } from '@invite-me/channels/log'
import { slack } from '@invite-me/channels/slack'
import { smpp } from '@invite-me/channels/smpp'
import { telegram } from '@invite-me/channels/telegram'
import { twilioSms } from '@invite-me/channels/twilio-sms'
import { twilioWhatsapp } from '@invite-me/channels/twilio-whatsapp'
import { webPush } from '@invite-me/channels/web-push'
import { webhook } from '@invite-me/channels/webhook'
import type { Channel } from '@invite-me/core'
import { bareSmpp, type BareSmpp } from './bare-smpp.ts'
import { NullSmtpConnection } from './null-smtp.ts'
import { compare, type Comparison } from './rounds.ts'

const messages = 2_000
const atOnce = 20

/** A channel to measure. */
interface Entry {
  readonly name: string
  readonly channel: Channel
  readonly address: string
  /** What a request of this channel is compared with: the same without the channel. */
  readonly transport: Transport
}

/** Does nothing but what the channel's provider would do to a request: takes it. */
interface Transport {
  readonly name: string
  readonly call: () => Promise<void>
}

/**
 * How many messages a second each channel makes ready and hands to a provider that takes everything at once, against the
 * bare calls of that provider: what is left to 100 % is the adapter's own work.
 */
export async function channelRate(): Promise<readonly Comparison[]> {
  const providers: ChildProcess[] = []
  const start = async (file: string): Promise<number> => {
    const provider = fork(fileURLToPath(new URL(file, import.meta.url)))
    providers.push(provider)
    const [port] = (await once(provider, 'message', { signal: AbortSignal.timeout(10_000) })) as [number]
    return port
  }
  const realFetch = globalThis.fetch
  globalThis.fetch = nullFetch
  try {
    const url = `http://127.0.0.1:${String(await start('null-endpoint.ts'))}/`
    const smscPort = await start('null-smsc.ts')
    const bare = await bareSmpp(smscPort)
    const comparisons: Comparison[] = []
    for (const entry of entries({ url, smscPort, bare })) {
      comparisons.push(await measure(entry))
      await entry.channel.close?.()
    }
    bare.close()
    return comparisons
  } finally {
    globalThis.fetch = realFetch
    for (const provider of providers) provider.kill()
  }
}

/** The providers that run beside us. */
interface Providers {
  readonly url: string
  readonly smscPort: number
  readonly bare: BareSmpp
}

/** Every channel there is. */
function entries({ bare, smscPort, url }: Providers): readonly Entry[] {
  const account = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'f'.repeat(32), from: '+491701234567' }
  const phone = '+491701234568'
  const secret = `whsec_${Buffer.alloc(24, 'x').toString('base64')}`
  const vapid = vapidKeys()
  const loopback: Transport = { name: 'a bare POST on loopback', call: () => barePost(url) }
  return [
    { name: 'log', channel: log({ output: new PassThrough().resume() }), address: 'ann', transport: nothing },
    { name: 'in-app', channel: inApp({}), address: 'ann', transport: nothing },
    {
      name: 'email',
      channel: email({
        smtp: 'smtp://127.0.0.1',
        from: 'dinner@hosts.test',
        smtpConnection: NullSmtpConnection,
      }),
      address: 'ann@guests.test',
      transport: nothing,
    },
    { name: 'twilio-sms', channel: twilioSms(account), address: phone, transport: bareFetch },
    { name: 'twilio-whatsapp', channel: twilioWhatsapp(account), address: phone, transport: bareFetch },
    {
      name: 'smpp',
      channel: smpp({
        host: '127.0.0.1',
        port: smscPort,
        systemId: 'bench',
        password: 'sample',
        source: '+491701234567',
        window: atOnce,
      }),
      address: phone,
      transport: { name: 'a ready message over the same protocol', call: bare.submit },
    },
    {
      name: 'telegram',
      channel: telegram({ token: '123456789:AAEsampletokensample', fetch: nullFetch }),
      address: '100200300',
      transport: bareFetch,
    },
    {
      name: 'slack',
      channel: slack({ botToken: 'xoxb-1-1-sample' }),
      address: 'U0123ABCD',
      transport: bareFetch,
    },
    {
      name: 'discord',
      channel: discord({ botToken: `${'M'.repeat(24)}.Gabcde.${'s'.repeat(38)}` }),
      address: '175928847299117063',
      transport: bareFetch,
    },
    {
      name: 'http',
      channel: http({
        url: 'https://pager.guests.test/',
        body: { to: '{{to}}', text: '{{text}}', link: '{{link.respond}}' },
      }),
      address: 'ann',
      transport: bareFetch,
    },
    {
      name: 'webhook',
      channel: webhook({ url, secrets: [secret], allowPrivate: true }),
      address: 'ann',
      transport: loopback,
    },
    {
      name: 'web-push',
      channel: webPush({
        subject: 'mailto:dinner@hosts.test',
        ...vapid,
        allowPrivate: true,
        pushServices: ['127.0.0.1'],
      }),
      address: subscriptionAt(url),
      transport: loopback,
    },
  ]
}

function measure({ address, channel, name, transport }: Entry): Promise<Comparison> {
  return compare({
    name: `${name} against ${transport.name}`,
    unit: 'messages/s',
    rounds: 3,
    ours: () => rateOf((index) => send(channel, address, index)),
    reference: () => rateOf(transport.call),
    goal: { words: 'none, for comparison', isMet: () => true },
  })
}

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

const content = { text: 'Dinner on Friday at 8?' }

async function send(channel: Channel, address: string, index: number): Promise<void> {
  const page = `https://portal.hosts.test/r/k7Qm2xV9bT4sW8nL3pR6dY${String(index)}`
  const outcome = await channel.send(
    {
      to: { address, name: 'Ann Lee' },
      content,
      originator: { name: 'Anna' },
      locale: 'en',
      category: 'invitation',
      purpose: 'message',
      answer: {
        spec: { type: 'yesNo' },
        actions: [
          { value: 'yes', label: 'Yes', url: `${page}?a=yes` },
          { value: 'no', label: 'No', url: `${page}?a=no` },
        ],
      },
      links: { respond: page },
      replyToken: '7h2k9qsampletoken4d8w3e6r5',
      until: null,
    },
    {
      idempotencyKey: `${String(index)}.0.0`,
      attempt: 0,
      signal: AbortSignal.timeout(30_000),
      clock: { now: () => Date.now(), schedule: () => () => undefined },
      log: { warn: () => undefined, error: () => undefined },
    },
  )
  if (outcome.status !== 'accepted')
    throw new Error(`${channel.name} did not send: ${outcome.status}, ${outcome.detail ?? ''}`)
}

const nothing: Transport = { name: 'nothing', call: () => Promise.resolve() }

const bareFetch: Transport = {
  name: 'a bare call of the same fetch',
  call: async () => {
    const init = { method: 'POST', headers: { authorization: 'x' }, body: JSON.stringify(content) }
    await (await nullFetch('https://provider.test/', init)).text()
  },
}

/** What each of the providers says to a message it took, in one answer. */
const thanks = JSON.stringify({
  ok: true,
  result: { message_id: 7, chat: { id: 100_200_300 } },
  sid: `SM${'0'.repeat(32)}`,
  status: 'queued',
  num_segments: '1',
  id: '175928847299117063',
  channel_id: '175928847299117064',
  ts: '1503435956.000247',
})
/** Slack's answer about a conversation holds an object where that about a message holds its id. */
const conversation = JSON.stringify({ ok: true, channel: { id: 'D0123ABCD' } })
const posted = JSON.stringify({ ...(JSON.parse(thanks) as object), channel: 'D0123ABCD' })

/** Reads a request as the network would, and takes it. */
async function nullFetch(input: Request | URL | string, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  await request.text()
  const body = request.url.endsWith('/conversations.open') ? conversation : posted
  return new Response(body, { status: 200, headers: { 'content-type': 'application/json' } })
}

function barePost(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', agent: false }, (response) => {
      response.resume()
      response.once('end', () => resolve())
    })
    call.once('error', reject)
    call.end(JSON.stringify(content))
  })
}

function vapidKeys() {
  const key = createECDH('prime256v1')
  key.generateKeys()
  return { publicKey: key.getPublicKey('base64url'), privateKey: key.getPrivateKey('base64url') }
}

/** A browser's subscription at this address. */
function subscriptionAt(url: string): string {
  const { publicKey } = vapidKeys()
  return JSON.stringify({
    endpoint: `${url}push`,
    keys: { p256dh: publicKey, auth: randomBytes(16).toString('base64url') },
  })
}
