import type { ProviderTrouble, ScriptedProvider } from '@invite-me/core/testing'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'

/** What the server can be told to do with a message. */
export type TwilioMood =
  | 'well'
  | ProviderTrouble
  /** Takes the message and answers after `slowMs`. */
  | 'slow'
  /** Takes the message, then cuts the connection. */
  | 'taken_and_cut'
  /** Refuses with one of Twilio's codes. */
  | number

/** A message as it was posted, and what the server made of it. */
export interface TakenMessage {
  readonly sid: string
  readonly fields: Readonly<Record<string, string>>
  readonly createdAt: number
}

/** How the server is set up. */
export interface TwilioServerOptions {
  /** Unix ms; default the machine's clock. */
  readonly now?: () => number
  /** How long `slow` takes; default 300 ms. */
  readonly slowMs?: number
}

/** A small Twilio on loopback that keeps messages and does as it is told. */
export interface TwilioServer extends ScriptedProvider {
  readonly url: string
  readonly account: { readonly accountSid: string; readonly authToken: string }
  /** Messages it took, in order. */
  readonly messages: readonly TakenMessage[]
  /** Lines of requests that came in, `POST /Messages.json`. */
  readonly requests: readonly string[]
  answer(how: TwilioMood): void
  /** What it does with the next messages, one each; afterwards what `answer` said. */
  script(moods: readonly TwilioMood[]): void
  close(): Promise<void>
}

/** Account and token every such server has. */
export const twilioAccount: TwilioServer['account'] = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'auth-token-nobody-may-see-4711',
}
/** The number it sends from. */
export const twilioNumber = '+14155550100'

/** Twilio's code and HTTP status for each trouble. */
const refusals: Readonly<Partial<Record<TwilioMood, readonly [status: number, code: number]>>> = {
  too_many: [429, 20429],
  unwell: [503, 20503],
  no_such_address: [400, 21211],
  said_stop: [400, 21610],
  not_allowed: [401, 20003],
  bad_text: [400, 21617],
}

/** Starts the server on a free port. */
export async function startTwilioServer(options: TwilioServerOptions = {}): Promise<TwilioServer> {
  const { now = Date.now, slowMs = 300 } = options
  const messages: TakenMessage[] = []
  const requests: string[] = []
  const scripted: TwilioMood[] = []
  let usual: TwilioMood = 'well'

  const meet = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const url = new URL(request.url ?? '/', 'http://twilio.invalid')
    const path = url.pathname.replace(/^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}/, '')
    requests.push(`${request.method ?? ''} ${path}`)
    const isSend = request.method === 'POST' && path === '/Messages.json'
    const mood = isSend ? (scripted.shift() ?? usual) : usual
    if (!isAllowed(request) || (mood === 'not_allowed' && !isSend)) return refuse(response, 401, 20003)
    if (!isSend) {
      if (mood === 'unwell') return refuse(response, 503, 20503)
      return say(response, 200, read(path, url.searchParams, messages))
    }
    const [status, code] = typeof mood === 'number' ? [400, mood] : (refusals[mood] ?? [])
    if (status !== undefined && code !== undefined) return refuse(response, status, code)
    if (mood === 'silent') return
    if (mood === 'cut_after') return void request.socket.destroy()
    const message = take(messages, Object.fromEntries(new URLSearchParams(body)), now())
    if (mood === 'taken_and_cut') return void request.socket.destroy()
    if (mood === 'slow') await new Promise((resolve) => setTimeout(resolve, slowMs))
    say(response, 201, resource(message))
  }
  const server = createServer((request, response) => {
    meet(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${String(port)}`,
    account: twilioAccount,
    messages,
    requests,
    answer: (how) => {
      usual = how
      // Nothing has left for a server that cannot be reached.
      if (usual === 'cut_before') server.close().closeAllConnections()
      else if (!server.listening) server.listen(port, '127.0.0.1')
    },
    script: (moods) => void scripted.push(...moods),
    received: () => messages.map(({ fields }) => Object.values(fields).join('\n')),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isAllowed({ headers }: IncomingMessage): boolean {
  const { accountSid, authToken } = twilioAccount
  return headers.authorization === `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
}

function take(
  messages: TakenMessage[],
  fields: Readonly<Record<string, string>>,
  createdAt: number,
): TakenMessage {
  const message = { sid: messageSid(messages.length + 1), fields, createdAt }
  messages.push(message)
  return message
}

/** The SID of the nth message. */
export function messageSid(count: number): string {
  return `SM${count.toString(16).padStart(32, '0')}`
}

/** Real Twilio does not know the segments of a Messaging Service's message yet. */
function resource({ createdAt, fields, sid }: TakenMessage): object {
  return {
    sid,
    account_sid: twilioAccount.accountSid,
    status: 'queued',
    direction: 'outbound-api',
    to: fields['To'],
    from: fields['From'] ?? null,
    body: fields['Body'] ?? '',
    date_created: new Date(createdAt).toUTCString().replace('GMT', '+0000'),
    date_sent: null,
    num_segments: fields['MessagingServiceSid'] === undefined ? '1' : '0',
    price: null,
    price_unit: 'USD',
    error_code: null,
    error_message: null,
  }
}

function read(path: string, query: URLSearchParams, messages: readonly TakenMessage[]): object {
  if (path === '/Messages.json') return list(query, messages)
  if (path === '/IncomingPhoneNumbers.json') {
    const isOurs = query.get('PhoneNumber') === twilioNumber
    return {
      incoming_phone_numbers: isOurs ? [{ phone_number: twilioNumber, capabilities: { sms: true } }] : [],
    }
  }
  return { sid: twilioAccount.accountSid, status: 'active', friendly_name: 'Dinner' }
}

/** Newest first, page by page. */
function list(query: URLSearchParams, messages: readonly TakenMessage[]): object {
  const size = Number(query.get('PageSize') ?? '50')
  const page = Number(query.get('Page') ?? '0')
  const fitting = messages
    .filter(({ fields }) =>
      ['To', 'From'].every((name) => (query.get(name) ?? fields[name]) === fields[name]),
    )
    .toReversed()
  const following = new URLSearchParams(query)
  following.set('Page', String(page + 1))
  const hasMore = fitting.length > (page + 1) * size
  return {
    messages: fitting.slice(page * size, (page + 1) * size).map(resource),
    next_page_uri: hasMore
      ? `/2010-04-01/Accounts/${twilioAccount.accountSid}/Messages.json?${following.toString()}`
      : null,
  }
}

function refuse(response: ServerResponse, status: number, code: number): void {
  // As Twilio words it, with what must never get into a receipt.
  const message = `The number +491701234567 is not valid. Token ${twilioAccount.authToken}`
  say(response, status, {
    code,
    message,
    more_info: `https://www.twilio.com/docs/errors/${String(code)}`,
    status,
  })
}

function say(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', ...(status === 429 && { 'retry-after': '2' }) }
  response.writeHead(status, headers).end(JSON.stringify(body))
}

/** A webhook as Twilio posts it, signed by Twilio's own library. */
export function twilioWebhook(
  url: string,
  fields: Readonly<Record<string, string>>,
  { authToken = twilioAccount.authToken, calledAt = url } = {},
): Request {
  return new Request(calledAt, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': getExpectedTwilioSignature(authToken, url, fields),
    },
    body: new URLSearchParams(fields),
  })
}
