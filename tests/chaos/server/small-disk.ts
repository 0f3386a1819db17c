import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk of its own that can be filled. */
export interface SmallDisk {
  /** Anybody may write below it. */
  readonly folder: string
  /** Takes every free byte. */
  fill(): Promise<void>
  /** Gives back what `fill` took. */
  free(): Promise<void>
  close(): Promise<void>
}

/**
 * Tells why no disk can be mounted here.
 *
 * @returns undefined when one can; else a sentence
 */
export async function explainNoDisk(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'disks are mounted by root only'
  try {
    await (await smallDisk(1)).close()
    return undefined
  } catch {
    return 'no disk can be mounted here, as in most containers'
  }
}

/** Mounts a disk in memory. @param megabytes its size */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-disk-'))
  const ballast = join(folder, 'ballast')
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m,mode=1777`, 'invite-me', folder])
  } catch (error) {
    await rmdir(folder)
    throw error
  }
  return {
    folder,
    fill: () => writeUntilFull(ballast),
    free: () => rm(ballast, { force: true }),
    close: async () => {
      await run('umount', ['-l', folder])
      await rmdir(folder)
    },
  }
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'a')
  try {
    for (let bytes = 1_048_576; bytes >= 4_096; bytes /= 4) {
      const block = Buffer.alloc(bytes)
      while (await isWritten(() => file.write(block), bytes));
    }
  } finally {
    await file.close()
  }
}

async function isWritten(
  write: () => Promise<{ readonly bytesWritten: number }>,
  bytes: number,
): Promise<boolean> {
  try {
    return (await write()).bytesWritten === bytes
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false
    throw error
  }
}
