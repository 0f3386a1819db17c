import { existsSync, readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { channelCatalogue, type CatalogueOption } from '@invite-me/channels/catalog'
import type { InviteMeOptions } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { describeLocation, readLocation, type WorkspaceLocation } from '@invite-me/core/workspace'
import { z } from 'zod'
import type { Environment } from './environment.ts'
import { mailboxOptions } from './inbound-settings.ts'
import { serverSettings } from './server-settings.ts'

const writtenOptions = z.record(z.string(), z.unknown())

/** What a config file may say; everything is optional. */
const configSchema = z.strictObject({
  db: z.string().min(1).optional(),
  store: z.string().min(1).optional(),
  from: z.string().min(1).optional(),
  locale: z.string().min(1).optional(),
  zone: z.string().min(1).optional(),
  portal: z.strictObject({ url: z.url() }).optional(),
  channels: z.record(z.string(), writtenOptions.nullable()).optional(),
  inbound: z.strictObject({ email: z.strictObject({ imap: writtenOptions }).optional() }).optional(),
  categories: z.record(z.string(), writtenOptions).optional(),
  server: writtenOptions.optional(),
})

type Config = z.infer<typeof configSchema>

/** Options of one channel as its owner wrote them. May hold secrets: never print it. */
export type ChannelOptions = Readonly<Record<string, unknown>>

/** How the command line is set up: flags before environment before config file before defaults. */
export interface Settings {
  /** Absolute path of the config file that was read. */
  readonly configFile: string | undefined
  /** Where everything is kept. May hold a password: never print it. */
  readonly store: WorkspaceLocation
  /** The same in words that may be printed: the absolute path of the file, or the place on Postgres. */
  readonly db: string
  /** Name of who asks. */
  readonly from: string | undefined
  readonly locale: string | undefined
  readonly zone: string | undefined
  readonly portalUrl: string | undefined
  /** Categories of messages, as their owner described them; the engine checks them. */
  readonly categories: InviteMeOptions['categories']
  /** Options of the channels that were set up, by name. */
  readonly channels: ReadonlyMap<string, ChannelOptions>
  /** The mailbox replies are fetched from, as its owner wrote it. May hold secrets: never print it. */
  readonly mailbox: ChannelOptions | undefined
  /** How `serve` and `worker` are set up, as its owner wrote it. May hold secrets: never print it. */
  readonly server: ChannelOptions | undefined
  /** `INVITE_ME_*` variables that mean nothing; probably misspelt. */
  readonly unknownVariables: readonly string[]
}

/** Flags that stand before environment and config file. */
export interface SettingsFlags {
  readonly db?: string
  readonly store?: string
  readonly config?: string
}

const configFileNames = ['invite-me.config.yaml', 'invite-me.config.yml', 'invite-me.config.json']

/** Variables that belong to no channel. */
export const ownVariables: readonly string[] = [
  ...['CONFIG', 'DB', 'STORE', 'DEBUG', 'FROM', 'LOCALE', 'ZONE', 'PORTAL_URL'].map(
    (name) => `INVITE_ME_${name}`,
  ),
  ...mailboxOptions.map(({ env }) => env),
  ...serverSettings.map(({ env }) => env),
]

/**
 * Finds out how the command line is set up.
 *
 * @param directory absolute; relative file names are meant from here
 * @throws InviteMeError `OPTIONS_INVALID` naming the file and the field when the config file is missing though named,
 *   unreadable or wrong
 */
export async function loadSettings(
  flags: SettingsFlags,
  environment: Environment,
  directory: string,
): Promise<Settings> {
  const configFile = findConfigFile(flags.config ?? environment['INVITE_ME_CONFIG'], directory)
  const config = configFile === undefined ? {} : await readConfig(configFile)
  const store = readLocation(addressOf(flags, environment, config), directory)
  return {
    configFile,
    store,
    db: describeLocation(store),
    from: environment['INVITE_ME_FROM'] ?? config.from,
    locale: environment['INVITE_ME_LOCALE'] ?? config.locale,
    zone: environment['INVITE_ME_ZONE'] ?? config.zone,
    portalUrl: environment['INVITE_ME_PORTAL_URL'] ?? config.portal?.url,
    categories: config.categories as InviteMeOptions['categories'],
    channels: mergeChannels(config.channels ?? {}, environment),
    mailbox: mergeOptions(config.inbound?.email?.imap, mailboxOptions, environment),
    server: mergeOptions(config.server, serverSettings, environment),
    unknownVariables: findUnknownVariables(environment),
  }
}

/** At each level the address goes before the file: whoever sets one has outgrown the other. */
function addressOf(flags: SettingsFlags, environment: Environment, config: Config): string {
  if (flags.store !== undefined && flags.db !== undefined)
    throw new InviteMeError('OPTIONS_INVALID', 'There is one database: give --store or --db, not both.', {
      field: '--store',
    })
  const fromEnvironment = [environment['INVITE_ME_STORE'], environment['INVITE_ME_DB']]
  const given = [flags.store, flags.db, ...fromEnvironment, config.store, config.db]
  return given.find((address) => address !== undefined && address !== '') ?? 'invite-me.db'
}

function findConfigFile(named: string | undefined, directory: string): string | undefined {
  if (named !== undefined && named !== '') return resolve(directory, named)
  return configFileNames.map((name) => resolve(directory, name)).find((file) => existsSync(file))
}

async function readConfig(file: string): Promise<Config> {
  const parsed = configSchema.safeParse((await parseFile(file)) ?? {})
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  const place = field === '' ? '' : `"${field}": `
  throw new InviteMeError(
    'OPTIONS_INVALID',
    `The config file ${file} is wrong: ${place}${issue?.message ?? ''}.`,
    {
      ...(field === '' ? {} : { field }),
      cause: parsed.error,
    },
  )
}

/** A parser's own message may quote a line that holds a secret; so it is not passed on. */
async function parseFile(file: string): Promise<unknown> {
  const text = readConfigText(file)
  if (extname(file) === '.json') {
    try {
      return JSON.parse(text)
    } catch {
      throw new InviteMeError('OPTIONS_INVALID', `The config file ${file} is not valid JSON.`)
    }
  }
  const { readYaml } = await import('./read-yaml.ts')
  return readYaml(file, text)
}

function readConfigText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InviteMeError('OPTIONS_INVALID', `The config file ${file} cannot be read.`, {
      field: '--config',
      cause,
    })
  }
}

