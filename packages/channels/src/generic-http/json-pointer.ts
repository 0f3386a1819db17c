import { z } from 'zod'

/** A JSON Pointer (RFC 6901), `/error/code`; `''` is the whole document. */
export const jsonPointerSchema = z
  .string()
  .max(500)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'give a JSON Pointer (RFC 6901) such as /error/code')

/**
 * Follows a JSON Pointer.
 *
 * @param pointer valid by {@link jsonPointerSchema}
 * @returns `undefined` when there is nothing; only a value's own members are looked at
 */
export function atPointer(document: unknown, pointer: string): unknown {
  const steps = pointer.split('/').slice(1).map(unescape)
  return steps.reduce(member, document)
}

function unescape(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}
