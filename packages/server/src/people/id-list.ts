import type { AudienceEntry } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { csvRecords } from './csv-records.ts'

/** An entry that knows its line. */
type NumberedEntry = Exclude<AudienceEntry, string> & { readonly line: number }

/** How a list of ids is read. */
export interface IdListOptions {
  /** Encoding of a file without a byte order mark; default UTF-8. */
  readonly encoding?: string
}

/**
 * Reads externalIds from a CSV file, in bounded memory: those of the column `externalId` or `id` (`External ID` will do) of a file
 * with a line of headings, or the lines of a file that has one column and no such heading.
 *
 * @returns an entry a line, with its line number; lines that cannot be used carry what is wrong with them
 * @throws InviteMeError `REQUEST_INVALID` when the whole file cannot be used: empty, or several columns of which none, or two, is of ids
 */
export async function* readIdList(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { encoding }: IdListOptions = {},
): AsyncGenerator<NumberedEntry> {
  let column: number | undefined
  for await (const record of csvRecords(source, encoding)) {
    if ('problem' in record) {
      if (column === undefined) throw unusable(`Its first line cannot be read: ${record.problem}.`)
      yield record
    } else if (column === undefined) {
      const heading = columnOf(record.fields)
      column = heading ?? 0
      if (heading === undefined) yield entryOf(record.line, record.fields, column)
    } else {
      yield entryOf(record.line, record.fields, column)
    }
  }
  if (column === undefined) throw unusable('It is empty.')
}

/** @returns the column of ids; `undefined` when the first line is an id itself */
function columnOf(fields: readonly string[]): number | undefined {
  if (fields.some((field) => field.includes('\0')))
    throw unusable(
      'It is not plain text; if it is UTF-16 without a byte order mark, name the encoding utf-16le.',
    )
  const headings = fields.map((field) => field.toLowerCase().replaceAll(/[\s_-]+/g, ''))
  const columns = headings.flatMap((heading, index) =>
    ['externalid', 'id'].includes(heading) ? [index] : [],
  )
  if (columns.length > 1) throw unusable('Two of its columns are of ids; keep one.')
  if (columns.length === 0 && fields.length > 1)
    throw unusable('It has several columns, and its first line calls none of them externalId or id.')
  return columns[0]
}

function entryOf(line: number, fields: readonly string[], column: number): NumberedEntry {
  const externalId = fields[column]?.trim() ?? ''
  return externalId === '' ? { line, problem: 'the line has no id' } : { line, externalId }
}

function unusable(reason: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The list of ids cannot be used. ${reason}`, { field: 'file' })
}
