import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorkerNews, WorkerOptions } from './worker.ts'

const script = fileURLToPath(new URL('worker.ts', import.meta.url))
/** On a machine that is busy with other tests it takes long. */
const startDeadlineMs = 60_000

/** A worker at work, as its parent holds it. */
export interface WorkerProcess {
  /** Hands a message over; `onNews` hears when it was accepted. */
  accept(index: number): void
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  readonly pid: number
  /** Resolves when the process is gone, however it went. */
  readonly gone: Promise<void>
}

/** Starts a worker and waits until its engine is open. */
export async function startWorker(
  options: WorkerOptions,
  onNews: (news: WorkerNews) => void = () => undefined,
): Promise<WorkerProcess> {
  const { child, gone } = await startScript(script, options)
  child.on('message', (news) => {
    onNews(news as WorkerNews)
  })
  return {
    accept: (index) => {
      if (child.connected) child.send(index, () => undefined)
    },
    signal: (signal) => {
      child.kill(signal)
    },
    pid: child.pid ?? 0,
    gone,
  }
}

/** A process that runs a script of this folder. */
export interface ScriptProcess {
  readonly child: ChildProcess
  /** What it said first. */
  readonly ready: unknown
  /** Resolves when the process is gone, however it went. */
  readonly gone: Promise<void>
}

/**
 * Starts a script, which finds its options as JSON in `INVITE_ME_CHAOS_WORKER`, and waits for its first word.
 *
 * @param through a program and its arguments that becomes the one named after them, as `ip netns exec` does; default none
 */
export async function startScript(
  path: string,
  options: object,
  through: readonly string[] = [],
): Promise<ScriptProcess> {
  const flags = ['--conditions=@invite-me/source', '--disable-warning=ExperimentalWarning']
  const [program, ...rest] = through
  const child = fork(path, {
    ...(program === undefined
      ? { execArgv: flags }
      : { execPath: program, execArgv: [...rest, process.execPath, ...flags] }),
    env: { ...process.env, NODE_OPTIONS: '', INVITE_ME_CHAOS_WORKER: JSON.stringify(options) },
  })
  const gone = once(child, 'exit').then(() => undefined)
  // Writing to a process that has just died is not a failure of the test.
  child.on('error', () => undefined)
  return { child, ready: await firstWord(child, gone), gone }
}

async function firstWord(child: ChildProcess, gone: Promise<void>): Promise<unknown> {
  const died = gone.then(() => {
    throw new Error('The worker ended before it said a word.')
  })
  const first = once(child, 'message', { signal: AbortSignal.timeout(startDeadlineMs) })
  // Whichever comes second is nobody's failure.
  for (const one of [died, first]) one.catch(() => undefined)
  try {
    const [word] = (await Promise.race([first, died])) as [unknown]
    return word
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error('The worker did not open its engine in time.', { cause })
  }
}
