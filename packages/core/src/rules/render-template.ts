import { Liquid, type Template as Parsed } from 'liquidjs'
import { InviteMeError } from '../model/error.ts'
import { contentSchema } from '../model/message.ts'
import type { Template, TemplateParts } from '../model/template.ts'
import type { VariableSchema, VariableSchemas } from '../model/template-variable.ts'
import { isFit } from './check-variables.ts'
import { chooseLocale, partsFor } from './choose-texts.ts'
import { FilterProblem, personalFilters, usableLocale, type Reader } from './template-filters.ts'

type Body = Pick<Template, 'name' | 'texts' | 'variables'>

/** A template with all that it is put together from. */
export interface TemplateFamily {
  readonly template: Body
  readonly layout: Body | null
  /** By name: those it renders, and those these render. */
  readonly partials: ReadonlyMap<string, Body>
}

/** Somebody a text is written for. */
export interface TemplatePerson extends Reader {
  readonly externalId: string | null
  readonly name: string | null
  readonly attributes: Readonly<Record<string, string | number | boolean | null>>
}

/** What a text is filled in with. */
export interface TemplateValues {
  readonly person: TemplatePerson
  /** What the sender gave; it comes before all others. */
  readonly given: Readonly<Record<string, unknown>>
  /** What was looked up for this person, by path: `order.total`. */
  readonly foreign: Readonly<Record<string, unknown>>
  readonly missingVariable: 'refuse' | 'empty'
}

/** What is said to one person on one channel. */
export interface RenderedParts {
  readonly text: string
  readonly subject?: string | undefined
  readonly details?: string | undefined
}

/** A text for a person, or why there is none for them. */
export type Rendering =
  | { readonly status: 'rendered'; readonly parts: RenderedParts }
  | { readonly status: 'missing'; readonly variable: string }
  | { readonly status: 'unfit'; readonly problem: string }

/** A template that was parsed, ready for any number of people. */
export interface CompiledTemplate {
  /** Channels that have words of their own; all others are told the same. */
  readonly channels: readonly string[]
  /** What it may name beside the person: its own variables and those of its layout and partials. */
  readonly variables: VariableSchemas
  /** Whether any of its texts, or of those it is put together from, names this path or part of it. */
  names(path: string): boolean
  /**
   * @param channel `null` for one without words of its own
   * @throws InviteMeError `TEMPLATE_INVALID` when it does not come to an end
   */
  render(channel: string | null, values: TemplateValues): Rendering
}

/** Bounds of one text: characters parsed, milliseconds, and steps of memory as liquidjs counts them. */
const bounds = { parseLimit: 200_000, renderLimit: 500, memoryLimit: 1_000_000 } as const
/** Compiled texts kept for one template; locales times channels. */
const mostCompiled = 500
const partNames = ['subject', 'text', 'details'] as const

/** What reaches for files, is not a text's business, or cannot be looked through before it is sent. */
const withoutTags = ['include', 'layout', 'block', 'tablerow', 'liquid', 'increment', 'decrement']
const withoutFilters = [
  'where_exp',
  'reject_exp',
  'group_by_exp',
  'has_exp',
  'find_index_exp',
  'find_exp',
  'sample',
  'sha256',
  'hmac_sha256',
  'base64_encode',
  'base64_decode',
  'raw',
  'json',
  'jsonify',
  'inspect',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
]
const peoplesMembers = ['externalId', 'name', 'locale', 'zone', 'attributes']

/**
 * Names of the partials a text renders.
 * @throws InviteMeError `TEMPLATE_INVALID` for a name that is not written out
 */
