import { parse } from 'csv-parse/sync'
import { textLines, type TextLine } from './text-lines.ts'

/** One record of a CSV file, or what was wrong with it. `line` is where it begins, from 1. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly problem: string }

/** A quoted field may run over this many lines; a quote open for longer was forgotten. */
const mostLinesOfARecord = 100
const mostCharactersOfARecord = 1_048_576
const delimiters = [',', ';', '\t'] as const

type Delimiter = (typeof delimiters)[number]

/**
 * Reads the records of a CSV file one after the other, in bounded memory. The first line chooses the delimiter: comma,
 * semicolon or tab, whichever it has most of. Blank lines are passed over.
 *
 * A broken record costs only itself: after a quote that is never closed, reading goes on with the next line.
 *
 * @param encoding see {@link textLines}
 */
export async function* csvRecords(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  encoding?: string,
): AsyncGenerator<CsvRecord> {
  const physicalLines = textLines(source, encoding)
  const putBack: TextLine[] = []
  const nextLine = async (): Promise<TextLine | undefined> => {
    const waiting = putBack.shift()
    if (waiting !== undefined) return waiting
    const { value, done } = await physicalLines.next()
    return done === true ? undefined : value
  }
  let delimiter: Delimiter | undefined
  for (let first = await nextLine(); first !== undefined; first = await nextLine()) {
    if (first.isTooLong) {
      yield {
        line: first.number,
        problem: `the line is longer than ${mostCharactersOfARecord.toLocaleString('en')} characters`,
      }
      continue
    }
    if (first.text.trim() === '') continue
    delimiter ??= sniffDelimiter(first.text)
    const lines = [first]
    let characters = first.text.length
    let quotes = followQuotes(first.text, delimiter, 'closed')
    while (quotes === 'open' && lines.length < mostLinesOfARecord && characters < mostCharactersOfARecord) {
      const line = await nextLine()
      if (line === undefined) break
      lines.push(line)
      characters += line.text.length
      quotes = line.isTooLong ? 'broken' : followQuotes(line.text, delimiter, 'open')
    }
    if (quotes === 'closed') {
      yield parseRecord(lines, delimiter)
    } else {
      yield { line: first.number, problem: 'a quotation mark is opened here and never closed' }
      putBack.unshift(...lines.slice(1))
    }
  }
}

function parseRecord(lines: readonly TextLine[], delimiter: Delimiter): CsvRecord {
  const line = lines[0]?.number ?? 0
  const text = lines.map((part) => part.text).join('\n')
  try {
    // A stray quotation mark inside a field, as in Bob "Bobby" Smith, is taken as it stands.
    const records: string[][] = parse(text, { delimiter, relax_column_count: true, relax_quotes: true })
    const fields = records[0]
    return fields === undefined || records.length > 1
      ? { line, problem: 'the line cannot be read as CSV' }
      : { line, fields }
  } catch {
    return { line, problem: 'the line cannot be read as CSV' }
  }
}

/** Counts what stands outside quotation marks. */
function sniffDelimiter(header: string): Delimiter {
  const bare = header.replaceAll(/"[^"]*"/g, '')
  const counts = delimiters.map((delimiter) => bare.split(delimiter).length - 1)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

/**
 * Follows quotation marks through one line (RFC 4180 §2, items 5 to 7).
 *
 * @param before `open` when the line begins inside a quoted field
 * @returns `open` when the line ends inside one; `broken` when the field from the line before is closed by a mark no
 *   delimiter follows, so that its opening mark was a mistake
 */
function followQuotes(
  text: string,
  delimiter: Delimiter,
  before: 'open' | 'closed',
): 'open' | 'closed' | 'broken' {
  let isCarried = before === 'open'
  let isQuoted = isCarried
  let isFieldStart = true
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (!isQuoted) {
      isQuoted = isFieldStart && character === '"'
      isFieldStart = character === delimiter
    } else if (character === '"') {
      const next = text[index + 1]
      if (next === '"') {
        index += 1
        continue
      }
      if (next !== undefined && next !== delimiter && isCarried) return 'broken'
      isQuoted = false
      isCarried = false
      isFieldStart = false
    }
  }
  return isQuoted ? 'open' : 'closed'
}
