import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'
import { buildWall, type Wall } from './specmatic-wall.ts'

const jar = fileURLToPath(new URL('../node_modules/specmatic/specmatic.jar', import.meta.url))

/** What Specmatic is to ask, and of whom. */
export interface SpecmaticQuestion {
  /** Port of the server, on 127.0.0.1. */
  readonly port: number
  readonly document: object
  /** `right`: requests that keep to the description · `wrong`: requests that break it in one place each. */
  readonly requests: 'right' | 'wrong'
  /**
   * Most requests for one member that is looked at. First each value of each member is taken once, then they are mixed until there
   * are as many; below the number of values one member can have, some are left out.
   */
  readonly combinations: number
  /** What is shown for each security scheme of the description. */
  readonly tokens: Readonly<Record<string, string>>
  /** It is killed after this time; then the promise rejects. */
  readonly timeoutMs: number
}

/** What came of it. */
export interface SpecmaticReport {
  /** How many requests were made for each operation, `POST /v1/messages`. */
  readonly asked: ReadonlyMap<string, number>
  /** One text for each request whose answer was not as described. */
  readonly failures: readonly string[]
  /** What it tried to reach beside the server, a line each. None of it gets through. */
  readonly callsOut: readonly string[]
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
  const wall = await buildWall(question.port)
  try {
    await writeFile(join(folder, 'api.json'), JSON.stringify(question.document))
    await writeFile(join(folder, 'specmatic.json'), JSON.stringify(configOf(question, wall.port)))
    const said = await run(folder, wall, question.timeoutMs)
    const told = await readFile(join(folder, 'told', 'TEST-junit-jupiter.xml'), 'utf8').catch(() => '')
    return { ...readReport(told, question.requests, said), callsOut: await wall.attempts() }
  } finally {
    await wall.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function configOf({ requests, tokens, combinations }: SpecmaticQuestion, port: number): object {
  const schemes = Object.entries(tokens).map(([name, token]) => [name, { type: 'bearer', token }] as const)
  return {
    version: 2,
    // It tells its makers of its use unless asked not to; a setting of the environment alone is overruled by this file.
    disableTelemetry: true,
    contracts: [{ provides: [{ specs: ['api.json'], baseUrl: `http://127.0.0.1:${String(port)}` }] }],
    test: {
      resiliencyTests: { enable: requests === 'right' ? 'positiveOnly' : 'all' },
      // Of the wrong ones alone; those that are right are asked by a document of their own.
      ...(requests === 'wrong' && { filterNotName: '+ve' }),
      maxTestRequestCombinations: combinations,
      timeoutInMilliseconds: 20_000,
      // One at a time: the server makes what a request asks for just before it.
      parallelism: '1',
      junitReportDir: 'told',
    },
    security: { OpenAPI: { securitySchemes: Object.fromEntries(schemes) } },
  }
}

async function run(folder: string, wall: Wall, timeoutMs: number): Promise<string> {
  // Everything it asks and hears is kept until its end.
  const memory = ['-Xmx3g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const [program, ...words] = [
    ...wall.through,
    findService('java') ?? 'java',
    ...memory,
    ...wall.javaOptions,
    '-jar',
    jar,
    'test',
    '--config',
    'specmatic.json',
  ]
  const environment = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder }
  const child = spawn(program, words, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-5_000)
    })
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  await once(child, 'close')
  clearTimeout(timer)
  if (child.signalCode !== null)
    throw new Error(`Specmatic did not end within ${String(timeoutMs)} ms: ${said}`)
  return said
}

/** Reads its report in the format of JUnit. */
function readReport(
  told: string,
  requests: 'right' | 'wrong',
  said: string,
): Omit<SpecmaticReport, 'callsOut'> {
  const sign = requests === 'right' ? '+ve' : '-ve'
  const asked = new Map<string, number>()
  const failures: string[] = []
  const [, ...cases] = told.split('<testcase ')
  if (cases.length === 0) throw new Error(`Specmatic told nothing: ${said}`)
  for (const text of cases.map(plainText)) {
    // `-ve  Scenario: PUT /v1/recipients/(externalId:string) [3] -> 4xx with a request where …`
    const [, kind, method = '', path = ''] = /([+-]ve) +Scenario: (\S+) (\S+) /.exec(text) ?? []
    if (kind === sign) {
      const operation = `${method} ${path.replaceAll(/\((\w+):\w+\)/g, '{$1}')}`
      asked.set(operation, (asked.get(operation) ?? 0) + 1)
    }
    // What is no question is told too: that it did not understand the document.
    if (kind !== sign || /<(failure|error) /.test(text)) failures.push(text.slice(0, 2_000))
  }
  return { asked, failures }
}

const entities: Readonly<Record<string, string>> = {
  gt: '>',
  lt: '<',
  quot: '"',
  apos: "'",
  '#10': '\n',
  amp: '&',
}

function plainText(xml: string): string {
  return xml.replaceAll(/&(gt|lt|quot|apos|#10|amp);/g, (_all, name: string) => entities[name] ?? '')
}
