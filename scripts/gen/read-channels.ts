import { globSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ChannelFactory, ChannelSupports } from '@invite-me/core/channel'
import { z } from 'zod'

/** One option of a channel, as a person or a deployment sets it. */
export interface DescribedOption {
  /** Path inside the options, `auth.user`. */
  readonly name: string
  /** Environment variable, `INVITE_ME_EMAIL_AUTH_USER`. */
  readonly env: string
  readonly type: string
  readonly isRequired: boolean
  readonly isSecret: boolean
  readonly description?: string
  readonly defaultValue?: unknown
}

export interface DescribedChannel {
  readonly name: string
  /** Name of the exported factory. */
  readonly factory: string
  readonly supports: ChannelSupports
  readonly options: readonly DescribedOption[]
}

/** What `z.toJSONSchema` gives for one option; anything else it says is of no use here. */
const propertySchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
  items: z.looseObject({ type: z.string().optional() }).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
})
type Property = z.infer<typeof propertySchema>

/**
 * Loads every channel file and describes what it defines. A file without a channel (a listener, a parser) is left out.
 *
 * @param folder absolute path of the channels' sources
 * @throws when a channel's name is not the name of its file: the file's name is its import path
 */
export async function readChannels(folder: string): Promise<readonly DescribedChannel[]> {
  const found = await Promise.all(importPaths(folder).map((name) => readChannelFile(folder, `${name}.ts`)))
  return found.flat()
}

/** The files that get an import path of their own: channels, and the listeners and parsers beside them. */
export function importPaths(folder: string): readonly string[] {
  return globSync('*.ts', { cwd: folder })
    .filter((file) => !/\.(test|test-d|gen)\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .toSorted()
}

async function readChannelFile(folder: string, file: string): Promise<readonly DescribedChannel[]> {
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(folder, file)).href)
  return Object.entries(module).flatMap(([factory, exported]) => {
    if (!isChannelFactory(exported)) return []
    const { name, supports, options } = exported.definition
    if (`${name}.ts` !== file)
      throw new Error(`The channel "${name}" stands in ${file}; call the file ${name}.ts.`)
    const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' })
    return [{ name, factory, supports, options: describeOptions(name, propertySchema.parse(schema)) }]
  })
}

function isChannelFactory(exported: unknown): exported is ChannelFactory<z.ZodType> {
  return typeof exported === 'function' && 'definition' in exported
}

interface Nesting {
  readonly path: readonly string[]
  /** False inside an optional object: what it requires is required only with it. */
  readonly isRequired: boolean
}

/** Flattens nested options to paths. What the environment cannot hold, such as a function, is left out. */
function describeOptions(
  channel: string,
  schema: Property,
  above: Nesting = { path: [], isRequired: true },
): readonly DescribedOption[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const property = propertySchema.parse(value)
    const inside = [...above.path, key]
    const isRequired = above.isRequired && (schema.required?.includes(key) ?? false)
    if (property.properties) return describeOptions(channel, property, { path: inside, isRequired })
    const type = typeName(property)
    if (type === undefined) return []
    return {
      name: inside.join('.'),
      env: ['INVITE_ME', channel, ...inside].map(toEnvironmentCase).join('_'),
      type,
      isRequired,
      isSecret: holdsSecret(value),
      ...(property.description === undefined ? {} : { description: property.description }),
      ...(property.default === undefined ? {} : { defaultValue: property.default }),
    }
  })
}

/** Names the type as the environment can hold it; undefined when it cannot. */
function typeName({ type, enum: values, anyOf, items }: Property): string | undefined {
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (type === 'array')
    return scalarName(items?.type) === undefined ? undefined : `${scalarName(items?.type)}[]`
  const types = type === undefined ? (anyOf ?? []).map((one) => one.type) : [type]
  // Of "a URL, or its parts" only the URL fits into a variable.
  const scalars = types.map(scalarName).filter((one) => one !== undefined)
  return scalars.length > 0 ? [...new Set(scalars)].join(' | ') : undefined
}

function scalarName(type: string | undefined): string | undefined {
  if (type === 'integer') return 'number'
  return type === 'string' || type === 'number' || type === 'boolean' ? type : undefined
}

/** A secret anywhere inside makes the whole option secret: a URL may hold the password its parts would. */
function holdsSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  if ('secret' in schema && schema.secret === true) return true
  return Object.values(schema).some(holdsSecret)
}

/** `maxConnections` and `max-connections` become `MAX_CONNECTIONS`. */
function toEnvironmentCase(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()
}
