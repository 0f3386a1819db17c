import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'amqplib'
import type { Channel } from '@invite-me/core/channel'
import type { SendOutcome, StoreOpener } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { storeAt } from '@invite-me/core/workspace'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../../../tests/peers/postgres-server.ts'
import { emptyBroker, explainNoRabbitmq } from '../../../tests/peers/rabbitmq-server.ts'
import { explainNoRedis, findRedis } from '../../../tests/peers/redis-server.ts'
import type { ServerConfigInput } from './config.ts'
import { createLogger } from './observe/logger.ts'
import type { ServerOptions } from './server-options.ts'
import { startServer, type RunningServer } from './start-server.ts'

let folder: string
let lines: string[]
const running: RunningServer[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'invite-me-server-'))
  lines = []
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop().catch(() => undefined)))
  await rm(folder, { recursive: true, force: true })
})

const file = (): StoreOpener => sqlite(join(folder, 'invites.db'), { synchronous: 'normal' })

async function start(
  config: ServerConfigInput = {},
  options: Partial<ServerOptions> = {},
): Promise<RunningServer> {
  const server = await startServer({
    store: file(),
    channels: [],
    log: createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    config: { port: 0, ...config },
    ...options,
  })
  running.push(server)
  return server
}

/** A medium that keeps what it is given, when it lets it go. */
function keeping(send: () => Promise<SendOutcome> = async () => ({ status: 'accepted' })): Channel & {
  readonly sent: string[]
} {
  const sent: string[] = []
  return {
    name: 'telegram',
    sent,
    supports: { answers: ['yesNo'], links: true, tokens: [], reports: [], idempotent: false },
    send: async ({ to }) => {
      sent.push(to.address)
      return send()
    },
  }
}

interface Ask {
  readonly key?: string | undefined
  readonly body?: unknown
}

async function ask(
  server: RunningServer,
  method: string,
  path: string,
  { key = server.firstKey, body }: Ask = {},
) {
  const response = await fetch(`${server.url ?? ''}${path}`, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : undefined }
}

const notice = { to: { routes: { telegram: '4711' } }, content: 'Hello' }
const question = { to: { routes: { telegram: '4711' } }, question: 'Coming?', answer: { type: 'yesNo' } }

describe('a server', () => {
  it('answers, sends, and tells how it is', async () => {
    const channel = keeping()
    const server = await start({}, { channels: [channel] })
    expect(await ask(server, 'POST', '/v1/messages', { body: notice })).toMatchObject({ status: 202 })
    await expect.poll(() => channel.sent).toEqual(['4711'])
    expect(await ask(server, 'GET', '/readyz')).toMatchObject({ status: 200 })
    await expect
      .poll(async () => (await ask(server, 'GET', '/metrics')).text)
      .toContain('invite_me_attempts_total{channel="telegram",outcome="accepted"} 1')
    const { text } = await ask(server, 'GET', '/metrics')
    expect(text).toContain('route="/v1/messages",status="202"} 1')
    expect(text).toContain('invite_me_live_connections 0')
  })

  it('makes the first key once in the life of a workspace', async () => {
    const server = await start()
    expect(server.firstKey).toMatch(/^imk_/)
    expect(await ask(server, 'GET', '/v1/keys')).toMatchObject({ status: 200 })
    await server.stop()
    const again = await start()
    expect(again.firstKey).toBeUndefined()
    expect(await ask(again, 'GET', '/v1/keys', { key: server.firstKey })).toMatchObject({ status: 200 })
  })

  it('makes one first key when several start at the same moment', async () => {
    const servers = await Promise.all([start(), start(), start()])
    expect(servers.filter(({ firstKey }) => firstKey !== undefined)).toHaveLength(1)
  })

  it('makes none when it is told not to', async () => {
    expect((await start({ bootstrap: false })).firstKey).toBeUndefined()
  })

  it('takes the first key it is given, as often as it starts, until it is revoked', async () => {
    const bootstrapKey = 'imk_0123456789_abcdefghjkmnpqrstvwxyz0123456789'.slice(0, 47)
    const server = await start({ bootstrapKey })
    expect(server.firstKey).toBeUndefined()
    const { body } = await ask(server, 'GET', '/v1/keys', { key: bootstrapKey })
    expect(body.items).toMatchObject([{ name: 'first owner', prefix: 'imk_0123456789' }])
    await server.stop()
    const again = await start({ bootstrapKey })
    expect((await ask(again, 'GET', '/v1/keys', { key: bootstrapKey })).body.items).toHaveLength(1)
    await ask(again, 'DELETE', `/v1/keys/${String(body.items[0].id)}`, { key: bootstrapKey })
    await again.stop()
    const third = await start({ bootstrapKey })
    expect(await ask(third, 'GET', '/v1/keys', { key: bootstrapKey })).toMatchObject({ status: 401 })
  })

  it('touches nothing when its port is taken or its settings are wrong', async () => {
    const { url } = await start({}, { store: sqlite(':memory:') })
    const port = Number(new URL(url ?? '').port)
    await expect(start({ port })).rejects.toMatchObject({ code: 'OPTIONS_INVALID', field: 'port' })
    await expect(start({ origins: ['nonsense'] })).rejects.toMatchObject({ field: 'origins.0' })
    expect(existsSync(join(folder, 'invites.db'))).toBe(false)
  })

  it('gives its port back when the store cannot be opened', async () => {
    const store: StoreOpener = { open: () => Promise.reject(new TypeError('no store')) }
    const probe = await start({}, { store: sqlite(':memory:') })
    const port = Number(new URL(probe.url ?? '').port)
    await probe.stop()
    await expect(start({ port }, { store })).rejects.toThrow('no store')
    expect((await start({ port })).url).toContain(String(port))
  })

  it('tells no key, no token and no address in its log', async () => {
    const server = await start(
      {},
      { channels: [keeping(() => Promise.reject(new TypeError('bug with ann@guests.test')))] },
    )
    await ask(server, 'POST', '/v1/messages', { body: notice })
    await ask(server, 'GET', '/r/AbCdEfGhIjKlMnOpQrStUvWx')
    await expect.poll(() => lines.some((line) => line.includes('/r/{token}'))).toBe(true)
    expect(lines.join('')).not.toMatch(/imk_|AbCdEfGh|4711|ann@guests/)
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        message: 'request',
        route: 'POST /v1/messages',
        status: 202,
        requestId: expect.any(String),
      }),
    )
  })
})

