import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outboundMessage, sendContext } from '../../../tests/peers/outbound-message.ts'
import { explainNoPrism, startPrism, type Prism } from '../../../tests/peers/prism.ts'
import { requestViolations } from '../../../tests/peers/request-violations.ts'
import { slackDirectory } from './slack-directory.ts'
import { slack } from './slack.ts'

const spec = 'slack/slack_web_openapi_v2_without_examples.json'
const missing = explainNoPrism(spec)
const botToken = 'xoxb-planted-secret-4711'
const form = 'application/x-www-form-urlencoded'

/** The specification wants the token in a header of its own; since then it is sent as a bearer token. */
async function startTokenBridge(to: string): Promise<Server> {
  const server = createServer((request, response) => {
    const pass = async (): Promise<void> => {
      const { method = 'GET', url = '/' } = request
      const { authorization = '' } = request.headers
      const headers = { authorization, token: authorization.slice('Bearer '.length) }
      const reply = await fetch(
        `${to}${url}`,
        method === 'POST'
          ? { method, headers: { ...headers, 'content-type': form }, body: await text(request) }
          : { headers },
      )
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(await reply.text())
    }
    pass().catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

describe.skipIf(missing !== undefined)(
  `by Slack’s own specification (2021, the last there is) ${missing ?? ''}`,
  () => {
    let prism: Prism
    let bridge: Server
    let apiUrl: string
    let channel: ReturnType<typeof slack>
    let violations: () => Promise<readonly string[]>
    beforeAll(async () => {
      prism = await startPrism(spec, { timeoutMs: 80_000 })
      violations = requestViolations(prism)
      bridge = await startTokenBridge(prism.url)
      apiUrl = `http://127.0.0.1:${String((bridge.address() as AddressInfo).port)}`
      channel = slack({ botToken, signingSecret: 'planted-signing-secret', apiUrl })
    }, 90_000)
    afterAll(async () => {
      bridge.close()
      await prism.close()
    })

    test('a request without a channel would be found out', async () => {
      const headers = { authorization: `Bearer ${botToken}`, 'content-type': form }
      await fetch(`${apiUrl}/chat.postMessage`, { method: 'POST', headers, body: 'text=hello' })
      expect(await violations()).not.toEqual([])
    })

    const many = Array.from({ length: 50 }, (_none, index) => ({
      value: `v${index}`,
      label: `Option ${index}`,
    }))
    test.each([
      ['a yes-or-no question', outboundMessage().answer],
      [
        'a choice with 50 options',
        { spec: { type: 'choice', options: many, multiple: false }, actions: many },
      ],
      ['a choice of several', { spec: { type: 'choice', options: many, multiple: true }, actions: [] }],
      ['a question for words', { spec: { type: 'text', maxLength: 200 }, actions: [] }],
      ['a form', { spec: { type: 'form', schema: {} }, actions: [] }],
    ] as const)('%s is a valid request', async (_name, answer) => {
      if (answer === undefined) throw new Error('it has an answer')
      const outcome = await channel.send(
        outboundMessage({ to: { address: 'C0123ABCD' }, answer }),
        sendContext(),
      )
      expect(await violations()).toEqual([])
      expect(outcome).toMatchObject({ status: 'accepted' })
    })

    test('opening a conversation, an edit and a look at the bot are valid requests', async () => {
      await channel.send(outboundMessage({ to: { address: 'U0123ABCD' } }), sendContext())
      const edit = {
        providerMessageId: 'C0123ABCD:1767603601.000100',
        message: outboundMessage({ links: {} }),
        reason: { kind: 'expired' as const },
        notice: 'This question is closed.',
      }
      await channel.edit?.(edit, sendContext())
      expect(await channel.probe?.(AbortSignal.timeout(5_000))).toMatchObject({ ok: true })
      expect(await violations()).toEqual([])
    })

    test('listing people is a valid request', async () => {
      const log = { warn: () => undefined, error: () => undefined }
      const context = { signal: AbortSignal.timeout(5_000), log }
      const people = slackDirectory({ botToken, apiUrl }).people(context)[Symbol.asyncIterator]()
      // Prism makes its page up, and not as Slack writes one; here only the request counts.
      await people.next().catch(() => undefined)
      expect(await violations()).toEqual([])
    })
  },
)
