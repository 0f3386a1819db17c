import type { Duration } from '@invite-me/core'
import { requireChannels } from '../configured-channels.ts'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `recipients connect`, as the command line parses them. */
export interface ConnectFlags {
  /** Milliseconds. */
  readonly expires: Duration
}

/** Prints the address a person opens to connect a medium, so that nobody types chat ids. */
export async function connectRecipient(
  session: Session,
  { externalId, channel }: { readonly externalId: string; readonly channel: string },
  { expires }: ConnectFlags,
): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const channels = await requireChannels([channel], settings, session)
  const { output } = session
  return withInviteMe(session, { settings, channels }, async (inviteMe) => {
    const { url, expiresAt } = await inviteMe.recipients.connectAddress(externalId, channel, {
      expiresIn: expires,
    })
    output.result({ externalId, channel, url, expiresAt }, () => url)
    output.remark(`It works once, for them alone, until ${describeTime(expiresAt, settings.zone)}.`)
    return exitCodes.done
  })
}
