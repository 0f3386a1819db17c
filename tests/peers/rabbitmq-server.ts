import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect as openSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { connect } from 'amqplib'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

const run = promisify(execFile)

/** RabbitMQ takes about 5 s to start on an idle machine, and much longer beside other tests. */
const startMs = 90_000
const defaultUrl = 'amqp://guest:guest@127.0.0.1:5672'

/** A broker on which nobody else uses the names that begin with this prefix. */
export interface EmptyBroker {
  readonly url: string
  /** For the option `prefix`; nothing exists under it yet. */
  readonly prefix: string
  /** Deletes the exchanges and every queue of this prefix; may be called twice. */
  remove(): Promise<void>
}

/** A RabbitMQ of its own, to be killed and starved. */
export interface PrivateRabbitmq {
  /** `amqp://guest:guest@127.0.0.1:<port>`; stays the same when it is started again. */
  readonly url: string
  readonly port: number
  /** Runs `rabbitmqctl` on it, `('set_vm_memory_high_watermark', '0.0001')`, and returns what it printed. */
  control(...words: readonly string[]): Promise<string>
  /** Ends it with SIGKILL, as a power cut does; what it keeps stays. */
  kill(): Promise<void>
  /** Ends it in good order; what it keeps stays. */
  stop(): Promise<void>
  /** Starts it again and waits until it answers. */
  start(): Promise<void>
  /** What it wrote into its log. */
  log(): Promise<string>
  /** Ends it and deletes what it kept. */
  close(): Promise<void>
}

/**
 * Tells why tests with RabbitMQ cannot run here.
 *
 * @returns undefined when they can: `INVITE_ME_TEST_AMQP_URL` is set, a broker listens at the default port, or the program is
 *   installed; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export async function explainNoRabbitmq(): Promise<string | undefined> {
  const isThere =
    process.env['INVITE_ME_TEST_AMQP_URL'] !== undefined ||
    findService('rabbitmq') !== undefined ||
    (await answers(defaultUrl))
  return isThere ? undefined : explainNoPrivateRabbitmq()
}

/**
 * Tells why tests that kill a RabbitMQ of their own cannot run here.
 *
 * @returns undefined when they can; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoPrivateRabbitmq(): string | undefined {
  if (findService('rabbitmq') !== undefined) return undefined
  const reason = explainMissing('rabbitmq')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

let shared: Promise<PrivateRabbitmq> | undefined

/**
 * Finds a broker for tests: `INVITE_ME_TEST_AMQP_URL`, else the default port of loopback, else one that is started for this
 * process and ends with it.
 */
export async function emptyBroker(): Promise<EmptyBroker> {
  const url = await findUrl()
  const prefix = `invite-me-test-${randomUUID()}`
  return { url, prefix, remove: () => removeAll(url, prefix) }
}

async function findUrl(): Promise<string> {
  const given = process.env['INVITE_ME_TEST_AMQP_URL']
  if (given !== undefined) return given
  if (await answers(defaultUrl)) return defaultUrl
  shared ??= privateRabbitmq()
  return (await shared).url
}

async function answers(url: string): Promise<boolean> {
  try {
    const connection = await connect(url, { timeout: 2_000 })
    await connection.close()
    return true
  } catch {
    return false
  }
}

async function removeAll(url: string, prefix: string): Promise<void> {
  const connection = await connect(url, { timeout: 5_000 })
  try {
    const channel = await connection.createChannel()
    const queues = ['commands', 'parked', ...[1, 2, 3, 4, 5, 6].map((lane) => `lane.${String(lane)}`)]
    for (const queue of queues) await channel.deleteQueue(`${prefix}.${queue}`)
    for (const exchange of [prefix, `${prefix}.events`]) await channel.deleteExchange(exchange)
  } finally {
    await connection.close()
  }
}

/** How a private broker is made. */
export interface PrivateRabbitmqOptions {
  /** Where it listens; default a free port. */
  readonly port?: number
}

