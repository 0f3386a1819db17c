import type { AnswerRow } from '../model/tally.ts'

const columns = ['invitationId', 'to', 'name', 'state', 'value', 'via', 'revision', 'answeredAt'] as const

/** The first line of an export as CSV (RFC 4180), with its line end. */
export function answersCsvHeader(): string {
  return `${columns.join(',')}\r\n`
}

/**
 * One row of an export as CSV, with its line end. Whatever a spreadsheet would take for a formula begins with an apostrophe, which
 * shows it as text (OWASP, "CSV Injection", seen 2026-11-23); numbers stay numbers. A value that is no text is JSON.
 */
export function answersCsvRow(row: AnswerRow): string {
  return `${columns.map((column) => cell(row[column])).join(',')}\r\n`
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return value.toISOString()
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const harmless = /^[\s]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text
  return /["',\r\n;\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
