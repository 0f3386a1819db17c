import { InviteMeError, type SuppressionInput, type SuppressionRecord } from '@invite-me/core'
import { csvRecords } from './csv-records.ts'
import { isObject, ndjsonObjects } from './ndjson-objects.ts'

type NumberedRecord = SuppressionRecord & { readonly line: number }

/** How lists of suppressions may be written. */
export const suppressionFormats = ['application/x-ndjson', 'text/csv'] as const

/** Columns of a list in CSV, in the order they are written; the first two must be there. */
export const suppressionColumns = ['channel', 'address', 'category', 'reason', 'source', 'at'] as const
type SuppressionColumn = (typeof suppressionColumns)[number]

/** Parts of a suppression that are told with it and are nothing an import takes. */
const ownParts = ['line', 'id']

/** How a list of suppressions is read. */
export interface SuppressionsOptions {
  /** Reads the JSON of one line; what it throws is a problem of that line when it is an InviteMeError. */
  readonly parse: (text: string) => unknown
  /** Encoding of a CSV file without a byte order mark; default UTF-8. */
  readonly encoding?: string
}

/**
 * Reads suppressions, one a line: newline-delimited JSON, `{ channel, address, category, reason, source, at }` or a whole record
 * of an import (`{ line, suppression }`, `{ line, problem }`), or CSV with these words as its line of headings.
 *
 * @returns a record a line, with its line number; lines that cannot be used carry what is wrong with them
 * @throws InviteMeError `REQUEST_INVALID` when a whole CSV file cannot be used
 */
export function readSuppressions(
  format: (typeof suppressionFormats)[number],
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: SuppressionsOptions,
): AsyncGenerator<NumberedRecord> {
  return format === 'text/csv' ? fromCsv(source, options) : fromNdjson(source, options)
}

async function* fromNdjson(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { parse }: SuppressionsOptions,
): AsyncGenerator<NumberedRecord> {
  for await (const record of ndjsonObjects(each(source), parse)) {
    if ('problem' in record) yield record
    else yield { line: record.line, suppression: withoutOwnParts(record.value) }
  }
}

async function* each(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* source
}

/** The engine checks each; what is wrong with one is told with its line. */
function withoutOwnParts(value: Readonly<Record<string, unknown>>): SuppressionInput {
  const written = isObject(value['suppression']) ? value['suppression'] : value
  const entries = Object.entries(written).filter(([name]) => !ownParts.includes(name))
  return Object.fromEntries(entries) as unknown as SuppressionInput
}

async function* fromCsv(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { encoding }: SuppressionsOptions,
): AsyncGenerator<NumberedRecord> {
  let columns: readonly (SuppressionColumn | undefined)[] | undefined
  for await (const record of csvRecords(source, encoding)) {
    if ('problem' in record) {
      if (columns === undefined) throw unusable(`Its line of headings cannot be read: ${record.problem}.`)
      yield record
    } else if (columns === undefined) columns = readHeadings(record.fields)
    else yield { line: record.line, suppression: readFields(record.fields, columns) }
  }
  if (columns === undefined)
    throw unusable('It is empty; its first line must name the columns: channel,address,category.')
}

function readHeadings(fields: readonly string[]): readonly (SuppressionColumn | undefined)[] {
  const columns = fields.map((field) =>
    suppressionColumns.find((name) => name === field.trim().toLowerCase()),
  )
  const missing = suppressionColumns.slice(0, 2).find((name) => !columns.includes(name))
  if (missing !== undefined) throw unusable(`Its first line names no column "${missing}".`)
  const repeated = columns.find((name, index) => name !== undefined && columns.indexOf(name) !== index)
  if (repeated !== undefined) throw unusable(`Two of its columns are called "${repeated}"; keep one.`)
  return columns
}

function readFields(
  fields: readonly string[],
  columns: readonly (SuppressionColumn | undefined)[],
): SuppressionInput {
  const named = columns.flatMap((name, index) => {
    const field = fields[index]?.trim() ?? ''
    return name === undefined || field === '' ? [] : [[name, field] as const]
  })
  // What must be there and is empty is refused by name.
  return { channel: '', address: '', ...Object.fromEntries(named) } as SuppressionInput
}

function unusable(reason: string): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `The list of suppressions cannot be used. ${reason}`, {
    field: 'file',
  })
}
