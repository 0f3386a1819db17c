/** A JSON Schema as the description has them. */
export type Schema = Readonly<Record<string, unknown>>
type Named = Readonly<Record<string, Schema>>
type Known = (schema: Schema) => Schema

/**
 * A schema of which one place is looked at at a time: a choice of as many shapes as there are places in it, at any depth, each with
 * that place as it is described and beside it only what is required, as simple as it may be.
 *
 * Whoever breaks every member of an object in every way, beside everything right its other members may be, has millions of requests
 * and, stopped at any number, never comes to the members further inside. This way each is broken in every way, beside members that
 * are right.
 *
 * @param schemas by name, for references
 * @param known a value that is right, for what a schema alone cannot say, else the schema as it is; used beside the place that is
 * looked at
 */
export function oneAtATime(schema: Schema, schemas: Named, known: Known): Schema {
  const shapes = shapesWithOnePlace(schema, schemas, known)
  const [only, ...others] = shapes
  return only !== undefined && others.length === 0 ? only : { oneOf: shapes }
}

function shapesWithOnePlace(schema: Schema, schemas: Named, known: Known): readonly Schema[] {
  const { anyOf, oneOf, ...rest } = resolved(schema, schemas)
  const shapes = choicesOf({ anyOf, oneOf })
  if (shapes.length > 0) return shapes.flatMap((shape) => shapesWithOnePlace(shape, schemas, known))
  const { items, maxItems, ...list } = rest
  if (isSchema(items)) {
    // Of a list with limits it breaks the limits alone. A list of more than a thousand is longer than a body may be.
    const limited = Number(maxItems) > 1_000 ? [] : [{ ...rest, items: simplest(items, schemas, known) }]
    const { minItems: _least, ...free } = list
    return [
      ...limited,
      ...shapesWithOnePlace(items, schemas, known).map((item) => ({ ...free, items: item })),
    ]
  }
  const properties = propertiesOf(rest)
  const names = Object.keys(properties)
  if (names.length === 0) return [rest]
  return names.flatMap((name) =>
    shapesWithOnePlace(properties[name] ?? {}, schemas, known).map((member) => {
      const beside = requiredOf(rest)
        .filter((other) => other !== name)
        .map((other) => [other, simplest(properties[other] ?? {}, schemas, known)])
      const kept = { [name]: member, ...Object.fromEntries(beside) }
      return { ...rest, properties: kept, required: Object.keys(kept) }
    }),
  )
}

/** The simplest of what a schema allows: the first of its shapes, and no member that may be left out. */
export function simplest(schema: Schema, schemas: Named, known: Known): Schema {
  const { anyOf, oneOf, ...rest } = resolved(schema, schemas)
  const [first] = choicesOf({ anyOf, oneOf })
  if (first !== undefined) return simplest(first, schemas, known)
  if (isSchema(rest['items'])) return { type: 'array', items: simplest(rest['items'], schemas, known) }
  const properties = propertiesOf(rest)
  if (Object.keys(properties).length > 0) {
    const kept = requiredOf(rest).map((name) => [name, simplest(properties[name] ?? {}, schemas, known)])
    return { ...rest, properties: Object.fromEntries(kept) }
  }
  const isFree = !['enum', 'const', 'pattern', 'format'].some((limit) => limit in rest)
  return rest['type'] === 'string' && isFree ? { type: 'string' } : known(rest)
}

function resolved(schema: Schema, schemas: Named): Schema {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined
  if (name === undefined) return schema
  const found = schemas[name]
  if (found === undefined) throw new Error(`The description has no schema ${name}.`)
  return resolved(found, schemas)
}

function choicesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  const shapes = anyOf ?? oneOf
  return Array.isArray(shapes) ? shapes : []
}

function propertiesOf({ properties }: Schema): Named {
  return isSchema(properties) ? (properties as Named) : {}
}

function requiredOf({ required }: Schema): readonly string[] {
  return Array.isArray(required) ? required : []
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
