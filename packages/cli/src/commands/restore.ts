import { resolve } from 'node:path'
import { restoreWorkspace } from '@invite-me/core/workspace'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'
import { describeReport, tellTables } from './migrate.ts'

/** Fills the workspace of the settings, which must be empty, with what a backup holds. */
export async function restore(session: Session, name: string): Promise<ExitCode> {
  const { host, output } = session
  const settings = await settingsOf(session)
  const file = resolve(host.directory, name)
  const report = await restoreWorkspace(file, settings.store, {
    signal: host.stop,
    onProgress: tellTables(output),
  })
  output.result({ file, to: settings.db, ...report }, () => describeReport(report))
  output.remark('What was waiting when the backup was made is sent as soon as something works on it again.')
  return exitCodes.done
}
