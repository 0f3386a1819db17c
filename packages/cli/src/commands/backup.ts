import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { backUpWorkspace } from '@invite-me/core/workspace'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'
import { tellTables } from './migrate.ts'

/** Writes everything into one file, also while it is in use. */
export async function backup(session: Session, name: string): Promise<ExitCode> {
  const { host, output } = session
  const settings = await settingsOf(session)
  const file = resolve(host.directory, name)
  await backUpWorkspace(settings.store, file, { signal: host.stop, onProgress: tellTables(output) })
  const bytes = statSync(file).size
  output.result({ from: settings.db, file, bytes }, () => `${file} holds everything of ${settings.db}.`)
  output.remark('It holds addresses and answers: keep it where only you can read it.')
  return exitCodes.done
}
