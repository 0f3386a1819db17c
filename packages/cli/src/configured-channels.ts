import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { channelCatalogue } from '@invite-me/channels/catalog'
import { InviteMeError, isInviteMeError, type Channel } from '@invite-me/core/channel'
import { phoneChannelAmong } from '@invite-me/server/people'
import type { ChannelOptions, Settings } from './config.ts'
import type { Host } from './host.ts'
import type { Output } from './output.ts'
import type { Session } from './session.ts'
import type { TextSink } from './text-sink.ts'

/** A channel that was set up, or why it cannot be used. */
export type ConfiguredChannel =
  | { readonly name: string; readonly channel: Channel }
  | { readonly name: string; readonly error: InviteMeError }

/**
 * Names the channels to work with: those set up, then those of `via` that need no settings.
 *
 * A channel without settings, such as `log`, is used only when it is asked for by name; otherwise it would take every
 * message whose other routes failed.
 */
export function channelNames(settings: Settings, via: readonly string[] = []): readonly string[] {
  return [...new Set([...settings.channels.keys(), ...via])]
}

/** Every channel this installation knows by name, set up or not. */
export function knownChannelNames(settings: Settings): readonly string[] {
  return [...new Set([...channelCatalogue.map(({ name }) => name), ...settings.channels.keys()])]
}

/** The channel that takes the addresses of a column `phone`: the first SMS channel set up, else the first known by its name. */
export function phoneChannel(settings: Settings): string {
  return phoneChannelAmong([...settings.channels.keys()], knownChannelNames(settings))
}

/**
 * Makes channels from their settings; opens no connection.
 *
 * A name the catalogue does not have is looked for in the package `invite-me-channel-<name>`, installed beside the project.
 *
 * @returns one entry a name, in order; a channel that cannot be made does not keep the others from being made
 */
export async function configuredChannels(
  names: readonly string[],
  settings: Settings,
  session: Session,
): Promise<readonly ConfiguredChannel[]> {
  return Promise.all(
    names.map(async (name) => {
      try {
        return { name, channel: await createChannel(name, settings.channels.get(name) ?? {}, session) }
      } catch (error) {
        return { name, error: explain(name, error) }
      }
    }),
  )
}

/**
 * Makes channels as {@link configuredChannels} does, or none.
 *
 * @throws InviteMeError the first trouble met
 */
export async function requireChannels(
  names: readonly string[],
  settings: Settings,
  session: Session,
): Promise<readonly Channel[]> {
  const made = await configuredChannels(names, settings, session)
  return made.map((entry) => {
    if ('error' in entry) throw entry.error
    return entry.channel
  })
}

async function createChannel(
  name: string,
  options: ChannelOptions,
  { host, output }: Session,
): Promise<Channel> {
  const entry = channelCatalogue.find((candidate) => candidate.name === name)
  if (entry === undefined) return (await findOutsider(name, host.directory))(options)
  return entry.create(name === 'log' ? { output: besideResults(host, output), ...options } : options)
}

/** The log channel prints to stdout, which is kept for results here. */
function besideResults({ stderr }: Host, output: Output): TextSink {
  return {
    write(text, done) {
      output.progress(undefined)
      return stderr.write(text, done)
    },
  }
}

type OutsideFactory = (options: unknown) => Channel

async function findOutsider(name: string, directory: string): Promise<OutsideFactory> {
  const packageName = `invite-me-channel-${name}`
  const known = channelCatalogue.map((entry) => entry.name).join(', ')
  let file: string
  try {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new TypeError('not a channel name')
    file = createRequire(join(directory, 'package.json')).resolve(packageName)
  } catch (cause) {
    throw new InviteMeError(
      'CHANNEL_UNKNOWN',
      `There is no channel "${name}"; there are ${known}. Others are installed as a package, here ${packageName}.`,
      { field: 'via', cause },
    )
  }
  const loaded: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href)
  const factory = Object.values(loaded).find((value) => isFactoryOf(name, value))
  if (factory !== undefined && isFactory(factory)) return factory
  throw new InviteMeError(
    'CHANNEL_UNKNOWN',
    `The package ${packageName} exports no channel named "${name}"; make it with defineChannel.`,
    { field: 'via' },
  )
}

function isFactory(value: unknown): value is OutsideFactory {
  return typeof value === 'function'
}

function isFactoryOf(name: string, value: unknown): boolean {
  if (typeof value !== 'function' || !('definition' in value)) return false
  const { definition } = value
  return (
    typeof definition === 'object' && definition !== null && 'name' in definition && definition.name === name
  )
}

function explain(name: string, error: unknown): InviteMeError {
  if (!isInviteMeError(error)) {
    return new InviteMeError('INTERNAL', `Channel "${name}" could not be made.`, { cause: error })
  }
  return explainOption(name, error)
}

/** Says where the option a channel, or what shares its options, refuses is set; other errors are passed on. */
export function explainOption(name: string, error: InviteMeError): InviteMeError {
  if (error.code !== 'OPTIONS_INVALID') return error
  const option = channelCatalogue
    .find((entry) => entry.name === name)
    ?.options.find((candidate) => candidate.name === error.field)
  const variable = option === undefined ? '' : ` or ${option.env}`
  return new InviteMeError(
    'OPTIONS_INVALID',
    `${error.message} Set channels.${name}.${error.field ?? ''} in invite-me.config.yaml${variable}.`,
    { field: `channels.${name}.${error.field ?? ''}`, cause: error },
  )
}
