import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url))

/** Where and with what a command runs. */
export interface CommandWorld {
  /** The folder it runs in. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
}

/** What `invite-me` ended with. */
export interface CommandEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `invite-me` at work. */
export interface RunningCommand {
  /** Documents printed so far, with `--json`. */
  documents(): readonly Readonly<Record<string, unknown>>[]
  /** What it has printed on standard error so far. */
  complaints(): string
  readonly isRunning: boolean
  /** Sends a signal (default `SIGKILL`) and waits for the end. */
  end(signal?: 'SIGINT' | 'SIGKILL'): Promise<CommandEnd>
  /** Waits for the end; kills it and rejects after `timeoutMs` (default 30,000). */
  ended(timeoutMs?: number): Promise<CommandEnd>
}

/** Starts `invite-me` on the sources of the packages. */
export function startCommand(argv: readonly string[], { environment, folder }: CommandWorld): RunningCommand {
  const child = spawn(process.execPath, ['--conditions=@invite-me/source', bin, ...argv], {
    cwd: folder,
    env: { TMPDIR: folder, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const closed = once(child, 'close').then((): CommandEnd => ({ code: child.exitCode, stdout, stderr }))
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const ended = async (timeoutMs = 30_000) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const end = await closed
    clearTimeout(timer)
    if (child.signalCode === 'SIGKILL') throw new Error(`not ended within ${timeoutMs} ms: ${stderr}`)
    return end
  }
  return {
    documents: () =>
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line): Record<string, unknown> => JSON.parse(line)),
    complaints: () => stderr,
    get isRunning() {
      return isRunning()
    },
    end: async (signal = 'SIGKILL') => {
      child.kill(signal)
      return signal === 'SIGKILL' ? closed : ended()
    },
    ended,
  }
}

/** Runs `invite-me` to its end. */
export function runCommand(argv: readonly string[], world: CommandWorld): Promise<CommandEnd> {
  return startCommand(argv, world).ended()
}
