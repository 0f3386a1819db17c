import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runInProcess } from '../run-in-process.ts'

/** Starting the sources takes seconds on a busy machine. */
const timeoutMs = 90_000
const bin = fileURLToPath(new URL('../bin.ts', import.meta.url))

let folder: string
const children = new Set<ChildProcessWithoutNullStreams>()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-serve-'))
})
afterEach(async () => {
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'close')
  children.clear()
  rmSync(folder, { recursive: true, force: true })
})

interface Serving {
  readonly child: ChildProcessWithoutNullStreams
  readonly url: string
  readonly firstKey: string | null
  /** Lines of its log so far. */
  readonly log: readonly string[]
  readonly ended: Promise<number | null>
}

/** Starts a server as somebody would, and waits until it listens. */
async function serve(...argv: readonly string[]): Promise<Serving> {
  const child = spawn(
    process.execPath,
    ['--conditions=@invite-me/source', bin, 'serve', '--port', '0', '--via', 'log', '--json', ...argv],
    { cwd: folder, env: { TMPDIR: folder } },
  )
  children.add(child)
  let told = ''
  child.stderr.on('data', (part: Buffer) => (told += part.toString()))
  const log: string[] = []
  const ended = once(child, 'close').then(() => child.exitCode)
  const ready = new Promise<{ url: string; firstKey: string | null }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const document = JSON.parse(line)
      if (document.type === 'ready') resolve(document)
      else log.push(line)
    })
    void ended.then(() => reject(new Error(`It ended: ${told}`)))
  })
  return { child, log, ended, ...(await ready) }
}

const question = { to: { routes: { log: 'ann' } }, question: 'Coming?', answer: { type: 'yesNo' } }

function post(url: string, key: string | null, body: object): Promise<Response> {
  return fetch(`${url}/v1/invitations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function list(
  url: string,
  key: string | null,
  path: string,
): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key ?? ''}` } })
  const page: { items: readonly Record<string, unknown>[] } = JSON.parse(await response.text())
  return page.items
}

describe('invite-me serve', { timeout: timeoutMs }, () => {
  it('stopped under load answers what it took, ends with 0, and lost nothing when it comes back', async () => {
    const first = await serve()
    expect(first.firstKey).toMatch(/^imk_/)
    const accepted: string[] = []
    let isOver = false
    const load = Array.from({ length: 5 }, async () => {
      while (!isOver) {
        try {
          const response = await post(first.url, first.firstKey, question)
          if (response.status === 202) accepted.push(JSON.parse(await response.text()).messageId)
          else isOver = true
        } catch {
          isOver = true
        }
      }
    })
    await expect.poll(() => accepted.length, { timeout: 20_000 }).toBeGreaterThan(30)
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    await Promise.all(load)
    expect(first.log.some((line) => line.includes('"Stopped"'))).toBe(true)

    const second = await serve()
    expect(second.firstKey).toBeNull()
    const kept = await list(second.url, first.firstKey, '/v1/messages?limit=1000')
    expect(accepted.filter((id) => !kept.some((message) => message['id'] === id))).toEqual([])
  })

  it('killed without a word has what it accepted', async () => {
    const first = await serve()
    const ids = await Promise.all(
      Array.from(
        { length: 20 },
        async () => JSON.parse(await (await post(first.url, first.firstKey, question)).text()).messageId,
      ),
    )
    first.child.kill('SIGKILL')
    await first.ended
    const second = await serve()
    const kept = await list(second.url, first.firstKey, '/v1/messages?limit=1000')
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(ids))
  })

  it('ends at once by a second signal', async () => {
    const server = await serve('--json')
    // Something under way that keeps it.
    const wait = fetch(`${server.url}/v1/events?wait=60s&after=AA`, {
      headers: { authorization: `Bearer ${server.firstKey ?? ''}` },
    }).catch(() => undefined)
    server.child.kill('SIGTERM')
    server.child.kill('SIGTERM')
    expect([0, 130]).toContain(await server.ended)
    await wait
  })
})

