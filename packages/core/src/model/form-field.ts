/** How a field of a form is filled in; each has one control on a page. */
export type FormFieldKind =
  | 'text'
  | 'longText'
  | 'email'
  | 'webAddress'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'date'
  | 'time'
  /** One of `options`. */
  | 'option'
  /** Any number of `options`. */
  | 'options'
  /** Several lines of text, an entry each. */
  | 'list'

/** A value that can be picked, `label` is what the person reads. */
export interface FormOption {
  readonly value: string | number | boolean
  readonly label: string
}

/** One field of a form, read from its JSON Schema: enough to draw it and to turn what a browser posts into its value. */
export interface FormField {
  /** Property names from the root; longer than one inside a nested object. */
  readonly path: readonly string[]
  /** The path joined with dots: the name under which the browser posts it. */
  readonly name: string
  /** The schema's `title`, else the last property name in words. */
  readonly title: string
  readonly description: string | undefined
  readonly kind: FormFieldKind
  readonly required: boolean
  /** True when `null` is a valid value. */
  readonly nullable: boolean
  /** Only for `option` and `options`. */
  readonly options: readonly FormOption[]
  /** For `list`: what each line becomes. */
  readonly items: 'text' | 'number'
  readonly minLength: number | undefined
  readonly maxLength: number | undefined
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  readonly initial: unknown
}

type Schema = Readonly<Record<string, unknown>>

/** Deeper objects become one line of text, so that a schema that holds itself ends. */
const deepest = 3
/** Longer than this and a field gets a box of several lines. */
const longTextLength = 200

/**
 * Lists the fields of a form in the order of its schema. Nested objects are flattened.
 * What has no control of its own (unions of objects, arrays of objects) becomes a line of text.
 *
 * @param schema JSON Schema of an object, as `form()` stored it; anything else has no fields
 */
export function formFields(schema: Schema): readonly FormField[] {
  return fieldsOf(schema, schema, [], true)
}

function fieldsOf(
  root: Schema,
  schema: Schema,
  path: readonly string[],
  required: boolean,
): readonly FormField[] {
  const properties = asSchema(schema['properties'])
  if (properties === undefined) return []
  const names = asList(schema['required'])
  return Object.entries(properties).flatMap(([key, value]) => {
    const property = resolve(root, asSchema(value) ?? {})
    const isRequired = required && names.includes(key)
    const inner = [...path, key]
    if (typeOf(property) === 'object' && property['properties'] !== undefined && inner.length < deepest) {
      return fieldsOf(root, property, inner, isRequired)
    }
    return [readField(property, inner, isRequired)]
  })
}

function readField(property: Schema, path: readonly string[], required: boolean): FormField {
  const items = asSchema(property['items']) ?? {}
  const options = readOptions(typeOf(property) === 'array' ? items : property)
  return {
    path,
    name: path.join('.'),
    title: asText(property['title']) ?? inWords(path.at(-1) ?? ''),
    description: asText(property['description']),
    kind: readKind(property, options),
    required,
    nullable: asList(property['type']).includes('null'),
    options,
    items: ['number', 'integer'].includes(typeOf(items)) ? 'number' : 'text',
    minLength: asNumber(property['minLength']),
    maxLength: asNumber(property['maxLength']),
    minimum: asNumber(property['minimum']),
    maximum: asNumber(property['maximum']),
    initial: property['default'],
  }
}

function readKind(property: Schema, options: readonly FormOption[]): FormFieldKind {
  const type = typeOf(property)
  if (type === 'boolean') return 'boolean'
  if (type === 'array') return options.length > 0 ? 'options' : 'list'
  if (options.length > 0) return 'option'
  if (type === 'integer' || type === 'number') return type
  const isLong = Number(property['maxLength'] ?? 0) > longTextLength
  return textKinds.get(asText(property['format']) ?? '') ?? (isLong ? 'longText' : 'text')
}

const textKinds: ReadonlyMap<string, FormFieldKind> = new Map([
  ['email', 'email'],
  ['uri', 'webAddress'],
  ['date', 'date'],
  ['time', 'time'],
])

function readOptions(schema: Schema): readonly FormOption[] {
  const listed = asList(schema['enum'])
  const values = listed.length > 0 ? listed : 'const' in schema ? [schema['const']] : []
  if (values.length > 0) return values.filter(isOptionValue).map((value) => ({ value, label: String(value) }))
  const choices = asList(schema['anyOf'] ?? schema['oneOf']).map((choice) => asSchema(choice) ?? {})
  if (choices.length === 0 || !choices.every((choice) => isOptionValue(choice['const']))) return []
  return choices.map((choice) => ({
    value: choice['const'] as FormOption['value'],
    label: asText(choice['title']) ?? String(choice['const']),
  }))
}

/** Follows a reference within the document and looks through "this or nothing". */
function resolve(root: Schema, schema: Schema): Schema {
  const reference = asText(schema['$ref'])?.match(/^#\/(?:\$defs|definitions)\/([^/]+)$/)?.[1]
  const found =
    reference === undefined ? undefined : own(asSchema(root['$defs'] ?? root['definitions']) ?? {}, reference)
  const target = { ...asSchema(found), ...schema }
  const choices = asList(target['anyOf'] ?? target['oneOf']).map((choice) => asSchema(choice) ?? {})
  const others = choices.filter((choice) => choice['type'] !== 'null')
  if (choices.length !== 2 || others.length !== 1) return target
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = target
  return { ...others[0], ...rest, type: [typeOf(others[0] ?? {}), 'null'] }
}

function typeOf(schema: Schema): string {
  const type = schema['type']
  const first = Array.isArray(type) ? asList(type).find((name) => name !== 'null') : type
  if (typeof first === 'string') return first
  return typeof schema['const'] === 'boolean' ? 'boolean' : 'string'
}

function isOptionValue(value: unknown): value is FormOption['value'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** `firstName` → "First name" */
function inWords(name: string): string {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function asSchema(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function own(record: Schema, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
