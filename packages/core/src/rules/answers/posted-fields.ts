/**
 * The one value of a posted field.
 *
 * @returns `undefined` when the field is absent or came more than once: then nobody can tell which was meant
 */
export function soleField(
  fields: Readonly<Record<string, readonly string[]>>,
  name: string,
): string | undefined {
  const values = Object.hasOwn(fields, name) ? (fields[name] ?? []) : []
  return values.length === 1 ? values[0] : undefined
}

/** All values of a posted field, in order; empty when it is absent. */
export function allFields(
  fields: Readonly<Record<string, readonly string[]>>,
  name: string,
): readonly string[] {
  return Object.hasOwn(fields, name) ? (fields[name] ?? []) : []
}
