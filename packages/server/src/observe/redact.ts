/** Stands where something was that must not be read by whoever reads logs. */
export const redacted = '[redacted]'

/** Names of fields whose values are never written, whatever they hold. */
const secretNames =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|idempotency-?key|password|pass|secret|token|(api|auth|access|private)_?key|address|to|email|phone|from|name|text|url|body|content)$/i

/** What no text may hold: keys and secrets of ours, credentials in headers and addresses, links of people, addresses of people. */
const secretParts: readonly (readonly [RegExp, string])[] = [
  [/\bimk_[\w-]+/g, redacted],
  [/\bwhsec_[\w+/=-]+/g, redacted],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, redacted],
  [/\b(Bearer|Basic)\s+\S+/gi, `$1 ${redacted}`],
  [/\/\/[^/\s@]*@/g, `//${redacted}@`],
  [/\/([ru])\/[\w-]{16,}/g, `/$1/${redacted}`],
  [/[^\s"'<>()@,;:]+@[^\s"'<>()@,;:]+/g, redacted],
  [/\+\d[\d ()-]{6,18}\d/g, redacted],
]

/** Longest text that is written; a log is no place for what somebody sent. */
const longestText = 2_000
const deepest = 4

/**
 * Takes secrets and addresses out of what is to be logged. The engine says that it logs none; this is for the day it errs, and
 * for what libraries put into the messages of their errors.
 *
 * @returns a copy with plain values only; errors with name, message, code and stack
 */
export function redactFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretNames.test(name) ? redacted : clean(value, 1),
    ]),
  )
}

/** Takes secrets and addresses out of a text. */
export function redactText(text: string): string {
  const short = text.length > longestText ? `${text.slice(0, longestText)}…` : text
  return secretParts.reduce((cleaned, [part, instead]) => cleaned.replace(part, instead), short)
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
    return String(typeof value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value
  if (depth >= deepest) return '…'
  if (value instanceof Error) return cleanError(value, depth)
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => clean(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretNames.test(name) ? redacted : clean(inner, depth + 1),
    ]),
  )
}

function cleanError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    message: redactText(error.message),
    ...('code' in error && { code: clean(error.code, depth + 1) }),
    ...(error.stack !== undefined && { stack: redactText(error.stack) }),
    ...(error.cause !== undefined && { cause: clean(error.cause, depth + 1) }),
  }
}
