import { InviteMeError, type ImportRecord } from '@invite-me/core'
import { readPeopleCsv, type PeopleCsvOptions } from './people-csv.ts'
import { textLines } from './text-lines.ts'

/** A record of an import with its line. */
type NumberedRecord = ImportRecord & { readonly line: number }

/** How lists of people may be written. */
export const peopleFormats = ['application/x-ndjson', 'text/csv'] as const

/**
 * Reads people from newline-delimited JSON, one a line: a person as in `recipients.upsert`, or a whole record of an import,
 * `{ line, recipient }` or `{ line, problem }`, when the lines of another file are passed on. Blank lines are passed over.
 *
 * @param parse reads the JSON of one line; what it throws is a problem of that line when it is an InviteMeError
 */
export async function* readPeopleNdjson(
  source: AsyncIterable<Uint8Array>,
  parse: (text: string) => unknown,
): AsyncGenerator<NumberedRecord> {
  for await (const { number, text, isTooLong } of textLines(source)) {
    if (isTooLong) yield { line: number, problem: 'the line is longer than 1,048,576 characters' }
    else if (text.includes('\ufffd'))
      yield { line: number, problem: 'the line holds characters that are not UTF-8' }
    else if (text.trim() !== '') yield readLine(number, text, parse)
  }
}

function readLine(number: number, text: string, parse: (text: string) => unknown): NumberedRecord {
  try {
    const value = parse(text)
    if (!isObject(value)) return { line: number, problem: 'the line is no JSON object' }
    const line = Number.isSafeInteger(value['line']) ? (value['line'] as number) : number
    if (typeof value['problem'] === 'string') return { line, problem: value['problem'].slice(0, 1_000) }
    const person = isObject(value['recipient']) ? value['recipient'] : value
    // The engine checks each person; what is wrong with one is told with its line.
    return { line, recipient: person as { externalId: string } }
  } catch (error) {
    if (!(error instanceof InviteMeError)) throw error
    return { line: number, problem: error.message }
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads people from CSV; see {@link readPeopleCsv}. */
export function readPeople(
  format: (typeof peopleFormats)[number],
  source: AsyncIterable<Uint8Array>,
  options: PeopleCsvOptions & { readonly parse: (text: string) => unknown },
): AsyncGenerator<NumberedRecord> {
  return format === 'text/csv' ? readPeopleCsv(source, options) : readPeopleNdjson(source, options.parse)
}
