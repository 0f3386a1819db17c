import type { ImportRecord } from '@invite-me/core'
import { isObject, ndjsonObjects } from './ndjson-objects.ts'
import { readPeopleCsv, type PeopleCsvOptions } from './people-csv.ts'

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
  for await (const record of ndjsonObjects(source, parse)) {
    if ('problem' in record) yield record
    else {
      const { line, value } = record
      const person = isObject(value['recipient']) ? value['recipient'] : value
      // The engine checks each person; what is wrong with one is told with its line.
      yield { line, recipient: person as { externalId: string } }
    }
  }
}

/** Reads people from CSV; see {@link readPeopleCsv}. */
export function readPeople(
  format: (typeof peopleFormats)[number],
  source: AsyncIterable<Uint8Array>,
  options: PeopleCsvOptions & { readonly parse: (text: string) => unknown },
): AsyncGenerator<NumberedRecord> {
  return format === 'text/csv' ? readPeopleCsv(source, options) : readPeopleNdjson(source, options.parse)
}
