import { importPeople } from '../addressees.ts'
import { channelNames, configuredChannels } from '../configured-channels.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { reportProblems } from '../report-message.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `recipients import`, as the command line parses them. */
export interface ImportFlags {
  readonly encoding?: string
}

/** Stores the people of a CSV file. */
export async function importRecipients(
  session: Session,
  file: string,
  flags: ImportFlags,
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  // Channels that are set up bring addresses into their one spelling; a channel that is not must not stop an import.
  const configured = await configuredChannels(channelNames(settings), settings, session)
  const channels = configured.flatMap((entry) => ('channel' in entry ? [entry.channel] : []))
  return withInviteMe(session, { settings, channels }, async (inviteMe) => {
    const people = await importPeople(session, inviteMe, settings, { file, encoding: flags.encoding })
    const refused = reportProblems(session, [people])
    const { imported, repeated } = people
    session.output.result({ type: 'report', file: people.file, imported, repeated, refused }, () => {
      const again = repeated === 0 ? '' : `, ${repeated} named twice (the later line won)`
      return `${imported} stored${again}, ${refused} refused`
    })
    return refused === 0 ? exitCodes.done : exitCodes.partly
  })
}
