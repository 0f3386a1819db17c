import { checkChannel } from '../check-channel.ts'
import { reportChecks } from '../checks.ts'
import { channelNames, configuredChannels } from '../configured-channels.ts'
import type { ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'

/**
 * Checks credentials and connections of channels without sending.
 * @param names which; default every channel that is set up
 */
export async function checkChannels(session: Session, names: readonly string[]): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const wanted = names.length > 0 ? names : channelNames(settings)
  const configured = await configuredChannels(wanted, settings, session)
  return reportChecks(session, await Promise.all(configured.map(checkChannel)))
}
