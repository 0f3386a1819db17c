import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { InviteMeError } from '@invite-me/core/channel'
import { z } from 'zod'

const stateSchema = z.strictObject({
  /** Port of the control listener on 127.0.0.1. */
  port: z.number().int().min(1).max(65_535),
  /** Proves that a command comes from the same person. */
  token: z.string().min(32),
  /** Process of the running `try`. */
  processId: z.number().int().min(1),
})

/** How other commands reach a running `invite-me try`. */
export type TryState = Readonly<z.infer<typeof stateSchema>>

/**
 * Names the file a running `try` can be found by: beside its database when it was told one, else in a folder of the
 * system's temporary directory that only this user can enter.
 */
export function tryStateFile(db: string | undefined): string {
  const user = process.getuid?.() ?? 'user'
  return db === undefined ? join(tmpdir(), `invite-me-${user}`, 'try.json') : `${db}.try.json`
}

/** Writes the state, readable by this user only, in place of an older one. Returns a function that removes it. */
export function writeTryState(file: string, state: TryState): () => void {
  const folder = dirname(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  rmSync(file, { force: true })
  // Exclusive and not following links: in a shared folder somebody else may have put a link there meanwhile.
  const descriptor = openSync(
    file,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | noFollow,
    0o600,
  )
  try {
    writeSync(descriptor, JSON.stringify(state))
  } finally {
    closeSync(descriptor)
  }
  return () => {
    if (readState(file)?.processId === state.processId) rmSync(file, { force: true })
  }
}

/**
 * Finds the running `try`.
 *
 * @throws InviteMeError `STOPPED` when none runs
 */
export function readTryState(file: string): TryState {
  const state = readState(file)
  if (state !== undefined && isRunning(state.processId)) return state
  throw new InviteMeError(
    'STOPPED',
    'No `invite-me try` is running here. Start it in another terminal and repeat.',
  )
}

/** 0 where the system has no such flag (Windows). */
const noFollow = constants.O_NOFOLLOW ?? 0

/** @returns undefined when there is no file, or one that is not ours alone */
function readState(file: string): TryState | undefined {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined
  const descriptor = openSync(file, constants.O_RDONLY | noFollow)
  try {
    const owner = process.getuid?.()
    if (owner !== undefined && fstatSync(descriptor).uid !== owner) return undefined
    return stateSchema.safeParse(JSON.parse(readFileSync(descriptor, 'utf8'))).data
  } catch {
    return undefined
  } finally {
    closeSync(descriptor)
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch {
    return false
  }
}
