import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorkerNews, WorkerOptions } from './worker.ts'

const script = fileURLToPath(new URL('worker.ts', import.meta.url))
const startDeadlineMs = 20_000

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
  const child = fork(script, {
    execArgv: ['--conditions=@invite-me/source', '--disable-warning=ExperimentalWarning'],
    env: { ...process.env, NODE_OPTIONS: '', INVITE_ME_CHAOS_WORKER: JSON.stringify(options) },
  })
  const gone = once(child, 'exit').then(() => undefined)
  await isReady(child)
  child.on('message', (news) => {
    onNews(news as WorkerNews)
  })
  // Writing to a process that has just died is not a failure of the test.
  child.on('error', () => undefined)
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

async function isReady(child: ChildProcess): Promise<void> {
  try {
    await once(child, 'message', { signal: AbortSignal.timeout(startDeadlineMs) })
  } catch (cause) {
    child.kill('SIGKILL')
    throw new Error('The worker did not open its engine in time.', { cause })
  }
}