/** Starts a RabbitMQ of its own beside any other on the machine: own folder, cookie, name and ports, loopback only. */
export async function privateRabbitmq(options: PrivateRabbitmqOptions = {}): Promise<PrivateRabbitmq> {
  const program = findService('rabbitmq')
  if (program === undefined) throw new Error(explainMissing('rabbitmq'))
  const place = await makePlace(program, options.port ?? (await freePort()))
  const url = `amqp://guest:guest@127.0.0.1:${String(place.port)}`
  // Erlang starts a name server as a daemon when it finds none, and that would outlive us.
  const names = spawn('epmd', ['-port', String(place.namePort), '-address', '127.0.0.1'], {
    ...place.account,
    stdio: 'ignore',
  })
  let server: ChildProcess | undefined
  const removeNow = (): void => {
    signalGroup(server, 'SIGKILL')
    names.kill('SIGKILL')
    rmSync(place.folder, { recursive: true, force: true })
  }
  process.once('exit', removeNow)

  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const ending = server
    if (ending === undefined) return
    server = undefined
    const gone = ending.exitCode === null && ending.signalCode === null ? once(ending, 'exit') : undefined
    signalGroup(ending, signal)
    await gone
    // The first process is a shell; the port is free when the broker itself is gone.
    await waitUntil('RabbitMQ is gone', async () => !(await isListening(place.port)), 30_000)
  }
  const start = async (): Promise<void> => {
    if (server !== undefined) throw new Error('this RabbitMQ was started and not ended')
    // In a group of its own: the program is a shell script, and the broker its child.
    server = spawn(program, [], { ...place.account, env: place.environment, stdio: 'ignore', detached: true })
    await waitUntil('RabbitMQ answers', () => answers(url), startMs)
  }
  const log = () => readFile(join(place.folder, 'broker.log'), 'utf8').catch(() => '')
  const close = async (): Promise<void> => {
    process.off('exit', removeNow)
    await end('SIGKILL')
    names.kill('SIGKILL')
    await rm(place.folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await start()
  } catch (cause) {
    const told = await log()
    await close()
    throw new Error(`RabbitMQ did not start: ${told.slice(-2_000)}`, { cause })
  }
  return {
    url,
    port: place.port,
    control: async (...words) => {
      const ctl = join(dirname(program), 'rabbitmqctl')
      const { stdout } = await run(ctl, [...words], {
        ...place.account,
        env: place.environment,
        timeout: 60_000,
      })
      return stdout
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start,
    log,
    close,
  }
}

interface Account {
  readonly uid?: number
  readonly gid?: number
}

interface Place {
  readonly folder: string
  readonly port: number
  readonly namePort: number
  readonly account: Account
  readonly environment: Readonly<Record<string, string>>
}

async function makePlace(program: string, port: number): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-rabbitmq-'))
  const account = await findAccount()
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid ?? account.uid)
  const [namePort, distributionPort] = [await freePort(), await freePort()]
  await writeFile(join(folder, 'plugins'), '[].\n')
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    // Disks of build machines are often nearly full; only the tests themselves shall raise alarms.
    `listeners.tcp.default = 127.0.0.1:${String(port)}\ndisk_free_limit.absolute = 10MB\nlog.file = ${folder}/broker.log\n`,
  )
  const environment = {
    PATH: `${dirname(program)}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    ERL_EPMD_PORT: String(namePort),
    // A name the resolver knows everywhere.
    RABBITMQ_NODENAME: `invite-me-${String(port)}@localhost`,
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    // One scheduler: many of them spin while they wait, and take the processors away from what is tested.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none',
  }
  return { folder, port, namePort, account, environment }
}

/** As root it runs as the user its package made, as it does in production. */
async function findAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const id = async (flag: string) => Number((await run('id', [flag, 'rabbitmq'])).stdout)
  try {
    return { uid: await id('-u'), gid: await id('-g') }
  } catch {
    return {}
  }
}

function signalGroup(process_: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (process_?.pid !== undefined) process.kill(-process_.pid, signal)
  } catch {
    // It has ended by itself.
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(port, '127.0.0.1')
    const end = (isUp: boolean) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
