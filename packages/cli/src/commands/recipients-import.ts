import type { InviteMe } from '@invite-me/core'
import { InviteMeError, isInviteMeError, type Directory } from '@invite-me/core/channel'
import { importPeople } from '../addressees.ts'
import type { Settings } from '../config.ts'
import { channelNames, configuredChannels, explainOption } from '../configured-channels.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainText } from '../plain-text.ts'
import { reportProblems } from '../report-message.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `recipients import`, as the command line parses them. */
export interface ImportFlags {
  readonly encoding?: string
  /** A directory that knows people, instead of a file. */
  readonly from?: 'slack'
}

/** Stores the people of a CSV file, or of a directory. */
export async function importRecipients(
  session: Session,
  file: string | undefined,
  { encoding, from }: ImportFlags,
): Promise<ExitCode> {
  if ((file === undefined) === (from === undefined)) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      'Name a list of people, or a directory: a file, or --from slack.',
      {
        field: 'file',
      },
    )
  }
  const settings = await settingsOf(session)
  const directory = from === undefined ? undefined : await openDirectory(settings)
  // Channels that are set up bring addresses into their one spelling; a channel that is not must not stop an import.
  const configured = await configuredChannels(channelNames(settings), settings, session)
  const channels = configured.flatMap((entry) => ('channel' in entry ? [entry.channel] : []))
  return withInviteMe(session, { settings, channels }, async (inviteMe) => {
    if (directory !== undefined) return importMembers(session, inviteMe, directory)
    const people = await importPeople(session, inviteMe, settings, { file: file ?? '-', encoding, channels })
    const refused = reportProblems(session, [people])
    const { imported, repeated } = people
    const warnings = people.warnings.length
    session.output.result(
      { type: 'report', file: people.file, imported, repeated, refused, warnings },
      () => {
        const again = repeated === 0 ? '' : `, ${repeated} named twice (the later line won)`
        const strange = warnings === 0 ? '' : `, ${warnings} to look at`
        return `${imported} stored${again}, ${refused} refused${strange}`
      },
    )
    return refused === 0 ? exitCodes.done : exitCodes.partly
  })
}

/** The members of the Slack workspace whose bot is set up. */
async function openDirectory({ channels }: Settings): Promise<Directory> {
  const { slackDirectory } = await import('@invite-me/channels/slack-directory')
  const { botToken, apiUrl } = channels.get('slack') ?? {}
  try {
    return slackDirectory({
      // Nothing set is refused as an empty token is: by name.
      botToken: typeof botToken === 'string' ? botToken : '',
      ...(typeof apiUrl === 'string' ? { apiUrl } : {}),
    })
  } catch (error) {
    throw isInviteMeError(error) ? explainOption('slack', error) : error
  }
}

async function importMembers(
  { host, output }: Session,
  inviteMe: InviteMe,
  directory: Directory,
): Promise<ExitCode> {
  const from = directory.name
  const report = await inviteMe.recipients.importFrom(directory, { signal: host.stop })
  for (const { line, field, message } of report.problems) {
    output.result(
      { type: 'problem', from, line, field: field ?? null, message },
      () => `${output.paint.red('!')} ${from} member ${line}: ${plainText(message)}`,
    )
  }
  const { imported, repeated } = report
  const refused = report.problems.length
  output.result({ type: 'report', from, imported, repeated, refused, warnings: 0 }, () => {
    return `${imported} stored, ${refused} refused`
  })
  return refused === 0 ? exitCodes.done : exitCodes.partly
}