function mergeChannels(
  fromFile: NonNullable<Config['channels']>,
  environment: Environment,
): ReadonlyMap<string, ChannelOptions> {
  const channels = new Map<string, ChannelOptions>(
    Object.entries(fromFile).map(([name, options]) => [name, options ?? {}]),
  )
  for (const { name, options } of channelCatalogue) {
    const merged = mergeOptions(channels.get(name), options, environment)
    if (merged !== undefined) channels.set(name, merged)
  }
  return channels
}

/** Lays what the environment sets over what the file says; `undefined` when neither says anything. */
function mergeOptions(
  fromFile: ChannelOptions | undefined,
  options: readonly CatalogueOption[],
  environment: Environment,
): ChannelOptions | undefined {
  let merged: Record<string, unknown> | undefined =
    fromFile === undefined ? undefined : structuredClone(fromFile)
  for (const option of options) {
    const text = environment[option.env]
    if (text === undefined || text === '') continue
    merged ??= {}
    setDeep(merged, option.name.split('.'), typedValue(text, option))
  }
  return merged
}

function setDeep(
  target: Record<string, unknown>,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    target[first] = value
    return
  }
  const inner = target[first]
  const next = isRecord(inner) ? inner : {}
  target[first] = next
  setDeep(next, rest, value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Turns the text of a variable into the type its option has; what does not fit stays text, and the channel refuses it. */
function typedValue(text: string, { type }: CatalogueOption): unknown {
  if (type === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (type === 'boolean' && ['true', '1', 'yes'].includes(text.toLowerCase())) return true
  if (type === 'boolean' && ['false', '0', 'no'].includes(text.toLowerCase())) return false
  const parts = text.split(',').map((part) => part.trim())
  if (type === 'string[]') return parts
  if (type === 'number[]' && parts.every((part) => part !== '' && Number.isFinite(Number(part))))
    return parts.map(Number)
  return text
}

function findUnknownVariables(environment: Environment): readonly string[] {
  const known = new Set([
    ...ownVariables,
    ...channelCatalogue.flatMap(({ options }) => options.map((option) => option.env)),
  ])
  return Object.keys(environment).filter((name) => name.startsWith('INVITE_ME_') && !known.has(name))
}
