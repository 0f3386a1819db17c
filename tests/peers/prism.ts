import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { areServicesRequired } from '../../scripts/services.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

const specFolder = new URL('../../../shared/specs/', import.meta.url)
/** Two are tried, since a free port can be taken between finding and using it. */
const mostStarts = 2

/** Prism at work: it answers by examples of the spec, and with 4xx what the spec forbids. */
export interface Prism {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** What it wrote so far; tells why a request was refused. */
  log(): string
  close(): Promise<void>
}

/** How Prism runs. */
export interface PrismOptions {
  /** Further arguments of `prism mock`: `['--dynamic']`. */
  readonly arguments?: readonly string[]
  /** Longest wait until it answers (default 40,000 ms; a spec of 2 MB takes some seconds). */
  readonly timeoutMs?: number
}

/**
 * Tells why tests against an official spec cannot run here.
 *
 * @param spec path below the folder of specs, `twilio/twilio_api_v2010.json`
 * @returns undefined when they can; else a sentence for the skipped test
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoPrism(spec: string): string | undefined {
  if (existsSync(specPath(spec))) return undefined
  const reason = `the official spec ${spec} is not in ../shared/specs beside this repository, so nothing checks requests by it`
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/** Path of an official spec, or of another file kept with them. */
export function specPath(spec: string): string {
  return fileURLToPath(new URL(spec, specFolder))
}

/**
 * Starts Prism (https://github.com/stoplightio/prism) for one spec on a free port of loopback, and waits until it answers.
 *
 * @param spec path below the folder of specs, `twilio/twilio_api_v2010.json`
 * @throws Error with what Prism wrote, when it does not start
 */
export async function startPrism(spec: string, options: PrismOptions = {}): Promise<Prism> {
  for (let start = 1; ; start += 1) {
    try {
      return await startOnce(spec, options)
    } catch (error) {
      if (start === mostStarts || !String(error).includes('EADDRINUSE')) throw error
    }
  }
}

async function startOnce(
  spec: string,
  { arguments: more = [], timeoutMs = 40_000 }: PrismOptions,
): Promise<Prism> {
  const port = await freePort()
  const require = createRequire(import.meta.url)
  const prism = require.resolve('@stoplight/prism-cli')
  const where = ['-h', '127.0.0.1', '-p', String(port)]
  const child = spawn(process.execPath, [prism, 'mock', ...where, ...more, specPath(spec)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // It reports its use to its makers unless told not to.
    env: { PATH: process.env['PATH'], NO_COLOR: '1', SCARF_ANALYTICS: 'false' },
  })
  let log = ''
  const keep = (text: string): void => {
    log = (log + text).slice(-200_000)
  }
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  child.once('error', (error) => keep(String(error)))
  const ended = once(child, 'close').catch(() => undefined)
  const hasEnded = (): boolean =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  const close = async (): Promise<void> => {
    process.off('exit', killNow)
    if (!hasEnded()) {
      // It keeps no state, so there is nothing to end gently.
      killNow()
      await ended
    }
  }
  const url = `http://127.0.0.1:${String(port)}`
  try {
    await waitUntil('Prism answers', async () => hasEnded() || (await answers(url)), timeoutMs)
    if (hasEnded()) throw new Error('it ended')
  } catch (cause) {
    await close()
    throw new Error(`Prism did not start for ${spec}: ${log.slice(-2_000)}`, { cause })
  }
  return { url, log: () => log, close }
}

/** Any answer will do: most specs have nothing at this path. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(`${url}/is-it-there`, { signal: AbortSignal.timeout(2_000) })).arrayBuffer()
    return true
  } catch {
    return false
  }
}
