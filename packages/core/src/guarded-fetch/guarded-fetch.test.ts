import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test } from 'vitest'
import {
  explainNoCertificates,
  selfSignedCertificate,
} from '../../../../tests/peers/self-signed-certificate.ts'
import { guardedFetch, type GuardOptions } from './guarded-fetch.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
})

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server.listen(0, host))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
const serve = (answer: RequestListener): Promise<number> => listen(createServer(answer))

/** Lets through what tests on this machine need, and nothing else. */
const loopback: GuardOptions = {
  allowHttp: true,
  ports: 'any',
  isAllowed: (address) => address === '127.0.0.1',
  resolve: () => Promise.resolve(['127.0.0.1']),
}
const refusedCause = { cause: { code: 'ADDRESS_REFUSED' } }

test('a request goes to the address that was checked, under the name it was for', async () => {
  const port = await serve((incoming, response) => {
    const { headers, method, url } = incoming
    void text(incoming).then((body) => {
      response.end(JSON.stringify({ host: headers.host, trip: headers['x-trip'], method, url, body }))
    })
  })
  const asked: string[] = []
  const fetch = guardedFetch({
    ...loopback,
    resolve: (host) => {
      asked.push(host)
      return Promise.resolve(['127.0.0.1'])
    },
  })
  const response = await fetch(`http://hooks.guests.test:${port}/in?a=b`, {
    method: 'POST',
    headers: { 'x-trip': 'there' },
    body: 'Bonjour, é',
  })
  expect(await response.json()).toEqual({
    host: `hooks.guests.test:${port}`,
    trip: 'there',
    method: 'POST',
    url: '/in?a=b',
    body: 'Bonjour, é',
  })
  expect(asked).toEqual(['hooks.guests.test'])
})

test('a name that leads outside at the first look and inside at the second reaches nobody inside', async () => {
  let inside = 0
  const secret = await listen(
    createServer((_incoming, response) => {
      inside += 1
      response.end('the password')
    }),
    '127.0.0.2',
  )
  const answers = [['127.0.0.1'], ['127.0.0.2']]
  const fetch = guardedFetch({ ...loopback, resolve: () => Promise.resolve(answers.shift() ?? []) })
  // The first answer was public, so the connection goes there, where nobody listens.
  const first = fetch(`http://rebind.evil.test:${secret}/`)
  await expect(first).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  const second = fetch(`http://rebind.evil.test:${secret}/`)
  await expect(second).rejects.toMatchObject(refusedCause)
  expect(inside).toBe(0)
})

test('one private address among public ones is enough to refuse', async () => {
  const resolve = () => Promise.resolve(['93.184.216.34', '10.0.0.1'])
  await expect(guardedFetch({ resolve })('https://hooks.guests.test/')).rejects.toMatchObject(refusedCause)
})

test.each(['10.0.0.1', '::ffff:10.0.0.1', '::1', 'fe80::1%eth0', 'not an address'])(
  'a resolver that answers %s is not followed',
  async (address) => {
    const resolve = () => Promise.resolve([address])
    await expect(guardedFetch({ resolve })('https://hooks.guests.test/')).rejects.toMatchObject(refusedCause)
  },
)

test.each(['http://localhost/', 'http://localhost./', 'http://LOCALHOST/', 'http://ⓛocalhost/'])(
  '%s is this machine, and refused',
  async (url) => {
    await expect(guardedFetch({ allowHttp: true })(url)).rejects.toMatchObject(refusedCause)
  },
)

test.each([
  'http://hooks.guests.test/',
  'https://127.0.0.1/',
  'https://ann:pw@hooks.guests.test/',
  'nonsense',
])('%s is refused without asking for its name', async (url) => {
  const resolve = () => Promise.reject(new Error('asked'))
  await expect(guardedFetch({ resolve })(url)).rejects.toMatchObject(refusedCause)
})

test('a redirect is an answer, not a way inside', async () => {
  const port = await serve((_incoming, response) => {
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
  })
  const response = await guardedFetch(loopback)(`http://hooks.guests.test:${port}/`)
  expect([response.status, response.redirected]).toEqual([302, false])
})

test('an endless answer is read to a limit', async () => {
  const port = await serve((incoming, response) => {
    const pour = () => {
      while (response.write('x'.repeat(10_000)));
    }
    response.on('drain', pour)
    incoming.on('close', () => response.destroy())
    pour()
  })
  const response = await guardedFetch({ ...loopback, maxBytes: 25_000 })(`http://hooks.guests.test:${port}/`)
  expect(await response.text()).toHaveLength(25_000)
})

test('an answer whose body never ends is called off by the deadline, and its status still counts', async () => {
  const port = await serve((_incoming, response) => {
    response.writeHead(200).write('begun')
  })
  const signal = AbortSignal.timeout(200)
  const response = await guardedFetch(loopback)(`http://hooks.guests.test:${port}/`, { signal })
  expect([response.status, await response.text()]).toEqual([200, 'begun'])
})

test('no answer at all is called off by the deadline', async () => {
  const port = await serve(() => undefined)
  const sending = guardedFetch(loopback)(`http://hooks.guests.test:${port}/`, {
    signal: AbortSignal.timeout(100),
  })
  await expect(sending).rejects.toMatchObject({ cause: { code: 'ABORT_ERR' } })
})

test('an answer in another protocol is none, and is not waited for', async () => {
  const port = await serve((_incoming, { socket }) => {
    socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n')
  })
  await expect(guardedFetch(loopback)(`http://hooks.guests.test:${port}/`)).rejects.toMatchObject({
    cause: { code: 'ECONNRESET' },
  })
})

test.each([204, 304, 404, 503])('status %i comes back as it is', async (status) => {
  const port = await serve((_incoming, response) => {
    response.writeHead(status, { 'retry-after': '7' }).end()
  })
  const response = await guardedFetch(loopback)(`http://hooks.guests.test:${port}/`)
  expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7'])
})

const noCertificates = explainNoCertificates()
describe.skipIf(noCertificates !== undefined)(
  `with a certificate${noCertificates === undefined ? '' : ` (${noCertificates})`}`,
  () => {
    const files =
      noCertificates === undefined ? selfSignedCertificate('hooks.guests.test') : { key: '', cert: '' }
    const open = () =>
      listen(
        createTlsServer(files, (incoming, response) => {
          const { servername } = incoming.socket as { readonly servername?: string | false }
          response.end(String(servername))
        }),
      )
    const secure: GuardOptions = { ...loopback, allowHttp: false, ca: files.cert }

    test('the certificate must be of the name, not of the address', async () => {
      const port = await open()
      const fetch = guardedFetch(secure)
      expect(await (await fetch(`https://hooks.guests.test:${port}/`)).text()).toBe('hooks.guests.test')
      expect(await (await fetch(`https://hooks.guests.test.:${port}/`)).text()).toBe('hooks.guests.test')
      await expect(fetch(`https://other.guests.test:${port}/`)).rejects.toMatchObject({
        cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      })
    })

    test('a certificate nobody vouches for is not trusted', async () => {
      const port = await open()
      const { ca: _ca, ...others } = secure
      const sending = guardedFetch(others)(`https://hooks.guests.test:${port}/`)
      await expect(sending).rejects.toMatchObject({
        cause: { code: expect.stringMatching(/SELF_SIGNED_CERT|UNABLE_TO_VERIFY/) },
      })
    })
  },
)
