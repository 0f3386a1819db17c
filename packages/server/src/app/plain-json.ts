import { InviteMeError } from '@invite-me/core'

const curly = '{'.charCodeAt(0)
const square = '['.charCodeAt(0)

/** Deepest nesting of objects and lists; deeper than anything sensible, far from what a stack can hold. */
export const maxJsonDepth = 32

/**
 * Reads JSON that can be stored: no deeper than {@link maxJsonDepth}, no text with NUL (Postgres cannot keep it) or half a
 * character, no member `__proto__`. A member given twice counts as it was given last.
 *
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export function readPlainJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new InviteMeError('REQUEST_INVALID', 'The body is not JSON.', { field: 'body', cause })
  }
  if (!isHarmless(text)) refuseUnstorable(value, [], 1)
  return value
}

/**
 * Whether a text of JSON can hold nothing that is refused, without a walk through its value: a NUL and half a character come only
 * from escapes (the text itself is UTF-8), and what has few brackets is not deep.
 */
function isHarmless(text: string): boolean {
  return !text.includes('\\u') && !text.includes('__proto__') && hasFewBrackets(text)
}

function hasFewBrackets(text: string): boolean {
  let brackets = 0
  for (let at = 0; at < text.length && brackets <= maxJsonDepth; at += 1) {
    const code = text.charCodeAt(at)
    if (code === curly || code === square) brackets += 1
  }
  return brackets <= maxJsonDepth
}

/**
 * Refuses what {@link readPlainJson} refuses, in a value that was read from JSON before.
 *
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export function checkPlainJson(value: unknown): void {
  refuseUnstorable(value, [], 1)
}

function refuseUnstorable(value: unknown, path: readonly string[], depth: number): void {
  if (typeof value === 'string') refuseText(value, path)
  if (typeof value !== 'object' || value === null) return
  if (depth > maxJsonDepth)
    throw wrong(path.slice(0, 3), `it is nested more than ${String(maxJsonDepth)} deep`)
  for (const [name, member] of Object.entries(value)) {
    const place = [...path, name]
    if (name === '__proto__') throw wrong(place, 'this name is not allowed')
    refuseText(name, place)
    refuseUnstorable(member, place, depth + 1)
  }
}

function refuseText(text: string, path: readonly string[]): void {
  const problem = unstorable(text)
  if (problem !== undefined) throw wrong(path, problem)
}

/** Why a text cannot be stored; `undefined` when it can. */
export function unstorable(text: string): string | undefined {
  if (text.includes('\0')) return 'it holds a NUL character'
  return text.isWellFormed() ? undefined : 'it holds half a character (an unpaired surrogate)'
}

/** A name that is itself unreadable is told by its place only. */
function wrong(path: readonly string[], problem: string): InviteMeError {
  const field =
    path.map((part) => (unstorable(part) === undefined ? part.slice(0, 100) : '?')).join('.') || 'body'
  return new InviteMeError('REQUEST_INVALID', `The request was refused: "${field}" is wrong: ${problem}.`, {
    field,
  })
}
