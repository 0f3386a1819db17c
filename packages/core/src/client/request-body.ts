import type { AnswerInput } from '../model/answer.ts'
import { InviteMeError } from '../model/error.ts'
import type { ContentInput } from '../model/message.ts'

type ContentMember = ContentInput extends infer Shape ? (Shape extends object ? keyof Shape : never) : never

/** Members of what is said, and whether control characters are taken out of them; elsewhere they are refused. */
const contentMembers: Readonly<Record<ContentMember, boolean>> = {
  template: false,
  version: false,
  variables: false,
  missingVariable: false,
  subject: false,
  text: true,
  details: true,
  calendar: false,
}

/**
 * What a caller gave, whose members go over: what is wrong with them the server says, but it must be something with members.
 *
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export function objectOf<Value>(value: Value, { what, field }: { what: string; field: string }): Value {
  if (typeof value === 'object' && (value as Value | null) !== null) return value
  throw new InviteMeError('REQUEST_INVALID', `${what} must be an object.`, { field })
}

/** As a list also when it is one alone, so that what is wrong with it has the same place: `to.0`. */
export function listOf<One>(oneOrMany: One | readonly One[]): readonly One[] {
  return Array.isArray(oneOrMany) ? (oneOrMany as readonly One[]) : [oneOrMany as One]
}

/**
 * What is said, as far as it counts: the embedded engine does not look at members nobody asked for, for which JSON may have no words,
 * and takes NUL out of texts, which the server accepts in none.
 */
export function contentOf(content: string | ContentInput): unknown {
  if (typeof content === 'string') return withoutNul(content)
  if (!isPlain(content)) return content
  const known = Object.entries(content).filter(([name]) => Object.hasOwn(contentMembers, name))
  return Object.fromEntries(
    known.map(([name, value]) => [name, contentMembers[name as ContentMember] ? withoutNul(value) : value]),
  )
}

/**
 * An answer as the server takes it. A value JSON has no words for goes over as null, which is recorded and refused as it would be; and
 * of what a form posted the one name is left out that no field has and the server takes nowhere.
 */
export function answerOf(input: AnswerInput): unknown {
  if (!isPlain(input)) return input
  if (input.kind === 'value') return { kind: 'value', value: isWritable(input.value) ? input.value : null }
  if (input.kind !== 'fields' || !isPlain(input.fields)) return input
  const fields = Object.entries(input.fields).filter(([name]) => name !== '__proto__')
  return { kind: 'fields', fields: Object.fromEntries(fields) }
}

function withoutNul(text: unknown): unknown {
  return typeof text === 'string' ? text.replaceAll('\0', '') : text
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether JSON has words for a value. */
export function isWritable(value: unknown): boolean {
  try {
    return (JSON.stringify(value) as string | undefined) !== undefined
  } catch {
    return false
  }
}
