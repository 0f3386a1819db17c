import type { Recipient } from '@invite-me/core'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { listRows } from '../pages.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** The flags of `recipients list`, as the command line parses them. */
export interface ListFlags {
  /** Default 100, with `--json` all. */
  readonly limit?: number
}

/** Lists the people that are known, in the order they came. */
export async function listRecipients(session: Session, flags: ListFlags): Promise<ExitCode> {
  const settings = await settingsOf(session)
  const { output } = session
  const limit = flags.limit ?? (output.isJson ? undefined : 100)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const wanted = limit === undefined ? undefined : limit + 1
    const found = await listRows<Recipient>((page) => inviteMe.recipients.list(page), wanted)
    const recipients = found.slice(0, limit)
    const hasMore = found.length > recipients.length
    output.result({ recipients, hasMore }, () => {
      if (recipients.length === 0)
        return 'Nobody is stored yet; begin with: invite-me recipients import people.csv'
      return `${table(recipientColumns, recipients)}${hasMore ? '\n… and more; see them with --limit' : ''}`
    })
    return exitCodes.done
  })
}

/** How people are listed. */
export const recipientColumns = [
  { heading: 'id', cell: (recipient: Recipient) => recipient.externalId },
  { heading: 'name', cell: (recipient: Recipient) => recipient.name },
  {
    heading: 'routes',
    cell: (recipient: Recipient) =>
      recipient.routes
        .map(({ channel, state }) => (state === 'open' ? channel : `${channel} (${state})`))
        .join(', '),
  },
  { heading: 'locale', cell: (recipient: Recipient) => recipient.locale },
  { heading: 'zone', cell: (recipient: Recipient) => recipient.zone },
]
