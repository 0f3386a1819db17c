import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'

const jar = fileURLToPath(new URL('../node_modules/specmatic/specmatic.jar', import.meta.url))

/** What Specmatic is to ask, and of whom. */
export interface SpecmaticQuestion {
  /** The server, `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly document: object
  /** `right`: every request keeps to the description · `wrong`: beside them those that break it in one place each. */
  readonly requests: 'right' | 'wrong'
  /** What is shown for each security scheme of the description. */
  readonly tokens: Readonly<Record<string, string>>
  /** It is killed after this time; then the promise rejects. */
  readonly timeoutMs: number
}

/** What came of it. */
export interface SpecmaticReport {
  readonly asked: number
  /** One text for each request whose answer was not as described. */
  readonly failures: readonly string[]
  /** Attempts to reach anything but this machine: it makes some, to tell of its use. None gets through. */
  readonly callsHome: number
}

/**
 * Tells why Specmatic cannot run here.
 *
 * @returns undefined when it can; else a sentence for the skipped test
 * @throws when it cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for it
 */
export function explainNoSpecmatic(): string | undefined {
  if (findService('java') !== undefined) return undefined
  const reason = explainMissing('java')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/** Asks a server everything its description leads one to ask (Specmatic 2.55, https://docs.specmatic.io, contract tests). */
export async function askAsDescribed(question: SpecmaticQuestion): Promise<SpecmaticReport> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-specmatic-'))
  const wall = await closedProxy()
  try {
    await writeFile(join(folder, 'api.json'), JSON.stringify(question.document))
    await writeFile(join(folder, 'specmatic.json'), JSON.stringify(configOf(question)))
    return readReport(await run(folder, wall.port, question.timeoutMs), wall.calls())
  } finally {
    wall.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function configOf({ url, requests, tokens }: SpecmaticQuestion): object {
  const schemes = Object.entries(tokens).map(([name, token]) => [name, { type: 'bearer', token }] as const)
  return {
    version: 2,
    contracts: [{ provides: [{ specs: ['api.json'], baseUrl: url }] }],
    test: {
      resiliencyTests: { enable: requests === 'right' ? 'positiveOnly' : 'all' },
      timeoutInMilliseconds: 20_000,
      // One at a time: the server makes what a request asks for just before it.
      parallelism: '1',
    },
    security: { OpenAPI: { securitySchemes: Object.fromEntries(schemes) } },
  }
}

async function run(folder: string, proxyPort: number, timeoutMs: number): Promise<string> {
  const proxies = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=${String(proxyPort)}`,
  ])
  // Everything it asks and hears is kept until its end.
  const memory = ['-Xmx3g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const child = spawn(
    findService('java') ?? 'java',
    [
      ...memory,
      ...proxies,
      '-Dhttp.nonProxyHosts=127.0.0.1',
      '-jar',
      jar,
      'test',
      '--config',
      'specmatic.json',
    ],
    { cwd: folder, env: { HOME: folder, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const pieces: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => pieces.push(text))
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  await once(child, 'close')
  clearTimeout(timer)
  const said = pieces.join('')
  if (child.signalCode !== null)
    throw new Error(`Specmatic did not end within ${String(timeoutMs)} ms: ${said.slice(-2_000)}`)
  return said
}

function readReport(said: string, callsHome: number): SpecmaticReport {
  const counts = /Tests run: (\d+), Successes: (\d+), Failures: (\d+), WIP: \d+, Errors: (\d+)/.exec(said)
  if (counts === null) throw new Error(`Specmatic told nothing: ${said.slice(-2_000)}`)
  const [asked = 0, successes = 0] = counts.slice(1).map(Number)
  const told = said.split(/\n\s+"(?=[+-]ve )/).slice(1)
  const failures = told.map((text) => text.slice(0, 1_500))
  const untold = asked - successes - failures.length
  return {
    asked,
    failures: untold > 0 ? [...failures, `${String(untold)} more that it does not tell of`] : failures,
    callsHome,
  }
}

/** Where all that would leave the machine ends, counted. */
async function closedProxy() {
  let calls = 0
  const server = createServer((socket) => {
    calls += 1
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    calls: () => calls,
    close: () => void server.close(),
  }
}
