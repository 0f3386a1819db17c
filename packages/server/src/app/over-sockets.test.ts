import { connect, type Socket } from 'node:net'
import { createInviteMe, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { scriptedChannel } from '@invite-me/core/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { listenPublic, type PublicListening } from '../listen-public.ts'
import { createApp } from './create-app.ts'
import type { RequestRecord } from './watch-request.ts'

/** Real sockets, real time: what clients do that no `Request` object can. */
let inviteMe: InviteMe
let listening: PublicListening
let authorization = ''
const records: RequestRecord[] = []
const sockets: Socket[] = []
const telegram = scriptedChannel({ name: 'telegram' })

beforeEach(async () => {
  telegram.failAlways('hang')
  records.length = 0
  inviteMe = await createInviteMe({ store: sqlite(':memory:'), channels: [telegram] })
  const app = createApp(inviteMe, {
    onRequest: (record) => records.push(record),
    limits: { writesPerMinute: 100_000 },
  })
  listening = await listenPublic({ host: '127.0.0.1', port: 0 })
  listening.serve({ fetch: app.fetch })
  authorization = `Bearer ${(await inviteMe.keys.create({ name: 'owner', role: 'owner' })).secret}`
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await listening.close()
  await inviteMe.stop({ deadlineMs: 10 })
})

const notice = JSON.stringify({ to: { routes: { telegram: 'sam' } }, content: 'Hello' })

function post(path: string, body: string, more: RequestInit = {}): Promise<Response> {
  return fetch(`${listening.url}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body,
    ...more,
  })
}

/** A socket that says something and collects what it hears. */
function open(said: string): { readonly socket: Socket; readonly heard: () => string } {
  const socket = connect(listening.port, '127.0.0.1')
  sockets.push(socket)
  let heard = ''
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString('latin1')
  })
  socket.on('error', () => undefined)
  socket.write(said, 'latin1')
  return { socket, heard: () => heard }
}

const head = (method: string, path: string, ...headers: readonly string[]): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: api.test',
    `Authorization: ${authorization}`,
    ...headers,
    '',
    '',
  ].join('\r\n')

async function isAlive(): Promise<boolean> {
  return (await fetch(`${listening.url}/readyz`)).status === 200
}

test('a message is accepted in under 50 ms while its provider hangs', async () => {
  await post('/v1/messages', notice)
  await vi.waitFor(() => expect(telegram.outbox).toHaveLength(1))
  const times: number[] = []
  for (let call = 0; call < 21; call += 1) {
    const began = performance.now()
    expect((await post('/v1/messages', notice)).status).toBe(202)
    times.push(performance.now() - began)
  }
  // Nobody waits for the provider; that all of them are fast cannot be asked of a machine that does other things too.
  expect(Math.max(...times)).toBeLessThan(5_000)
  expect(times.toSorted((a, b) => a - b)[10]).toBeLessThan(50)
})

describe('too much', () => {
  test('ten thousand headers are refused, and the server goes on', async () => {
    const headers = Array.from({ length: 10_000 }, (_value, index) => `X-${String(index)}: y`)
    const { heard } = open(head('GET', '/v1/messages', ...headers))
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 431 /))
    expect(await isAlive()).toBe(true)
  })

  test('a long address is refused or not found', async () => {
    const { heard } = open(head('GET', `/v1/messages/${'x'.repeat(100_000)}`))
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 (414|431) /))
    expect(await isAlive()).toBe(true)
  })

  test('a body of 50 MB is refused at its announcement, and not read', async () => {
    const { socket, heard } = open(
      head('POST', '/v1/messages', 'Content-Type: application/json', 'Content-Length: 52428800'),
    )
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 413 /))
    expect(heard()).toContain('"BODY_TOO_LARGE"')
    socket.destroy()
    expect(await isAlive()).toBe(true)
  })

  test('an endless body is cut off soon after the limit', async () => {
    const { socket, heard } = open(
      head('POST', '/v1/messages', 'Content-Type: application/json', 'Transfer-Encoding: chunked'),
    )
    const chunk = Buffer.alloc(65_536, 0x20)
    const piece = Buffer.concat([Buffer.from('10000\r\n'), chunk, Buffer.from('\r\n')])
    const more = (): void => {
      while (!socket.destroyed && socket.bytesWritten < 200_000_000 && socket.write(piece));
    }
    socket.on('drain', more)
    more()
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 413 /), 5_000)
    await vi.waitFor(() => expect(socket.destroyed || socket.writableNeedDrain).toBe(true), 5_000)
    expect(socket.bytesWritten).toBeLessThan(100_000_000)
    expect(await isAlive()).toBe(true)
  })

  test('a compressed body is refused without being looked at', async () => {
    const { heard } = open(
      head(
        'POST',
        '/v1/messages',
        'Content-Type: application/json',
        'Content-Encoding: gzip',
        'Content-Length: 1000000',
      ),
    )
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 415 /))
  })
})

describe('too slow', () => {
  test('three hundred half requests hold nobody up', async () => {
    const half = head('POST', '/v1/messages', 'Content-Type: application/json', 'Content-Length: 100').slice(
      0,
      -30,
    )
    for (let count = 0; count < 150; count += 1) open(half)
    // These have said all their headers, and a byte of their body.
    for (let count = 0; count < 150; count += 1)
      open(`${head('POST', '/v1/messages', 'Content-Type: application/json', 'Content-Length: 100')}{`)
    expect((await post('/v1/messages', notice)).status).toBe(202)
    expect(await isAlive()).toBe(true)
  })

  test('a body that comes in drops is read to its end', async () => {
    const { socket, heard } = open(
      head(
        'POST',
        '/v1/messages',
        'Content-Type: application/json',
        `Content-Length: ${String(notice.length)}`,
      ),
    )
    for (const byte of notice) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 202 /))
  })

  test('a body that never ends its last character is no text', async () => {
    const { heard } = open(
      `${head('POST', '/v1/messages', 'Content-Type: application/json', 'Content-Length: 2')}"\xc3`,
    )
    await vi.waitFor(() => expect(heard()).toMatch(/^HTTP\/1\.1 422 /))
  })
})

