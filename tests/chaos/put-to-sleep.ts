import { execFile } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { waitUntil } from '../peers/wait-until.ts'
import type { WorkerProcess } from './worker-process.ts'

const run = promisify(execFile)

/**
 * Stops a worker where a laptop's lid or a long pause would, but never in the middle of a write: SQLite lets nobody else
 * write while a process sleeps that has begun to. So the lock is held here until it sleeps.
 */
export async function putToSleep(worker: WorkerProcess, file: string): Promise<void> {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE')
    worker.signal('SIGSTOP')
    await waitUntil('the worker sleeps', () => isAsleep(worker.pid), 10_000)
  } finally {
    database.close()
  }
}

async function isAsleep(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=', '-p', String(pid)])
  return stdout.startsWith('T')
}
