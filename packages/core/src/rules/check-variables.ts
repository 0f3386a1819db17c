import type { VariableSchema, VariableSchemas } from '../model/template-variable.ts'

/** What is wrong with a value: where (`order.total`) and why. */
export interface VariableProblem {
  readonly path: string
  readonly problem: string
}

/** Checks the values somebody gives against what a template says of its variables; that one is missing is no problem here. */
export function checkVariables(
  schemas: VariableSchemas,
  given: Readonly<Record<string, unknown>>,
): VariableProblem | undefined {
  for (const [name, value] of Object.entries(given)) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    if (schema === undefined) {
      const known = Object.keys(schemas).join(', ') || 'none'
      return { path: name, problem: `the template has no such variable; it has: ${known}` }
    }
    const found = check(schema, value, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Whether a value is what a variable may be. */
export function isFit(schema: VariableSchema, value: unknown): boolean {
  return check(schema, value, '') === undefined
}

function check(schema: VariableSchema, value: unknown, path: string): VariableProblem | undefined {
  const problem = wrongType(schema, value) ?? outOfBounds(schema, value)
  if (problem !== undefined) return { path, problem }
  if (Array.isArray(value)) return checkItems(schema, value, path)
  if (schema.type === 'object') return checkMembers(schema, value as Readonly<Record<string, unknown>>, path)
  return undefined
}

function checkItems(
  schema: VariableSchema,
  items: readonly unknown[],
  path: string,
): VariableProblem | undefined {
  if (schema.items === undefined) return undefined
  for (const [index, item] of items.entries()) {
    const found = check(schema.items, item, `${path}.${String(index)}`)
    if (found !== undefined) return found
  }
  return undefined
}

function checkMembers(
  { properties = {}, required = [] }: VariableSchema,
  members: Readonly<Record<string, unknown>>,
  path: string,
): VariableProblem | undefined {
  const missing = required.find((name) => !Object.hasOwn(members, name))
  if (missing !== undefined) return { path: `${path}.${missing}`, problem: 'it is missing' }
  for (const [name, value] of Object.entries(members)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    const found = schema === undefined ? undefined : check(schema, value, `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function wrongType(schema: VariableSchema, value: unknown): string | undefined {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return `it must be ${schema.format === undefined ? 'a text' : dateWords}`
      return schema.format === undefined || isMoment(value) ? undefined : `it must be ${dateWords}`
    case 'number':
      return Number.isFinite(value) ? undefined : 'it must be a number'
    case 'integer':
      return Number.isInteger(value) ? undefined : 'it must be a whole number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'it must be true or false'
    case 'array':
      return Array.isArray(value) ? undefined : 'it must be a list'
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? undefined
        : 'it must be an object'
  }
}

const dateWords = 'a day such as "2026-11-27" or a moment such as "2026-11-27T18:00:00+01:00"'

/** A moment without an offset is one nobody knows. */
function isMoment(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  )
}

function outOfBounds(schema: VariableSchema, value: unknown): string | undefined {
  if (schema.enum !== undefined && !schema.enum.some((one) => one === value))
    return `it must be one of ${schema.enum.join(', ')}`
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum)
      return `it must be at least ${String(schema.minimum)}`
    if (schema.maximum !== undefined && value > schema.maximum)
      return `it must be at most ${String(schema.maximum)}`
  }
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0))
      return `it must have at least ${String(schema.minLength)} characters`
    if (value.length > (schema.maxLength ?? Infinity))
      return `it must have at most ${String(schema.maxLength)} characters`
  }
  return undefined
}
