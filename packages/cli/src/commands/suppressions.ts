import type { Suppression, SuppressionFilter } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { readSuppressions, suppressionColumns } from '@invite-me/server/people'
import { channelNames, configuredChannels } from '../configured-channels.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { openBytes } from '../open-bytes.ts'
import { listRows } from '../pages.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** The flags of `suppressions list`, as the command line parses them. */
export interface SuppressionFlags {
  readonly channel?: string
  readonly category?: string
  readonly source?: string
  /** Default 100, with `--json` all. */
  readonly limit?: number
}

/** Lists addresses that must not be written to. */
export async function listSuppressions(
  session: Session,
  { limit: wanted, ...filter }: SuppressionFlags,
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { output } = session
  const limit = wanted ?? (output.isJson ? undefined : 100)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const most = limit === undefined ? undefined : limit + 1
    // What is no source is refused by the engine, by name.
    const found = await listRows<Suppression>(
      (page) => inviteMe.suppressions.list(filter as SuppressionFilter, page),
      most,
    )
    const suppressions = found.slice(0, limit)
    const hasMore = found.length > suppressions.length
    output.result({ suppressions, hasMore }, () => {
      if (suppressions.length === 0) return 'No address is suppressed.'
      return `${table(columns, suppressions)}${hasMore ? '\n… and more; see them with --limit' : ''}`
    })
    return exitCodes.done
  })
}

const columns = [
  { heading: 'channel', cell: (one: Suppression) => one.channel },
  { heading: 'address', cell: (one: Suppression) => one.address },
  { heading: 'what', cell: (one: Suppression) => one.category ?? 'everything' },
  { heading: 'reason', cell: (one: Suppression) => one.reason },
  { heading: 'source', cell: (one: Suppression) => one.source },
  { heading: 'since', cell: (one: Suppression) => one.at.toISOString() },
]

/** Prints all of them as a list that can be imported elsewhere. */
export async function exportSuppressions(
  session: Session,
  { format }: { readonly format: 'csv' | 'ndjson' },
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { host } = session
  return withInviteMe(session, { settings }, async (inviteMe) => {
    if (format === 'csv') host.stdout.write(`${suppressionColumns.join(',')}\n`)
    for await (const one of inviteMe.suppressions.export())
      host.stdout.write(`${format === 'csv' ? csvLine(one) : ndjsonLine(one)}\n`)
    return exitCodes.done
  })
}

function partsOf({ channel, address, category, reason, source, at }: Suppression) {
  return { channel, address, category, reason, source, at: at.toISOString() }
}

function ndjsonLine(one: Suppression): string {
  return JSON.stringify(partsOf(one))
}

/** Quoted as RFC 4180 has it. */
function csvLine(one: Suppression): string {
  const parts = partsOf(one)
  return suppressionColumns
    .map((name) => parts[name] ?? '')
    .map((field) => (/[",\r\n;\t]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',')
}

/** Takes suppressions from a file of CSV or NDJSON. */
export async function importSuppressions(
  session: Session,
  file: string,
  { encoding, format }: { readonly encoding?: string; readonly format?: 'csv' | 'ndjson' },
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { output } = session
  const configured = await configuredChannels(channelNames(settings), settings, session)
  const channels = configured.flatMap((entry) => ('channel' in entry ? [entry.channel] : []))
  const isLines = format === undefined ? /\.(ndjson|jsonl)$/i.test(file) : format === 'ndjson'
  return withInviteMe(session, { settings, channels }, async (inviteMe) => {
    const bytes = openBytes(session, file, { what: 'list of suppressions', field: 'file' })
    const { imported, repeated, problems } = await inviteMe.suppressions.import(
      readSuppressions(isLines ? 'application/x-ndjson' : 'text/csv', bytes, {
        parse: parseLine,
        ...(encoding !== undefined && { encoding }),
      }),
    )
    for (const { line, field, message } of problems)
      output.result(
        { type: 'problem', file, line, field: field ?? null, message },
        () => `${output.paint.red('!')} line ${String(line)}: ${plainText(message)}`,
      )
    const refused = problems.length
    output.result(
      { type: 'report', file, imported, repeated, refused },
      () => `${String(imported)} suppressed, ${String(repeated)} were before, ${String(refused)} refused`,
    )
    return refused === 0 ? exitCodes.done : exitCodes.partly
  })
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InviteMeError('REQUEST_INVALID', 'The line is not JSON.', { cause })
  }
}