describe('a part of a server', () => {
  it('that only works tells how it is, and nothing else', async () => {
    const worker = await start({ roles: ['dispatcher'] })
    expect(worker.firstKey).toBeUndefined()
    expect(await ask(worker, 'GET', '/healthz')).toMatchObject({ status: 200 })
    expect(await ask(worker, 'GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } })
    expect((await ask(worker, 'GET', '/metrics')).text).not.toMatch(/^invite_me_backlog\{/m)
    expect(await ask(worker, 'GET', '/v1/messages')).toMatchObject({ status: 404 })
  })

  it('that only works listens nowhere when no port was set', async () => {
    const server = await startServer({
      store: file(),
      channels: [],
      log: createLogger({ level: 'silent' }),
      config: { roles: ['dispatcher'] },
    })
    running.push(server)
    expect(server.url).toBeUndefined()
  })

  it('that only answers leaves sending to the others', async () => {
    const [idle, busy] = [keeping(), keeping()]
    const api = await start({ roles: ['api'] }, { channels: [idle] })
    await ask(api, 'POST', '/v1/messages', { body: notice })
    await start({ roles: ['dispatcher'] }, { channels: [busy] })
    await expect.poll(() => busy.sent, { timeout: 5_000 }).toEqual(['4711'])
    expect(idle.sent).toEqual([])
  })
})

describe('a server that stops', () => {
  it('answers who waits, lets sends under way end, and is not ready meanwhile', async () => {
    const finish: (() => void)[] = []
    const channel = keeping(
      () =>
        new Promise(
          (resolve) => void finish.push(() => resolve({ status: 'accepted', providerMessageId: 'p' })),
        ),
    )
    const server = await start({ drainSeconds: 1 }, { channels: [channel] })
    const { body } = await ask(server, 'POST', '/v1/invitations', { body: question })
    const id: string = body.invitations[0].id
    await expect.poll(() => channel.sent).toHaveLength(1)
    const waiting = ask(server, 'GET', `/v1/invitations/${id}/result?wait=60s`)
    const asking = ask(server, 'POST', '/v1/invitations?wait=60s', { body: question })
    await expect.poll(() => channel.sent).toHaveLength(2)
    const stopped = server.stop()
    expect(await ask(server, 'GET', '/readyz')).toMatchObject({ status: 503 })
    expect(await waiting).toMatchObject({ status: 200, body: { result: null } })
    expect(await asking).toMatchObject({ status: 202 })
    for (const end of finish) end()
    await stopped
    await server.stop()
    await expect(fetch(server.url ?? '')).rejects.toThrow('fetch failed')
    const again = await start({}, { channels: [keeping()] })
    const { body: receipts } = await ask(again, 'GET', `/v1/receipts?invitationId=${id}`, {
      key: server.firstKey,
    })
    expect(receipts.items.at(-1)).toMatchObject({ outcome: 'accepted', duplicatePossible: false })
  })

  it('keeps what it accepted, and the next one sends it', async () => {
    const server = await start({ roles: ['api'] }, { channels: [keeping()] })
    for (let number = 0; number < 20; number += 1) await ask(server, 'POST', '/v1/messages', { body: notice })
    await server.stop()
    const channel = keeping()
    await start({}, { channels: [channel] })
    await expect.poll(() => channel.sent.length, { timeout: 5_000 }).toBe(20)
  })
})

const noPostgres = explainNoPostgres()
describe.skipIf(noPostgres !== undefined)(
  `on Postgres${noPostgres === undefined ? '' : `: ${noPostgres}`}`,
  () => {
    it('parts on different machines share the work', { timeout: 20_000 }, async () => {
      const place = await emptyWorkspace()
      const store = (): StoreOpener => storeAt({ kind: 'postgres', ...place })
      const channels = [keeping(), keeping()]
      try {
        const api = await start({ roles: ['api', 'scheduler'] }, { store: store(), channels: [keeping()] })
        for (const channel of channels)
          await start({ roles: ['dispatcher'] }, { store: store(), channels: [channel] })
        const accepted = await Promise.all(
          Array.from({ length: 30 }, () => ask(api, 'POST', '/v1/messages', { body: notice })),
        )
        expect(accepted.every(({ status }) => status === 202)).toBe(true)
        const sent = (): number => channels.reduce((sum, channel) => sum + channel.sent.length, 0)
        await expect.poll(sent, { timeout: 10_000 }).toBe(30)
      } finally {
        await Promise.all(running.splice(0).map((server) => server.stop()))
        await place.remove()
      }
    })
  },
)

/** What a server made on a broker under a prefix of its own. */
async function removeQueues(url: string, prefix: string): Promise<void> {
  const connection = await connect(url)
  const channel = await connection.createChannel()
  for (const name of ['parked', ...[1, 2, 3, 4, 5, 6].map((lane) => `lane.${String(lane)}`)])
    await channel.deleteQueue(`${prefix}.${name}`)
  await channel.deleteExchange(prefix)
  await connection.close()
}

const missing = noPostgres ?? (await explainNoRabbitmq()) ?? (await explainNoRedis())
describe.skipIf(missing !== undefined)(
  `with RabbitMQ and Redis${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    it(
      'work is handed out once, and who waits at one process hears what happens at another',
      { timeout: 40_000 },
      async () => {
        const [place, broker, redis] = [await emptyWorkspace(), await emptyBroker(), await findRedis()]
        const common = { amqpUrl: broker.url, redisUrl: redis.url, prefix: broker.prefix }
        const store = (): StoreOpener => storeAt({ kind: 'postgres', ...place })
        const channels = [keeping(), keeping()]
        try {
          const api = await start(
            { ...common, roles: ['api', 'scheduler'] },
            { store: store(), channels: [keeping()] },
          )
          const other = await start({ ...common, roles: ['api'] }, { store: store(), channels: [keeping()] })
          for (const channel of channels)
            await start({ ...common, roles: ['dispatcher'] }, { store: store(), channels: [channel] })
          const key = api.firstKey
          const asked = await Promise.all(
            Array.from({ length: 20 }, () => ask(api, 'POST', '/v1/invitations', { body: question })),
          )
          const sent = (): number => channels.reduce((sum, channel) => sum + channel.sent.length, 0)
          await expect.poll(sent, { timeout: 20_000 }).toBe(20)
          const id: string = asked[0]?.body.invitations[0].id
          const waiting = ask(other, 'GET', `/v1/invitations/${id}/result?wait=30s`, { key })
          await ask(api, 'POST', `/v1/invitations/${id}/response`, {
            body: { input: { kind: 'text', text: 'yes' } },
          })
          expect(await waiting).toMatchObject({
            status: 200,
            body: { result: { kind: 'answered', value: true } },
          })
          expect(sent()).toBe(20)
        } finally {
          await Promise.all(running.splice(0).map((server) => server.stop()))
          await broker.remove()
          await place.remove()
        }
      },
    )

    it('two workspaces on one broker get nothing of each other', { timeout: 30_000 }, async () => {
      const { url: amqpUrl } = await emptyBroker()
      const places = ['one.db', 'other.db'].map((name) => ({
        channel: keeping(),
        store: sqlite(join(folder, name), { synchronous: 'normal' }),
      }))
      const servers = await Promise.all(
        places.map(({ channel, store }) => start({ amqpUrl }, { store, channels: [channel] })),
      )
      for (const server of servers)
        for (let number = 0; number < 5; number += 1)
          await ask(server, 'POST', '/v1/messages', { body: notice })
      await expect
        .poll(() => places.map(({ channel }) => channel.sent.length), { timeout: 15_000 })
        .toEqual([5, 5])
      const marks = await Promise.all(servers.map(({ inviteMe }) => inviteMe.secret('workspace-mark')))
      await Promise.all(running.splice(0).map((server) => server.stop()))
      const prefixes = marks.map((mark) => `invite-me.${Buffer.from(mark.subarray(0, 8)).toString('hex')}`)
      expect(new Set(prefixes).size).toBe(2)
      for (const prefix of prefixes) await removeQueues(amqpUrl, prefix)
    })

    it(
      'without its broker a server takes what it is asked, and sends it a few seconds later',
      {
        timeout: 30_000,
      },
      async () => {
        const channel = keeping()
        const nowhere = { amqpUrl: 'amqp://127.0.0.1:1', redisUrl: 'redis://127.0.0.1:1' }
        const server = await start(nowhere, { channels: [channel] })
        expect(await ask(server, 'POST', '/v1/messages', { body: notice })).toMatchObject({ status: 202 })
        expect(await ask(server, 'GET', '/readyz')).toMatchObject({ status: 200 })
        await expect.poll(() => channel.sent, { timeout: 15_000 }).toEqual(['4711'])
        await server.stop()
      },
    )
  },
)
