import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { InviteMeError, isInviteMeError } from '../../model/error.ts'
import { sqlite } from '../sqlite.ts'
import { sqliteError } from '../sqlite-error.ts'
import { copyWorkspace, type CopyOptions, type CopyReport } from './copy-workspace.ts'
import { sqliteSource } from './sqlite-end.ts'
import type { WorkspaceLocation } from './workspace-location.ts'

/** Pages of the file that are copied at once: all, so that no writer can make it begin anew. */
const allPages = 2 ** 31 - 1

/**
 * Writes a workspace into one SQLite file, as of one moment, while it is in use. The file holds everything and can be
 * restored to either database; it is readable by its owner only.
 *
 * @param file must not be there yet; it appears only once it is whole
 * @throws InviteMeError `REQUEST_INVALID` when the file is there already, or what reading and writing throws
 */
export async function backUpWorkspace(
  from: WorkspaceLocation,
  file: string,
  options: Omit<CopyOptions, 'isForced'> = {},
): Promise<void> {
  if (existsSync(file))
    throw new InviteMeError('REQUEST_INVALID', `The file "${file}" is there already; name another one.`, {
      field: 'file',
    })
  // Of its own for each run: two at once must not take each other's half for the whole.
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.unfinished`
  try {
    closeSync(openSync(unfinished, 'wx', 0o600))
    if (from.kind === 'sqlite') await copyFile(from.file, unfinished)
    else await copyWorkspace(from, { kind: 'sqlite', file: unfinished }, { ...options, isForced: true })
    await standAlone(unfinished)
    renameSync(unfinished, file)
  } catch (error) {
    throw isInviteMeError(error) || !(error instanceof Error && 'syscall' in error)
      ? error
      : new InviteMeError('REQUEST_INVALID', `The file "${file}" cannot be written: is its folder there?`, {
          field: 'file',
          cause: error,
        })
  } finally {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${unfinished}${ending}`, { force: true })
  }
}

/** Makes it a single file, which can be read where nothing may be written beside it. */
async function standAlone(file: string): Promise<void> {
  const { default: Driver } = await import('better-sqlite3')
  const database = new Driver(file)
  try {
    database.pragma('journal_mode = DELETE')
  } finally {
    database.close()
  }
}

/** SQLite's own online backup: reads one moment, whoever writes meanwhile. */
async function copyFile(from: string, to: string): Promise<void> {
  // Opened as a source first: says so when it is no workspace.
  const source = await sqliteSource(from)
  const migrations = await source.migrations()
  await source.close()
  if (migrations.length === 0)
    throw new InviteMeError('STORE_UNAVAILABLE', `There is no workspace in ${from}.`, { field: 'from' })
  const { default: Driver } = await import('better-sqlite3')
  const database = new Driver(from, { readonly: true, fileMustExist: true })
  try {
    await database.backup(to, { progress: () => allPages })
  } catch (error) {
    throw sqliteError(error, to)
  } finally {
    database.close()
  }
}

/**
 * Fills an empty workspace with what a backup holds. What was waiting when the backup was made is sent once the workspace is
 * opened.
 *
 * @throws InviteMeError `STORE_UNAVAILABLE` when the file is no healthy backup or the target is not empty
 */
export async function restoreWorkspace(
  file: string,
  to: WorkspaceLocation,
  options: Omit<CopyOptions, 'isForced'> = {},
): Promise<CopyReport> {
  await refuseDamaged(file)
  const folder = await workFolder(to)
  try {
    // A backup of an older version is brought up to date first, and never the only copy of it.
    const copy = join(folder, 'backup.db')
    await copyFile(file, copy)
    await (await sqlite(copy).open()).close()
    return await copyWorkspace({ kind: 'sqlite', file: copy }, to, { ...options, isForced: true })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Beside the file that is made, where there is room for it. */
async function workFolder(to: WorkspaceLocation): Promise<string> {
  const parent = to.kind === 'sqlite' ? dirname(to.file) : tmpdir()
  try {
    return await mkdtemp(join(parent, 'invite-me-restore-'))
  } catch (cause) {
    throw new InviteMeError('STORE_UNAVAILABLE', `The folder "${parent}" cannot be written: is it there?`, {
      field: 'to',
      cause,
    })
  }
}

async function refuseDamaged(file: string): Promise<void> {
  if (!existsSync(file))
    throw new InviteMeError('STORE_UNAVAILABLE', `There is no backup "${file}".`, { field: 'file' })
  const { default: Driver } = await import('better-sqlite3')
  const database = new Driver(file, { readonly: true, fileMustExist: true })
  try {
    const result: unknown = database.pragma('quick_check(1)', { simple: true })
    if (result !== 'ok')
      throw new InviteMeError('STORE_UNAVAILABLE', `The backup "${file}" is damaged; use another one.`, {
        field: 'file',
      })
  } catch (error) {
    throw sqliteError(error, file)
  } finally {
    database.close()
  }
}