describe('going away', () => {
  test('a client that leaves a long poll ends it', async () => {
    const { body } = await post(
      '/v1/invitations',
      JSON.stringify({ to: { routes: { telegram: 'sam' } }, question: 'Dinner?', answer: { type: 'yesNo' } }),
    ).then(async (response) => ({ body: (await response.json()) as { invitations: [{ id: string }] } }))
    const gone = new AbortController()
    const looked = vi.spyOn(inviteMe, 'invitation')
    const waiting = fetch(`${listening.url}/v1/invitations/${body.invitations[0].id}/result?wait=60s`, {
      headers: { authorization },
      signal: gone.signal,
    })
    const ended = waiting.then(
      () => 'answered',
      () => 'called off',
    )
    await vi.waitFor(() => expect(looked).toHaveBeenCalled())
    gone.abort()
    expect(await ended).toBe('called off')
    await vi.waitFor(() =>
      expect(records.at(-1)).toMatchObject({ route: 'GET /v1/invitations/{id}/result', status: 499 }),
    )
  })

  test('a body that breaks off leaves nothing behind', async () => {
    const { socket } = open(
      `${head('POST', '/v1/messages', 'Content-Type: application/json', 'Content-Length: 1000')}{"to":`,
    )
    await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(0))
    socket.destroy()
    expect(await isAlive()).toBe(true)
    expect(await inviteMe.messages.list()).toEqual([])
  })
})

test('refusals of one address are counted; a good key is let in all the same', async () => {
  const app = createApp(inviteMe, { limits: { refusalsPerMinute: 3 } })
  const env = { incoming: { socket: { remoteAddress: '192.0.2.1' } } }
  const ask = (key: string, from: object = env) =>
    app.fetch(new Request('http://api.test/v1/messages', { headers: { authorization: key } }), from)
  const statuses: number[] = []
  for (let call = 0; call < 5; call += 1) statuses.push((await ask('Bearer imk_nobody')).status)
  expect(statuses).toEqual([401, 401, 401, 429, 429])
  expect((await ask('Bearer imk_nobody')).headers.get('retry-after')).not.toBeNull()
  expect((await ask(authorization)).status).toBe(200)
  expect(
    (await ask('Bearer imk_nobody', { incoming: { socket: { remoteAddress: '192.0.2.2' } } })).status,
  ).toBe(401)
})

test('all addresses of one IPv6 network are one', async () => {
  const app = createApp(inviteMe, { limits: { refusalsPerMinute: 1 } })
  const statusFrom = async (remoteAddress: string): Promise<number> =>
    (await app.fetch(new Request('http://api.test/v1/messages'), { incoming: { socket: { remoteAddress } } }))
      .status
  expect(await statusFrom('2001:db8:1:2::1')).toBe(401)
  expect(await statusFrom('2001:db8:1:2:3:4:5:6')).toBe(429)
  expect(await statusFrom('2001:db8:1:3::1')).toBe(401)
  expect(await statusFrom('::1')).toBe(401)
  expect(await statusFrom('::ffff:192.0.2.7')).toBe(401)
  expect(await statusFrom('::ffff:192.0.2.8')).toBe(401)
})
