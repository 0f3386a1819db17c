/** No text is longer than the longest body it can come in. */
const longestText = 1_048_576
const longestMoment = 40
/** As many deliveries as a message of 100,000 recipients with 20 routes each can have; no list is longer. */
const longestList = 2_000_000

type Schema = Record<string, unknown>

/**
 * Puts limits where a schema names none, so that every reader of the description knows how much may come, and writes patterns as
 * JSON Schema has them.
 */
export function withLimits<Document>(document: Document): Document {
  return JSON.parse(JSON.stringify(document), (_name, value: unknown) =>
    isSchema(value) ? limited(value) : value,
  )
}

/** A schema says its type in words; a member that happens to be called `type` is a schema itself. */
function isSchema(value: unknown): value is Schema {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  const types: readonly unknown[] = [value.type].flat()
  return types.some((type) => type === 'string' || type === 'integer' || type === 'array')
}

function limited(schema: Schema): Schema {
  const types: readonly unknown[] = [schema['type']].flat()
  return {
    ...schema,
    ...(types.includes('string') && textLimits(schema)),
    ...(types.includes('integer') && numberLimits(schema)),
    ...(types.includes('array') && { maxItems: schema['maxItems'] ?? longestList }),
  }
}

function textLimits({ maxLength, pattern, format, ...schema }: Schema): Schema {
  const isMoment = format === 'date-time' || format === 'date'
  return {
    // The generator writes `^\p{L}$/u` for a pattern with flags; JSON Schema has none and always reads Unicode.
    ...(typeof pattern === 'string' && { pattern: pattern.replace(/\$\/[a-z]+$/, '$') }),
    ...(!('enum' in schema) && { maxLength: maxLength ?? (isMoment ? longestMoment : longestText) }),
  }
}

function numberLimits({ minimum, maximum }: Schema): Schema {
  const least = typeof minimum === 'number' ? minimum : Number.MIN_SAFE_INTEGER
  const most = typeof maximum === 'number' ? maximum : Number.MAX_SAFE_INTEGER
  const isSmall = least >= -(2 ** 31) && most < 2 ** 31
  return { minimum: least, maximum: most, format: isSmall ? 'int32' : 'int64' }
}
