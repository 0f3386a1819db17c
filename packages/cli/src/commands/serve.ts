import type { RunningServer, ServerConfigInput } from '@invite-me/server/node'
import { listenForAnswers, type AnswerListeners } from '../answer-listeners.ts'
import type { Settings } from '../config.ts'
import { channelNames, requireChannels } from '../configured-channels.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { explainSetting } from '../server-settings.ts'
import { settingsOf, type Session } from '../session.ts'
import { stopOf } from '../stop-of.ts'

/** The flags of `serve`, as the command line parses them. */
export interface ServeFlags {
  readonly role?: readonly string[]
  readonly host?: string
  readonly port?: number
  /** False: no first owner key is made. */
  readonly bootstrapKey?: boolean
  readonly via?: readonly string[]
  readonly poll?: readonly string[]
  readonly listenMail?: number
  /** Told in the description of the HTTP interface. */
  readonly version: string
}

/** Serves the HTTP interface, sends and does the chores, or a part of that, until it is stopped. */
export async function serve(session: Session, flags: ServeFlags): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const channels = await requireChannels(channelNames(settings, flags.via), settings, session)
  const listeners = await listenForAnswers(session, { settings, channels, flags: { ...flags, wait: true } })
  try {
    const server = await start(session, { settings, channels, flags })
    try {
      await greet(session, server, listeners)
      await stopOf(session.host.stop)
      // Before the engine stops, so that nobody's answer meets one that takes nothing any more.
      await listeners.close()
    } finally {
      await server.stop()
    }
    return exitCodes.done
  } finally {
    await listeners.close()
  }
}

interface Starting {
  readonly settings: Settings
  readonly channels: Awaited<ReturnType<typeof requireChannels>>
  readonly flags: ServeFlags
}

async function start({ host }: Session, { settings, channels, flags }: Starting): Promise<RunningServer> {
  const [{ startServer, createLogger, readServerConfig, webhookSender }, { storeAt }] = await Promise.all([
    import('@invite-me/server/node'),
    import('@invite-me/core/workspace'),
  ])
  try {
    const config = configOf(settings, flags)
    const { logLevel, privateWebhooks } = readServerConfig(config)
    const log = createLogger({
      level: logLevel,
      destination: { write: (line) => void host.stdout.write(line) },
    })
    if (settings.unknownVariables.length > 0)
      log.warn('Nothing is set by some variables; check their spelling', {
        variables: settings.unknownVariables,
      })
    if (channels.length === 0)
      log.warn(
        'No channel is set up, so nobody can be reached; invite-me channels list tells what each needs',
      )
    const { categories, from, locale, zone, portalUrl } = settings
    return await startServer({
      config,
      store: storeAt(settings.store),
      channels,
      log,
      webhooks: webhookSender({ allowPrivate: privateWebhooks }),
      version: flags.version,
      engine: {
        ...(portalUrl !== undefined && { portal: { url: portalUrl } }),
        ...(from !== undefined && { from: { name: from } }),
        ...(locale !== undefined && { locale }),
        ...(zone !== undefined && { zone }),
        ...(categories !== undefined && { categories }),
      },
    })
  } catch (error) {
    throw explainSetting(error)
  }
}

/** Flags before what environment and config file say. What does not fit is refused by the server, by name. */
function configOf({ server }: Settings, { role, host, port, bootstrapKey }: ServeFlags): ServerConfigInput {
  return {
    ...server,
    ...(role !== undefined && { roles: role }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(bootstrapKey === false && { bootstrap: false }),
  } as ServerConfigInput
}

/** Standard output is for lines of JSON; so what is for a person goes beside it. */
async function greet({ output }: Session, server: RunningServer, listeners: AnswerListeners): Promise<void> {
  const ways = await listeners.open(server.inviteMe)
  const { url = null, firstKey = null } = server
  if (output.isJson)
    output.result({ type: 'ready', url, firstKey, mailPort: ways.mailPort, poll: ways.poll }, () => '')
  output.remark(url === null ? 'At work; Ctrl-C ends it.' : `Listening on ${url}; Ctrl-C ends it.`)
  if (firstKey !== null)
    output.remark(`The first key, an owner's. It is shown this once, so keep it safe:\n\n  ${firstKey}\n`)
}
