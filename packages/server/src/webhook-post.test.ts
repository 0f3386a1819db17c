import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { explainNoCertificates, selfSignedCertificate } from '../../../tests/peers/self-signed-certificate.ts'
import { webhookSender } from './webhook-post.ts'

const never = new AbortController().signal
const headers = { 'content-type': 'application/json', 'webhook-id': 'evt_1' }

async function listen(server: Server): Promise<number> {
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
const open = webhookSender({ allowPrivate: true, timeoutMs: 500 })
const postTo = async (answer: RequestListener) => {
  const url = `http://127.0.0.1:${String(await listen(createServer(answer)))}/hooks`
  return open.post({ url, headers, body: '{"a":"é"}' }, never)
}

test('a post carries its headers and its body to the byte, and the status comes back', async () => {
  const seen: unknown[] = []
  const result = await postTo((incoming, response) => {
    void text(incoming).then((body) => {
      seen.push(incoming.method, incoming.headers['webhook-id'], body)
      response.writeHead(201).end()
    })
  })
  expect(result).toEqual({ status: 201 })
  expect(seen).toEqual(['POST', 'evt_1', '{"a":"é"}'])
})

test('a pause the endpoint asks for comes back in milliseconds', async () => {
  const result = await postTo((_incoming, response) => {
    response.writeHead(429, { 'retry-after': '30' }).end()
  })
  expect(result).toEqual({ status: 429, retryAfterMs: 30_000 })
})

test('a redirect is an answer, and is not followed', async () => {
  let asked = 0
  const result = await postTo((_incoming, response) => {
    asked += 1
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  expect([result.status, asked]).toEqual([307, 1])
})

test('of an answer of 100 MB only the status counts', async () => {
  let written = 0
  const result = await postTo((_incoming, response) => {
    const chunk = Buffer.alloc(65_536)
    const pour = (): void => {
      while (written < 100_000_000 && response.write(chunk)) written += chunk.length
    }
    response.writeHead(200, { 'content-length': '100000000' }).on('drain', pour)
    pour()
  })
  expect(result).toEqual({ status: 200 })
  expect(written).toBeLessThan(20_000_000)
})

test('an endpoint that takes the post and never answers is given up', async () => {
  expect(await postTo(() => undefined)).toEqual({ status: null, reason: 'no answer in time' })
})

test('a post nobody waits for is given up at once', async () => {
  const port = await listen(createServer(() => undefined))
  const sender = webhookSender({ allowPrivate: true, timeoutMs: 60_000 })
  const ending = new AbortController()
  const posting = sender.post(
    { url: `http://127.0.0.1:${String(port)}/`, headers, body: '{}' },
    ending.signal,
  )
  ending.abort()
  expect(await posting).toEqual({ status: null, reason: 'no answer in time' })
})

test.each([
  ['a connection that is cut', /^the connection broke \(ECONNRESET\)$/],
  ['an answer that is none', /^the connection broke \(HPE_\w+\)$/],
])('%s is told by its code', async (what, reason) => {
  const result = await postTo(({ socket }) => {
    if (what.includes('cut')) socket.destroy()
    else socket.end('SMTP 220 hello\r\n\r\n')
  })
  expect(result).toMatchObject({ status: null, reason: expect.stringMatching(reason) })
})

test('nobody listens, and no address is told', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const result = await open.post({ url: `http://127.0.0.1:${String(port)}/`, headers, body: '{}' }, never)
  expect(result).toEqual({ status: null, reason: 'nobody listens there' })
})

describe('without allowPrivate', () => {
  const shut = webhookSender({
    resolve: (host) => Promise.resolve(host === 'inside.test' ? ['10.0.0.7'] : []),
  })

  test.each([
    'https://inside.test/',
    'https://127.0.0.1/',
    'https://169.254.169.254/latest',
    'http://guests.test/',
  ])('%s is never called', async (url) => {
    expect(await shut.post({ url, headers, body: '{}' }, never)).toEqual({
      status: null,
      reason: 'its address must not be called',
    })
  })

  test('a name that leads nowhere is told so', async () => {
    expect(await shut.post({ url: 'https://nowhere.test/', headers, body: '{}' }, never)).toEqual({
      status: null,
      reason: 'its name leads nowhere',
    })
  })

  test.each([
    ['http://guests.test/', 'https'],
    ['https://10.0.0.7/', 'private network'],
    ['https://ann:pw@guests.test/', 'user name'],
    ['https://guests.test:6379/', 'port'],
  ])('%s cannot be made an endpoint', (url, reason) => {
    expect(shut.check?.(url)).toContain(reason)
    expect(shut.check?.(url)).not.toContain('guests')
  })

  test('a usual address can', () => {
    expect(shut.check?.('https://guests.test/hooks?team=7')).toBeUndefined()
    expect(webhookSender({ ports: [9443] }).check?.('https://guests.test:9443/')).toBeUndefined()
  })
})

const noCertificates = explainNoCertificates()
test.skipIf(noCertificates !== undefined)(
  `a certificate nobody vouches for is not trusted${noCertificates === undefined ? '' : ` (${noCertificates})`}`,
  async () => {
    const files = selfSignedCertificate('hooks.guests.test')
    const server = createTlsServer(files, (_incoming, response) => response.end())
    const port = await listen(server)
    const sender = (ca?: string) =>
      webhookSender({ allowPrivate: true, resolve: () => Promise.resolve(['127.0.0.1']), ...(ca && { ca }) })
    const url = `https://hooks.guests.test:${String(port)}/`
    expect(await sender().post({ url, headers, body: '{}' }, never)).toMatchObject({
      status: null,
      reason: expect.stringContaining('its certificate is not trusted'),
    })
    expect(await sender(files.cert).post({ url, headers, body: '{}' }, never)).toEqual({ status: 200 })
  },
)
