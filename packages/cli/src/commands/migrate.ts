import { copyWorkspace, describeLocation, readLocation, type CopyReport } from '@invite-me/core/workspace'
import { InviteMeError } from '@invite-me/core/channel'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** The flags of `migrate`, as the command line parses them. */
export interface MigrateFlags {
  /** Address of the workspace that moves; default the one of the settings. */
  readonly from?: string
  readonly to: string
  readonly force?: boolean
}

/** Moves a workspace into an empty one, on whatever database either is kept, and compares every row. */
export async function migrate(
  session: Session,
  { from, to, force = false }: MigrateFlags,
): Promise<ExitCode> {
  const { host, output } = session
  const source = from === undefined ? (await settingsOf(session)).store : readAddress(from, '--from', session)
  const target = readAddress(to, '--to', session)
  if (describeLocation(source) === describeLocation(target))
    throw new InviteMeError('REQUEST_INVALID', 'The two workspaces are the same.', { field: '--to' })
  const report = await copyWorkspace(source, target, {
    isForced: force,
    signal: host.stop,
    onProgress: tellTables(output),
  })
  const [fromPlace, toPlace] = [describeLocation(source), describeLocation(target)]
  output.result({ from: fromPlace, to: toPlace, ...report }, () => describeReport(report))
  output.remark(
    `Everything is in ${toPlace} now, and compared. ${fromPlace} is as it was: do not go on using it.`,
  )
  return exitCodes.done
}

function readAddress(address: string, field: string, { host }: Session) {
  try {
    return readLocation(address, host.directory)
  } catch (cause) {
    throw cause instanceof InviteMeError
      ? new InviteMeError(cause.code, cause.message, { field, cause })
      : cause
  }
}

/** Says what is copied now; on a large workspace a table takes minutes. */
export function tellTables(
  output: Output,
): (progress: { readonly step: string; readonly table: string }) => void {
  let last = ''
  return ({ step, table: name }) => {
    const line = `${step} ${name}`
    if (line !== last) output.remark(line)
    last = line
  }
}

/** The tables that hold something, and how much. */
export function describeReport({ tables }: CopyReport): string {
  const filled = tables.filter(({ rows }) => rows > 0)
  if (filled.length === 0) return 'It was empty.'
  return table(
    [
      { heading: 'table', cell: ({ name }) => name },
      { heading: 'rows', cell: ({ rows }) => rows, align: 'right' },
    ],
    filled,
  )
}
