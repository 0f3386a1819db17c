import { createServer } from 'node:http'
import { connect } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { afterEach, expect, test } from 'vitest'
import { testApi, type TestApi } from './app/__fixtures__/api.ts'
import { listenPublic, type PublicListening } from './listen-public.ts'
import { guardUpgrades } from './upgrades.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function served(): Promise<{ readonly api: TestApi; readonly listening: PublicListening }> {
  const api = await testApi()
  ends.push(() => api.stop())
  const listening = await listenPublic({ host: '127.0.0.1', port: 0, timeouts: { lookMs: 50, bodyMs: 300 } })
  ends.push(() => listening.close())
  listening.serve({ fetch: api.app.fetch, webSockets: api.app.live.server })
  return { api, listening }
}

/** Says something raw and listens until the other side closes. */
function say(port: number, ...lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n')))
    ends.push(async () => socket.destroy())
    socket.on('data', (part: Buffer) => (heard += part.toString()))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(heard))
  })
}

const h2c = [
  'Connection: Upgrade, HTTP2-Settings, close',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
]
const webSocket = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]
/** An earlier Node cannot leave such a request on the usual way. */
const hasOwnWay = Number(process.versions.node.split('.')[0]) >= 24

test.runIf(hasOwnWay)('a client that would rather speak HTTP/2 is answered as any other', async () => {
  const { api, listening } = await served()
  const key = `Authorization: Bearer ${api.owner}`
  const body = JSON.stringify({ to: { routes: { telegram: 'sam' } }, content: 'Hello' })
  const post = ['Content-Type: application/json', `Content-Length: ${String(body.length)}`, '', body]
  const sent = await say(listening.port, 'POST /v1/messages HTTP/1.1', 'Host: x', key, ...h2c, ...post)
  expect(sent).toMatch(/^HTTP\/1\.1 202 /)
  const looked = await say(listening.port, 'GET /v1/messages HTTP/1.1', 'Host: x', key, ...h2c, '', '')
  expect(looked).toContain('"text":"Hello"')
})

test.runIf(hasOwnWay)('a request for a socket elsewhere keeps the deadlines of a request', async () => {
  const { listening } = await served()
  const heard = await say(
    listening.port,
    'POST /v1/messages HTTP/1.1',
    'Host: x',
    ...webSocket,
    'Content-Length: 10',
    '',
    '',
  )
  expect(heard === '' || heard.startsWith('HTTP/1.1 4')).toBe(true)
})

test('where sockets are opened, a refusal says what every refusal says', async () => {
  const { listening } = await served()
  const heard = await say(
    listening.port,
    'GET /v1/live HTTP/1.1',
    'Host: x',
    ...webSocket,
    'Sec-WebSocket-Protocol: invite-me.v1',
    'Authorization: Bearer imk_wrong',
    '',
    '',
  )
  expect(heard).toMatch(/^HTTP\/1\.1 401 /)
  expect(heard.toLowerCase()).toContain('www-authenticate: bearer')
  expect(heard.toLowerCase()).toContain('x-request-id: ')
})

test('a Node that hands over whatever wants another protocol refuses it and closes', async () => {
  const api = await testApi()
  ends.push(() => api.stop())
  const server = createServer()
  const websocket = { server: api.app.live.server }
  createAdaptorServer({
    fetch: api.app.fetch,
    websocket,
    createServer: (() => server) as typeof createServer,
  })
  guardUpgrades(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const heard = await say(port, 'GET /v1/messages HTTP/1.1', 'Host: x', ...h2c, '', '')
  expect(heard).toMatch(/^HTTP\/1\.1 400 [^]*Connection: close/)
})
