import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A program of this repository that is running. */
export interface RunningScript {
  /** What it has printed on standard output so far. */
  readonly printed: () => string
  /** Resolves with what was printed once it holds all the words; rejects when the program ends before, or after `timeoutMs` (default 20,000). */
  waitFor(words: readonly string[], timeoutMs?: number): Promise<string>
  /** Resolves when it has ended, by itself or not. */
  readonly gone: Promise<unknown>
  /** Ends it and waits until it is gone; may be called twice. */
  end(): Promise<void>
}

/**
 * Runs a TypeScript file on the sources of the packages.
 *
 * @param file absolute path
 * @param folder the folder it runs in
 */
export function runScript(
  file: string,
  folder: string,
  environment: Readonly<Record<string, string>>,
): RunningScript {
  const child = spawn(process.execPath, ['--conditions=@invite-me/source', file], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'close')
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  return {
    printed: () => printed,
    gone,
    waitFor: async (words, timeoutMs = 20_000) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const isThere = () => words.every((word) => printed.includes(word))
      while (!isThere()) {
        if (child.exitCode !== null) throw new Error(`It ended with code ${child.exitCode}: ${printed}`)
        const more = once(child.stdout, 'data', { signal })
        await Promise.race([more, gone]).catch(() => {
          throw new Error(`Not printed within ${timeoutMs} ms; only: ${printed}`)
        })
      }
      return printed
    },
    end: async () => {
      child.kill()
      await gone
    },
  }
}