export function partialsOf(body: Pick<Template, 'texts'>): readonly string[] {
  const names = new Set<string>()
  for (const [field, source] of sourcesOf(body))
    for (const [tag, , name] of source.matchAll(/\{%-?\s*render\b\s*(?:(['"])([^'"]*)\1)?/g)) {
      if (name === undefined)
        throw invalid(
          field,
          `"${tag.trim()}" names no template; write its name in quotes, {% render 'footer' %}`,
        )
      names.add(name)
    }
  return [...names]
}

/**
 * Parses all texts of a template and looks through what they name.
 *
 * @param fields paths that are looked up for each person: `order.total`
 * @throws InviteMeError `TEMPLATE_INVALID`, naming the text, for one that is not Liquid, names an unknown variable or filter
 */
export function checkTemplate(family: TemplateFamily, fields: readonly string[]): void {
  const variables = variablesOf(family)
  const engine = newEngine({})
  for (const [field, source] of sourcesOf(family.template)) {
    const parsed = parse(engine, source, field)
    const named = namedIn(engine, parsed, field)
    for (const segments of named) {
      const path = untilDynamic(segments)
      if (!isKnown(path, variables, fields))
        throw invalid(
          field,
          `there is no variable "${path.join('.')}"; known are ${knownOf(variables, fields)}`,
        )
    }
  }
}

function namedIn(engine: Liquid, parsed: Parsed[], field: string): readonly (readonly unknown[])[] {
  try {
    return engine.globalVariableSegmentsSync(parsed, { partials: false })
  } catch (error) {
    throw invalid(field, 'it is nested too deep', error)
  }
}

/**
 * Parses a template for any number of people.
 * @param workspace for people whose locale it has no text in
 */
export function compileTemplate(family: TemplateFamily, workspaceLocale: string): CompiledTemplate {
  const variables = variablesOf(family)
  const members = [
    family.template,
    ...(family.layout === null ? [] : [family.layout]),
    ...family.partials.values(),
  ]
  const channels = new Set(
    members.flatMap(({ texts }) =>
      Object.values(texts).flatMap(({ channels = {} }) => Object.keys(channels)),
    ),
  )
  const compiled = new Map<string, Compiled>()
  const compiledFor = (locale: string, channel: string | null): Compiled => {
    const key = `${locale}\n${channel ?? ''}`
    const known = compiled.get(key)
    if (known !== undefined) return known
    if (compiled.size >= mostCompiled) compiled.clear()
    const made = compileFor(family, [locale, workspaceLocale], channel)
    compiled.set(key, made)
    return made
  }
  return {
    channels: [...channels],
    variables,
    names: (path) => {
      const [root = ''] = path.split('.')
      return members.some((body) =>
        sourcesOf(body).some(([, source]) => new RegExp(`\\b${root}\\b`).test(source)),
      )
    },
    render: (channel, values) => {
      const own = channel !== null && channels.has(channel) ? channel : null
      return renderParts(
        compiledFor(values.person.locale, own),
        scopeOf(variables, values),
        values.missingVariable,
      )
    },
  }
}

interface Compiled {
  readonly engine: Liquid
  readonly name: string
  readonly parts: Readonly<Partial<Record<(typeof partNames)[number], readonly Parsed[]>>>
  /** The same parts of the layout, of those it has. */
  readonly around: Readonly<Partial<Record<(typeof partNames)[number], readonly Parsed[]>>>
}

function compileFor(
  { template, layout, partials }: TemplateFamily,
  wanted: readonly string[],
  channel: string | null,
): Compiled {
  const partsOf = ({ texts }: Body): TemplateParts => {
    const chosen = texts[chooseLocale(Object.keys(texts), wanted) ?? '']
    return chosen === undefined ? { text: '' } : partsFor(chosen, channel)
  }
  const engine = newEngine(
    Object.fromEntries([...partials].map(([name, body]) => [name, partsOf(body).text])),
  )
  const parsed = (parts: TemplateParts, name: string): Compiled['parts'] =>
    Object.fromEntries(
      partNames.flatMap((part) => {
        const source = parts[part]
        return source === undefined ? [] : [[part, parse(engine, source, `${name}.${part}`)] as const]
      }),
    )
  return {
    engine,
    name: template.name,
    parts: parsed(partsOf(template), template.name),
    around: layout === null ? {} : parsed(partsOf(layout), layout.name),
  }
}

function renderParts(
  { engine, name, parts, around }: Compiled,
  globals: object,
  missingVariable: 'refuse' | 'empty',
): Rendering {
  const options = { globals, strictVariables: missingVariable === 'refuse', sync: true }
  const rendered: Partial<Record<(typeof partNames)[number], string>> = {}
  try {
    for (const part of partNames) {
      const own = parts[part]
      if (own === undefined) continue
      const content = String(engine.renderSync([...own], {}, options))
      const frame = around[part]
      rendered[part] =
        frame === undefined ? content : String(engine.renderSync([...frame], { content }, options))
    }
  } catch (error) {
    return afterError(error, name)
  }
  return asContent(rendered)
}

/** What was put together is content like any other: no empty text, no endless one, a subject of one line. */
function asContent(rendered: Partial<Record<(typeof partNames)[number], string>>): Rendering {
  const subject = rendered.subject?.replace(/\s+/g, ' ').trim()
  const details = rendered.details?.trim()
  const parsed = contentSchema.safeParse({
    text: rendered.text ?? '',
    ...(subject !== undefined && subject !== '' && { subject }),
    ...(details !== undefined && details !== '' && { details }),
  })
  if (!parsed.success) return { status: 'unfit', problem: parsed.error.issues[0]?.message ?? 'it is no text' }
  return { status: 'rendered', parts: parsed.data }
}

function afterError(error: unknown, name: string): Rendering {
  const { message = '' } = error instanceof Error ? error : {}
  const missing = /^undefined variable: ([^,]+)/.exec(message)?.[1]
  if (missing !== undefined) return { status: 'missing', variable: missing }
  if (error instanceof RangeError || /limit exceeded|Maximum call stack/.test(message))
    throw new InviteMeError(
      'TEMPLATE_INVALID',
      `The template "${name}" does not come to an end: it loops too often or holds too much.`,
      { field: 'template', cause: error },
    )
  const cause = (error as { readonly originalError?: unknown }).originalError
  const problem = cause instanceof FilterProblem ? cause.message : 'one of its filters cannot take the value'
  return { status: 'unfit', problem }
}

/** Everything a text can see, in the order of who knows best: the sender, what was looked up, the person's attributes, the default. */
function scopeOf(variables: VariableSchemas, { person, given, foreign }: TemplateValues): object {
  const { attributes, externalId, name, locale, zone } = person
  const scope: Record<string, unknown> = {}
  for (const [variable, schema] of Object.entries(variables)) {
    const value = valueOf(variable, schema, given, attributes)
    if (value !== undefined) scope[variable] = value
  }
  for (const [path, value] of Object.entries(foreign))
    if (value !== null && value !== undefined) put(scope, path, value, given)
  return {
    ...scope,
    ...(name !== null && name !== '' && { name }),
    recipient: {
      ...(externalId !== null && { externalId }),
      ...(name !== null && name !== '' && { name }),
      locale,
      zone,
      attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null)),
    },
  }
}

function valueOf(
  name: string,
  schema: VariableSchema,
  given: Readonly<Record<string, unknown>>,
  attributes: TemplatePerson['attributes'],
): unknown {
  if (Object.hasOwn(given, name)) return given[name]
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined
  return attribute !== undefined && isFit(schema, attribute) ? attribute : schema.default
}

/** Puts a value where its path says, unless the sender gave one; what is on the way is copied, for it is shared. */
function put(
  scope: Record<string, unknown>,
  path: string,
  value: unknown,
  given: Readonly<Record<string, unknown>>,
): void {
  const [root = '', ...rest] = path.split('.')
  if (Object.hasOwn(given, root)) return
  const last = rest.pop()
  if (last === undefined) {
    scope[root] = value
    return
  }
  let place = (scope[root] = copyOf(scope[root]))
  for (const step of rest) place = place[step] = copyOf(place[step])
  place[last] = value
}

function copyOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function variablesOf({ template, layout, partials }: TemplateFamily): VariableSchemas {
  const inner = [...partials.values()].map(({ variables }) => variables)
  return Object.assign({}, ...inner, layout?.variables ?? {}, template.variables) as VariableSchemas
}

function newEngine(templates: Readonly<Record<string, string>>): Liquid {
  const engine = new Liquid({
    ...bounds,
    strictFilters: true,
    strictVariables: true,
    // `default` and `if` may ask for what is not there.
    lenientIf: true,
    ownPropertyOnly: true,
    relativeReference: false,
    templates: { ...templates },
  })
  for (const tag of withoutTags) delete engine.tags[tag]
  for (const filter of withoutFilters) engine.unregisterFilter(filter)
  for (const [name, filter] of Object.entries(personalFilters))
    engine.registerFilter(name, function (value: unknown, ...given: unknown[]) {
      // Left out by the policy.
      if (value === undefined || value === null) return ''
      const { recipient } = this.context.globals as { readonly recipient: Reader }
      return filter({ zone: recipient.zone, locale: usableLocale(recipient.locale) }, value, ...given)
    })
  return engine
}

function parse(engine: Liquid, source: string, field: string): Parsed[] {
  try {
    return engine.parse(source)
  } catch (error) {
    const { message = 'it cannot be read' } = error instanceof Error ? error : {}
    const filters = message.startsWith('undefined filter')
      ? `; known filters are ${Object.keys(engine.filters).toSorted().join(', ')}`
      : ''
    throw invalid(field, `${message}${filters}`, error)
  }
}

/** Every text of a template with the name of its place. */
function sourcesOf({ texts }: Pick<Template, 'texts'>): readonly (readonly [string, string])[] {
  const named = (place: string, parts: { readonly [Part in keyof TemplateParts]?: string | undefined }) =>
    partNames.flatMap((part) => {
      const source = parts[part]
      return source === undefined ? [] : [[`${place}.${part}`, source] as const]
    })
  return Object.entries(texts).flatMap(([locale, { channels = {}, ...parts }]) => [
    ...named(`texts.${locale}`, parts),
    ...Object.entries(channels).flatMap(([channel, own]) =>
      named(`texts.${locale}.channels.${channel}`, own),
    ),
  ])
}

/** `order[key].total` is known as far as `order`. */
function untilDynamic(segments: readonly unknown[]): readonly string[] {
  const dynamic = segments.findIndex((segment) => typeof segment === 'object')
  return segments.slice(0, dynamic === -1 ? undefined : dynamic).map(String)
}

function isKnown(path: readonly string[], variables: VariableSchemas, fields: readonly string[]): boolean {
  const [root = '', member, ...rest] = path
  if (root === 'name' || root === 'content')
    return member === undefined || (member === 'size' && rest.length === 0)
  if (root === 'recipient') {
    if (member === undefined || member === 'attributes') return rest.length <= 2
    return peoplesMembers.includes(member) && rest.length === 0
  }
  const dotted = path.join('.')
  if (
    fields.some(
      (field) => field === dotted || field.startsWith(`${dotted}.`) || dotted.startsWith(`${field}.`),
    )
  )
    return true
  return Object.hasOwn(variables, root) && hasMember(variables[root], path.slice(1))
}

function hasMember(schema: VariableSchema | undefined, path: readonly string[]): boolean {
  const [member, ...rest] = path
  if (schema === undefined || member === undefined) return true
  switch (schema.type) {
    case 'array':
      if (member === 'size') return rest.length === 0
      return (
        (/^-?\d+$/.test(member) || member === 'first' || member === 'last') && hasMember(schema.items, rest)
      )
    case 'object':
      if (schema.properties === undefined) return true
      return Object.hasOwn(schema.properties, member) && hasMember(schema.properties[member], rest)
    case 'string':
      return member === 'size' && rest.length === 0
    case 'number':
    case 'integer':
    case 'boolean':
      return false
  }
}

function knownOf(variables: VariableSchemas, fields: readonly string[]): string {
  const own = [...Object.keys(variables), ...fields]
  return ['name', ...peoplesMembers.map((member) => `recipient.${member}`), ...own].join(', ')
}

function invalid(field: string, problem: string, cause?: unknown): InviteMeError {
  return new InviteMeError('TEMPLATE_INVALID', `The template was refused: "${field}" is wrong: ${problem}.`, {
    field,
    cause,
  })
}
