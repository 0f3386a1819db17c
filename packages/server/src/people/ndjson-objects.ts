import { InviteMeError } from '@invite-me/core'
import { textLines } from './text-lines.ts'

/** What one line holds, or what was wrong with it. */
export type NdjsonObject =
  | { readonly line: number; readonly value: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: string }

/**
 * Reads objects from newline-delimited JSON, one a line. A member `line` tells the line of another file whose lines are passed
 * on, and `problem` what was wrong with it there. Blank lines are passed over.
 *
 * @param parse reads the JSON of one line; what it throws is a problem of that line when it is an InviteMeError
 */
export async function* ndjsonObjects(
  source: AsyncIterable<Uint8Array>,
  parse: (text: string) => unknown,
): AsyncGenerator<NdjsonObject> {
  for await (const { number, text, isTooLong } of textLines(source)) {
    if (isTooLong) yield { line: number, problem: 'the line is longer than 1,048,576 characters' }
    else if (text.includes('\ufffd'))
      yield { line: number, problem: 'the line holds characters that are not UTF-8' }
    else if (text.trim() !== '') yield readLine(number, text, parse)
  }
}

function readLine(number: number, text: string, parse: (text: string) => unknown): NdjsonObject {
  try {
    const value = parse(text)
    if (!isObject(value)) return { line: number, problem: 'the line is no JSON object' }
    const line = Number.isSafeInteger(value['line']) ? (value['line'] as number) : number
    if (typeof value['problem'] === 'string') return { line, problem: value['problem'].slice(0, 1_000) }
    return { line, value }
  } catch (error) {
    if (!(error instanceof InviteMeError)) throw error
    return { line: number, problem: error.message }
  }
}

/** True for what JSON calls an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
