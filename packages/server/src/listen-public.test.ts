import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { listenPublic, type PublicListening, type PublicTimeouts } from './listen-public.ts'

const open: PublicListening[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(open.splice(0).map((listening) => listening.close()))
})

async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  timeouts: Partial<PublicTimeouts> = {},
  maxConnections = 100,
): Promise<PublicListening> {
  const listening = await listenPublic({
    host: '127.0.0.1',
    port: 0,
    maxConnections,
    timeouts: { lookMs: 50, ...timeouts },
  })
  listening.serve({ fetch })
  open.push(listening)
  return listening
}

/** Says something raw to the server. Resolves with what it said back when it closes the connection. */
async function say(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  let heard = ''
  socket.on('data', (part: Buffer) => (heard += part.toString()))
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(text)
  await closed
  return heard
}

const ok = (): Response => new Response('fine')

describe('a server on the network', () => {
  it('asks to come back until there is something to answer with', async () => {
    const listening = await listenPublic({ host: '127.0.0.1', port: 0 })
    open.push(listening)
    const early = await fetch(listening.url)
    expect(early.status).toBe(503)
    expect(early.headers.get('retry-after')).toBe('1')
    listening.serve({ fetch: ok })
    expect(await (await fetch(listening.url)).text()).toBe('fine')
  })

  it('says which port or address cannot be had', async () => {
    const { port } = await listen(ok)
    await expect(listenPublic({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      field: 'port',
      message: expect.stringContaining(`listens on port ${String(port)} already`),
    })
    await expect(listenPublic({ host: '203.0.113.7', port: 0 })).rejects.toMatchObject({ field: 'host' })
  })

  it('ends a connection whose headers or body drip in', async () => {
    const { port } = await listen(async (request) => new Response(await request.text()), {
      headersMs: 200,
      bodyMs: 300,
    })
    expect(await say(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toContain('408')
    expect(await say(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow')).not.toContain(
      '200 OK',
    )
  })

  it('ends a connection that says nothing any more', async () => {
    const { port } = await listen(() => new Promise(() => undefined), { silenceMs: 200 })
    expect(await say(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  })

  it('refuses headers without end', async () => {
    const { port } = await listen(ok)
    const headers = Array.from({ length: 10_000 }, (_, number) => `X-${String(number)}: y\r\n`).join('')
    expect(await say(port, `GET / HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)).toContain('431')
  })

  it('lets no more in than it may', async () => {
    const { port, url } = await listen(ok, {}, 1)
    const first = connect(port, '127.0.0.1')
    sockets.push(first)
    await once(first, 'connect')
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    first.destroy()
    await expect
      .poll(() =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200)
  })
})

describe('a server that stops', () => {
  it('finishes the answer under way, and takes no other connection', async () => {
    const answers: ((response: Response) => void)[] = []
    const listening = await listen(() => new Promise((resolve) => void answers.push(resolve)))
    const asked = fetch(listening.url)
    await expect.poll(() => answers).toHaveLength(1)
    listening.stopAccepting()
    await expect(fetch(listening.url)).rejects.toThrow('fetch failed')
    const idle = listening.whenIdle(5_000)
    answers[0]?.(ok())
    const response = await asked
    expect(await response.text()).toBe('fine')
    expect(response.headers.get('connection')).toBe('close')
    await idle
  })

  it('waits no longer than it is told to, and cuts what is left', async () => {
    let asks = 0
    const listening = await listen(() => {
      asks += 1
      return new Promise(() => undefined)
    })
    const asked = fetch(listening.url).catch(() => 'cut')
    await expect.poll(() => asks).toBe(1)
    listening.stopAccepting()
    await listening.whenIdle(50)
    await listening.close()
    await listening.close()
    expect(await asked).toBe('cut')
  })
})
