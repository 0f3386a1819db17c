import { nameAddressee, resolveAddressees } from '../addressees.ts'
import { channelNames, requireChannels } from '../configured-channels.ts'
import { withInviteMe } from '../engine.ts'
import type { ExitCode } from '../exit-code.ts'
import { handOver } from '../hand-over.ts'
import { contentOf, sendOptionsOf, type MessageFlags } from '../message-options.ts'
import { reportHandOver } from '../report-message.ts'
import { settingsOf, type Session } from '../session.ts'

/** The flags of `send`, as the command line parses them. */
export interface SendFlags extends MessageFlags {
  readonly text?: string
}

/** Sends a notice that wants no answer. */
export async function send(session: Session, flags: SendFlags): Promise<ExitCode> {
  const content = contentOf(flags.text, flags, '--text')
  const options = sendOptionsOf(flags)
  const settings = await settingsOf(session)
  const channels = await requireChannels(channelNames(settings, flags.via), settings, session)
  return withInviteMe(session, { settings, channels, dispatch: true }, async (inviteMe) => {
    const { to, imports } = await resolveAddressees(session, inviteMe, settings, { ...flags, channels })
    const { messageId, deliveryIds } = await inviteMe.send(to, content, options).catch((error: unknown) => {
      throw nameAddressee(error, to)
    })
    const handedOver = await handOver(session, inviteMe, { messageId, patienceMs: flags.patience })
    return reportHandOver(session, { messageId, deliveryIds }, { handedOver, imports, isQuestion: false })
  })
}
