import { z } from 'zod'

/** What was wrong with a form, for the first field that was. */
export interface FormProblem {
  /** Property names from the root; empty when the whole is wrong. */
  readonly path: readonly string[]
  readonly kind:
    | 'missing'
    | 'wrong'
    | 'too_small'
    | 'too_big'
    | 'too_short'
    | 'too_long'
    | 'too_few'
    | 'too_many'
    | 'email'
    | 'url'
    | 'date'
    | 'time'
    | 'whole'
    /** The schema itself cannot be used. */
    | 'schema'
  /** The bound for too small, big, short, long, few and many. */
  readonly limit: number | undefined
}

/** The form's value when it is valid, else its first problem. */
export type FormCheck =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: FormProblem }

/**
 * Checks a value against a form's JSON Schema; defaults are filled in.
 *
 * @param schema JSON Schema as `form()` stored it
 * @param value an object whose fields already have their types
 */
export function checkForm(schema: Readonly<Record<string, unknown>>, value: unknown): FormCheck {
  const compiled = compile(schema)
  if (compiled === undefined) return { ok: false, problem: { path: [], kind: 'schema', limit: undefined } }
  const parsed = compiled.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data }
  const [issue] = parsed.error.issues
  return {
    ok: false,
    problem: issue === undefined ? { path: [], kind: 'wrong', limit: undefined } : readIssue(issue, value),
  }
}

/** @returns `undefined` when the schema uses something Zod cannot read */
function compile(schema: Readonly<Record<string, unknown>>): z.ZodType | undefined {
  try {
    return z.fromJSONSchema(schema)
  } catch {
    return undefined
  }
}

type Issue = z.core.$ZodIssue

function readIssue(issue: Issue, value: unknown): FormProblem {
  const path = issue.path.map(String)
  const problem = (kind: FormProblem['kind'], limit?: number | bigint): FormProblem => ({
    path,
    kind,
    limit: limit === undefined ? undefined : Number(limit),
  })
  if (valueAt(value, issue.path) === undefined) return problem('missing')
  switch (issue.code) {
    case 'too_small':
      return problem(
        issue.origin === 'string' ? 'too_short' : issue.origin === 'array' ? 'too_few' : 'too_small',
        issue.minimum,
      )
    case 'too_big':
      return problem(
        issue.origin === 'string' ? 'too_long' : issue.origin === 'array' ? 'too_many' : 'too_big',
        issue.maximum,
      )
    case 'invalid_type':
      return problem(issue.expected === 'int' ? 'whole' : 'wrong')
    case 'invalid_format':
      return problem(formatProblems.get(issue.format) ?? 'wrong')
    case 'invalid_value':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
      return problem('wrong')
  }
}

const formatProblems: ReadonlyMap<string, FormProblem['kind']> = new Map([
  ['email', 'email'],
  ['url', 'url'],
  ['date', 'date'],
  ['time', 'time'],
  ['safeint', 'whole'],
])

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Readonly<Record<PropertyKey, unknown>>)[key]
  }
  return found
}
