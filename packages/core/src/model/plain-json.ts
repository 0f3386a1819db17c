import { InviteMeError } from './error.ts'

/** An object of JSON, as it will be read again. */
export type PlainObject = Readonly<Record<string, unknown>>

/** Most bytes an object a host app gives us to keep may have, as JSON in UTF-8. */
export const maxPlainBytes: number = 64 * 1_024

/** Deepest nesting of such an object: what is read by programs that go down step by step must have a floor. */
const maxPlainDepth = 32

/**
 * Takes an object a host app gives us to keep, as it will be read again: dates are ISO text, members that are `undefined` are
 * gone.
 *
 * @param field its name, for the error
 * @throws InviteMeError `REQUEST_INVALID` when it is no object, cannot be JSON, is nested too deep, or has more than {@link maxPlainBytes}
 */
export function readPlainObject(value: unknown, field: string): PlainObject {
  const text = textOf(value, field)
  // A character is at least one byte: what is far too long need not be counted.
  const bytes = text.length > maxPlainBytes ? text.length : new TextEncoder().encode(text).length
  if (bytes > maxPlainBytes)
    throw refused(field, 'it has at most 65,536 bytes as JSON; say where the rest is to be found')
  const plain: unknown = JSON.parse(text)
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain))
    throw refused(field, 'it must be an object')
  if (isDeeper(plain, maxPlainDepth)) throw refused(field, 'it is nested more than 32 deep')
  return plain as PlainObject
}

function isDeeper(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return most === 0 || Object.values(value).some((member) => isDeeper(member, most - 1))
}

function textOf(value: unknown, field: string): string {
  try {
    // `undefined` and functions have no text.
    return (JSON.stringify(value) as string | undefined) ?? 'null'
  } catch (cause) {
    throw refused(field, 'it cannot be written as JSON: it is endless, too deep, or holds a bigint', cause)
  }
}

function refused(field: string, problem: string, cause?: unknown): InviteMeError {
  return new InviteMeError('REQUEST_INVALID', `"${field}" was refused: ${problem}.`, { field, cause })
}
