import { z } from 'zod'

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What placeholders stand for, by name; what is not there is left out. */
export type TemplateValues = ReadonlyMap<string, Json>

/** Part of a template, and where in it. */
export interface PlacedText {
  readonly text: string
  readonly path: readonly (string | number)[]
  /** The name of a member; placeholders are not filled there. */
  readonly isKey: boolean
  /** Inside a repeated part, where `action.…` has a meaning. */
  readonly isRepeated: boolean
}

/** A template: any JSON; its strings may hold placeholders. */
export const templateSchema: z.ZodType<Json> = z.json()

/** The one member of an object that is written once for each action, as a list. */
const repeatKey = '{{#actions}}'
/** The one member of an object that becomes a text: its value as JSON, for systems that want JSON inside of JSON. */
const jsonKey = '{{#json}}'
const placeholder = /\{\{([A-Za-z][A-Za-z.]*)\}\}/g

/** Names of the placeholders in a text, in order. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name)
}

/** True when something in it was meant to be a placeholder and is none: `{{ to }}`, `{{to}`, `{{2}}`. */
export function hasBrokenPlaceholder(text: string): boolean {
  return text.includes('{{{') || text.replace(placeholder, '').includes('{{')
}

/** Every text of a template: strings, and the names of members. */
export function textsOf(
  template: Json,
  path: readonly (string | number)[] = [],
  isRepeated = false,
): readonly PlacedText[] {
  if (typeof template === 'string') return [{ text: template, path, isKey: false, isRepeated }]
  if (isList(template)) return template.flatMap((item, index) => textsOf(item, [...path, index], isRepeated))
  if (typeof template !== 'object' || template === null) return []
  const block = blockOf(template)
  if (block !== undefined)
    return textsOf(block.part, [...path, block.key], isRepeated || block.key === repeatKey)
  return Object.entries(template).flatMap(([key, value]) => [
    { text: key, path: [...path, key], isKey: true, isRepeated },
    ...textsOf(value, [...path, key], isRepeated),
  ])
}

/**
 * Fills a template in one pass: what a person wrote is a value and never looked at for placeholders.
 *
 * A text that is nothing but a placeholder becomes its value, with its type; where there is none, the member or item is
 * left out. In any other text placeholders become text, or nothing. `{ "{{#actions}}": … }` becomes a list with the part
 * once for each action, `{ "{{#json}}": … }` the text of that JSON.
 *
 * @returns `undefined` when the template as a whole is a placeholder without a value
 */
export function fillTemplate(template: Json, values: TemplateValues): Json | undefined {
  if (typeof template === 'string') return fillWhole(template, values)
  if (isList(template)) return fillAll(template, (item) => fillTemplate(item, values))
  if (typeof template !== 'object' || template === null) return template
  const block = blockOf(template)
  if (block !== undefined) return fillBlock(block, values)
  const members = Object.entries(template).flatMap(([key, value]): readonly [string, Json][] => {
    const filled = fillTemplate(value, values)
    return filled === undefined ? [] : [[key, filled]]
  })
  return Object.fromEntries(members)
}

/** Fills a text; each value is passed through `write`, which may escape it. */
export function fillText(
  text: string,
  values: TemplateValues,
  write: (value: string) => string = (value) => value,
): string {
  return text.replace(placeholder, (_all, name: string) => write(asText(values.get(name))))
}

function fillWhole(text: string, values: TemplateValues): Json | undefined {
  const [name, ...others] = placeholdersIn(text)
  return name !== undefined && others.length === 0 && text === `{{${name}}}`
    ? values.get(name)
    : fillText(text, values)
}

function fillBlock({ key, part }: Block, values: TemplateValues): Json {
  if (key === jsonKey) return JSON.stringify(fillTemplate(part, values) ?? null)
  const actions = values.get('actions') ?? []
  return fillAll(isList(actions) ? actions : [], (action) => {
    const own = Object.entries(action ?? {}).map(([name, value]) => [`action.${name}`, value] as const)
    return fillTemplate(part, new Map([...values, ...own]))
  })
}

function fillAll(items: readonly Json[], fill: (item: Json) => Json | undefined): readonly Json[] {
  return items.map(fill).filter((item) => item !== undefined)
}

interface Block {
  readonly key: typeof repeatKey | typeof jsonKey
  readonly part: Json
}

function blockOf(template: { readonly [key: string]: Json }): Block | undefined {
  const [[key, part] = [], ...others] = Object.entries(template)
  if (part === undefined || others.length > 0) return undefined
  return key === repeatKey || key === jsonKey ? { key, part } : undefined
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function asText(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