describe('what a server is set up with', { timeout: timeoutMs }, () => {
  const run = (argv: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    runInProcess(argv, { directory: folder, environment }).ended

  it.each([
    [{ INVITE_ME_PORT: 'eighty' }, 'Set server.port in invite-me.config.yaml or INVITE_ME_PORT.'],
    [{ INVITE_ME_ROLE: 'boss' }, 'INVITE_ME_ROLE'],
    [{ INVITE_ME_ORIGINS: 'https://a.test/x' }, 'INVITE_ME_ORIGINS'],
    [{ INVITE_ME_AMQP_URL: 'localhost:5672' }, 'INVITE_ME_AMQP_URL'],
    [{ INVITE_ME_STORE: 'mysql://app:s3cret@db/x' }, 'there is no store for "mysql://"'],
    [{ INVITE_ME_STORE: 'postgres://app:s3cret@127.0.0.1:1/x' }, 'cannot be reached'],
  ])('is refused by name: %j', async (environment, told) => {
    const { code, stderr } = await run(
      ['serve', '--port', '0'].slice(0, 'INVITE_ME_PORT' in environment ? 1 : 3),
      environment,
    )
    expect(code).toBeGreaterThan(0)
    expect(stderr).toContain(told)
    expect(stderr).not.toContain('s3cret')
  })

  it('names a role nobody knows, and a port that is taken', async () => {
    expect(await run(['serve', '--role', 'boss'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Roles are all'),
    })
    const server = runInProcess(['serve', '--port', '0', '--json', '--store', ':memory:'], {
      directory: folder,
    })
    await expect
      .poll(() => server.documents().some(({ type }) => type === 'ready'), { timeout: 20_000 })
      .toBe(true)
    const ready = server.documents().find(({ type }) => type === 'ready')
    const { port } = new URL(String(ready?.['url']))
    expect(await run(['serve', '--port', port])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`something else listens on port ${port} already`),
    })
    expect(await server.stop()).toMatchObject({ code: 0 })
  })

  it('is read from the config file, and misspelt variables are told', async () => {
    writeFileSync(
      join(folder, 'invite-me.config.yaml'),
      'server:\n  port: 0\n  docs: false\n  bootstrap: false\n',
    )
    const server = runInProcess(['serve', '--json'], {
      directory: folder,
      environment: { INVITE_ME_PROT: '1' },
    })
    await expect
      .poll(() => server.documents().some(({ type }) => type === 'ready'), { timeout: 20_000 })
      .toBe(true)
    const ready = server.documents().find(({ type }) => type === 'ready')
    expect(ready).toMatchObject({ firstKey: null })
    expect((await fetch(`${String(ready?.['url'])}/docs`)).status).toBe(404)
    expect(server.stdout()).toContain('INVITE_ME_PROT')
    expect(server.stdout()).toContain('No channel is set up')
    await server.stop()
  })
})

describe('invite-me worker', { timeout: timeoutMs }, () => {
  it('sends what a server without dispatcher took', async () => {
    const api = runInProcess(['serve', '--role', 'api', '--port', '0', '--via', 'log', '--json'], {
      directory: folder,
    })
    await expect
      .poll(() => api.documents().some(({ type }) => type === 'ready'), { timeout: 20_000 })
      .toBe(true)
    const ready = api.documents().find(({ type }) => type === 'ready')
    const [url, key] = [String(ready?.['url']), String(ready?.['firstKey'])]
    expect((await post(url, key, question)).status).toBe(202)
    const worker = runInProcess(['worker', '--port', '0', '--via', 'log', '--json'], { directory: folder })
    const sent = async (): Promise<boolean> =>
      (await list(url, key, '/v1/receipts')).some(({ outcome }) => outcome === 'accepted')
    await expect.poll(sent, { timeout: 20_000 }).toBe(true)
    expect(worker.documents().find(({ type }) => type === 'ready')).toMatchObject({ firstKey: null })
    expect(await worker.stop()).toMatchObject({ code: 0 })
    expect(await api.stop()).toMatchObject({ code: 0 })
  })
})
