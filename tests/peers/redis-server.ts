import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

const defaultPort = 6379

/** A Redis for tests, which others may use at the same time. */
export interface FoundRedis {
  readonly url: string
  /** For the option `prefix`: nobody else uses it. */
  readonly prefix: string
}

/** A Redis of its own, to be killed and started again. It keeps nothing. */
export interface PrivateRedis {
  /** `redis://127.0.0.1:<port>`; stays the same when it is started again. */
  readonly url: string
  readonly port: number
  /** Ends it with SIGKILL. */
  kill(): Promise<void>
  /** Ends it in good order. */
  stop(): Promise<void>
  /** Starts it again and waits until it answers. */
  start(): Promise<void>
  /** Holds it still with its connections open, as an overloaded machine does. */
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/**
 * Tells why tests with Redis cannot run here.
 *
 * @returns undefined when they can: `INVITE_ME_TEST_REDIS_URL` is set, a server listens at the default port, or the program is
 *   installed; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export async function explainNoRedis(): Promise<string | undefined> {
  const isThere =
    process.env['INVITE_ME_TEST_REDIS_URL'] !== undefined ||
    findService('redis') !== undefined ||
    (await answers(defaultPort))
  return isThere ? undefined : explainNoPrivateRedis()
}

/**
 * Tells why tests that kill a Redis of their own cannot run here.
 *
 * @returns undefined when they can; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoPrivateRedis(): string | undefined {
  if (findService('redis') !== undefined) return undefined
  const reason = explainMissing('redis')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

let shared: Promise<PrivateRedis> | undefined

/**
 * Finds a Redis for tests: `INVITE_ME_TEST_REDIS_URL`, else the default port of loopback, else one that is started for this
 * process and ends with it.
 */
export async function findRedis(): Promise<FoundRedis> {
  return { url: await findUrl(), prefix: `invite-me-test-${randomUUID()}` }
}

async function findUrl(): Promise<string> {
  const given = process.env['INVITE_ME_TEST_REDIS_URL']
  if (given !== undefined) return given
  if (await answers(defaultPort)) return `redis://127.0.0.1:${String(defaultPort)}`
  shared ??= privateRedis()
  return (await shared).url
}

/**
 * Starts a Redis of its own beside any other on the machine: free port, loopback only.
 *
 * @param isKept each write is on disk before it is answered; default nothing is written to disk
 */
export async function privateRedis({ isKept = false } = {}): Promise<PrivateRedis> {
  const program = findService('redis')
  if (program === undefined) throw new Error(explainMissing('redis'))
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-redis-'))
  const port = await freePort()
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: isKept ? 'yes' : 'no',
    appendfsync: 'always',
  }
  const argv = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  let server: ChildProcess | undefined
  const removeNow = (): void => {
    server?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', removeNow)

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const ending = server
    server = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = once(ending, 'exit')
    ending.kill('SIGCONT')
    ending.kill(signal)
    await gone
  }
  const start = async (): Promise<void> => {
    if (server !== undefined) throw new Error('this Redis was started and not ended')
    server = spawn(program, argv, { stdio: 'ignore' })
    await waitUntil('Redis answers', () => answers(port), 20_000)
  }
  const close = async (): Promise<void> => {
    process.off('exit', removeNow)
    await end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (cause) {
    await close()
    throw new Error('Redis did not start', { cause })
  }
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    port,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    close,
  }
}

/** Whether something on this port answers a PING as Redis does. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    const end = (isUp: boolean) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('error', () => end(false))
    socket.once('data', (data) => end(String(data).startsWith('+PONG')))
  })
}
