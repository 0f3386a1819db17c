import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Where a program reaches one port of this machine and nothing else. */
export interface Wall {
  /** `namespace`: the kernel lets nothing out and counts · `java`: asks Java to, for who may not make namespaces. */
  readonly kind: 'namespace' | 'java'
  /** Words before the program's own. */
  readonly through: readonly string[]
  /** Options of the Java machine. */
  readonly javaOptions: readonly string[]
  /** What stands for the port, on 127.0.0.1. */
  readonly port: number
  /** What was tried to reach anything else, a line each; names that were looked up count. */
  attempts(): Promise<readonly string[]>
  close(): Promise<void>
}

/**
 * Builds a wall around whatever is started behind it.
 *
 * @param port the one on 127.0.0.1 that stays in reach
 */
export async function buildWall(port: number): Promise<Wall> {
  const folder = await mkdtemp(joinPath(tmpdir(), 'invite-me-wall-'))
  const wall = (await mayMakeNamespaces()) ? await namespaceWall(port, folder) : await javaWall(port, folder)
  return {
    ...wall,
    close: async () => {
      await wall.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function mayMakeNamespaces(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false
  const probe = `invite-me-probe-${String(process.pid)}`
  try {
    await run('ip', ['netns', 'add', probe])
    await run('ip', ['netns', 'delete', probe])
    return true
  } catch {
    return false
  }
}

/** A network namespace with nothing but a loopback of its own. */
async function namespaceWall(port: number, folder: string): Promise<Wall> {
  const name = `invite-me-wall-${String(process.pid)}`
  const through = ['ip', 'netns', 'exec', name]
  const path = joinPath(folder, 'way-out')
  const outside = createServer((caller) => join(caller, connect(port, '127.0.0.1')))
  let stopRelay = (): void => undefined
  const close = async (): Promise<void> => {
    stopRelay()
    outside.close()
    await run('ip', ['netns', 'delete', name])
  }
  await run('ip', ['netns', 'add', name])
  try {
    await run('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
    await once(outside.listen(path), 'listening')
    const relayFile = fileURLToPath(new URL('specmatic-relay.ts', import.meta.url))
    const started = startRelay([...through, process.execPath, relayFile, path])
    stopRelay = started.stop
    return {
      kind: 'namespace',
      through,
      // What is tried over IPv6 would be counted as well; Java then tries everything twice.
      javaOptions: ['-Djava.net.preferIPv4Stack=true'],
      port: await started.port,
      attempts: async () => attemptsOf((await run('ip', ['netns', 'exec', name, 'cat', ...counters])).stdout),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function startRelay([program = '', ...words]: readonly string[]) {
  const relay = spawn(program, words, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 3_600_000 })
  const port = once(relay.stdout, 'data', { signal: AbortSignal.timeout(20_000) }).then(([said]) =>
    Number(String(said)),
  )
  return { port, stop: () => void relay.kill('SIGKILL') }
}

const counters = ['/proc/net/snmp', '/proc/net/snmp6']
/** Packets there was no way for, and every datagram: names are asked for by them, and nothing here needs one. */
const telling = new Set(['Ip.OutNoRoutes', 'Ip6OutNoRoutes', 'Udp.OutDatagrams', 'Udp6OutDatagrams'])

/** Reads the kernel's counters: in pairs of lines (`Ip: names…`, `Ip: values…`) for IPv4, in lines of their own for IPv6. */
function attemptsOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/))
  const pairs = lines.flatMap(([name = '', ...words], at): (readonly [string, string])[] => {
    if (!name.endsWith(':')) return [[name, words[0] ?? '']]
    const [next = '', ...values] = lines[at + 1] ?? []
    return next === name
      ? words.map((word, index) => [`${name.slice(0, -1)}.${word}`, values[index] ?? ''])
      : []
  })
  return pairs.filter(([name, value]) => telling.has(name) && Number(value) > 0).map((pair) => pair.join(' '))
}

/** Java's own switches: it knows no name but that of this machine, and calls everything else through a proxy that hangs up. */
async function javaWall(port: number, folder: string): Promise<Wall> {
  const hosts = joinPath(folder, 'hosts')
  await writeFile(hosts, '127.0.0.1 localhost\n')
  let calls = 0
  const proxy = createServer((socket) => {
    calls += 1
    socket.destroy()
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  const proxyOptions = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=${String(portOf(proxy))}`,
  ])
  return {
    kind: 'java',
    through: [],
    javaOptions: [
      ...proxyOptions,
      '-Dhttp.nonProxyHosts=127.0.0.1|localhost',
      `-Djdk.net.hosts.file=${hosts}`,
    ],
    port,
    attempts: async () => (calls === 0 ? [] : [`${String(calls)} calls of the proxy`]),
    close: async () => void proxy.close(),
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Passes on what each of two sockets says to the other, until one of them ends. */
export function join(caller: Socket, called: Socket): void {
  for (const [from, to] of [
    [caller, called],
    [called, caller],
  ] as const) {
    from.pipe(to)
    from.on('error', () => undefined)
    from.once('close', () => to.destroy())
  }
}
