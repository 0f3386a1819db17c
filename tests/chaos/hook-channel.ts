import { Agent, request } from 'node:http'
import type { Channel, OutboundMessage, SendContext, SendOutcome } from '@invite-me/core/channel'

/** Moments of a send at which a worker may be told to die. */
export type Moment = 'before-call' | 'before-answer' | 'after-answer'

/** How the channel reaches its provider. */
export interface HookOptions {
  /** Default this machine. */
  readonly host?: string
  readonly port: number
  readonly concurrency?: number
  /** Called at every moment of every send. */
  readonly pass?: (moment: Moment) => void
}

/** A channel over HTTP without idempotency: what a provider takes twice, a person has twice. */
export function hookChannel({
  host = '127.0.0.1',
  port,
  concurrency = 20,
  pass = () => undefined,
}: HookOptions): Channel {
  const agent = new Agent({ keepAlive: true })
  return {
    name: 'hook',
    supports: { answers: ['yesNo'], links: false, tokens: [], reports: [], idempotent: false },
    limits: { concurrency },
    send: (message, context) => post({ agent, host, port, pass }, message, context),
    close: async () => {
      agent.destroy()
    },
  }
}

interface Way {
  readonly agent: Agent
  readonly host: string
  readonly port: number
  readonly pass: (moment: Moment) => void
}

function post(
  { agent, host, port, pass }: Way,
  message: OutboundMessage,
  context: SendContext,
): Promise<SendOutcome> {
  pass('before-call')
  return new Promise((resolve) => {
    let isOut = false
    const outgoing = request({
      agent,
      host,
      port,
      method: 'POST',
      signal: context.signal,
      headers: {
        expect: '100-continue',
        'x-address': message.to.address,
        'x-idempotency-key': context.idempotencyKey,
      },
    })
    outgoing.on('continue', () => {
      isOut = true
      outgoing.end(message.content.text, () => {
        pass('before-answer')
      })
    })
    outgoing.on('response', (response) => {
      response.resume()
      response.on('error', () => undefined)
      pass('after-answer')
      resolve(read(response.statusCode ?? 0, response.headers['retry-after'], context.idempotencyKey))
    })
    outgoing.on('error', () => {
      resolve(
        isOut
          ? { status: 'unknown', scope: 'provider', detail: 'the message left and no answer came' }
          : {
              status: 'retryable',
              scope: 'provider',
              detail: 'the connection was cut before the message left',
            },
      )
    })
    outgoing.flushHeaders()
  })
}

function read(status: number, retryAfter: string | undefined, key: string): SendOutcome {
  if (status === 200) return { status: 'accepted', providerMessageId: key }
  if (status === 410) return { status: 'permanent_recipient', scope: 'recipient', providerCode: '410' }
  if (status === 429)
    return {
      status: 'rate_limited',
      scope: 'provider',
      retryAfterMs: 1_000 * Number(retryAfter),
      providerCode: '429',
    }
  return { status: 'retryable', scope: 'provider', providerCode: String(status) }
}
