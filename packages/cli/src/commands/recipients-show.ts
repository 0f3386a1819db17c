import type { Recipient } from '@invite-me/core'
import { InviteMeError } from '@invite-me/core/channel'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { plainText } from '../plain-text.ts'
import { settingsOf, type Session } from '../session.ts'
import { table } from '../table.ts'

/** Shows one person with all their routes. */
export async function showRecipient(session: Session, externalId: string): Promise<ExitCode> {
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const recipient = await inviteMe.recipients.get(externalId)
    if (recipient === undefined) {
      throw new InviteMeError(
        'RECIPIENT_UNKNOWN',
        'Nobody with this id is stored; see them with: invite-me recipients list',
        {
          field: 'externalId',
        },
      )
    }
    session.output.result({ recipient }, () => describe(recipient))
    return exitCodes.done
  })
}

function describe({ externalId, name, locale, zone, attributes, routes }: Recipient): string {
  const facts = Object.entries({ name, locale, zone, ...attributes }).filter(
    ([, value]) => value !== undefined,
  )
  const lines = facts.map(([key, value]) => `${plainText(key)}: ${plainText(String(value))}`)
  const drawn = table(
    [
      { heading: 'rank', cell: (route) => route.rank, align: 'right' },
      { heading: 'channel', cell: (route) => route.channel },
      { heading: 'address', cell: (route) => route.address },
      { heading: 'state', cell: (route) => route.state },
      { heading: 'verified', cell: (route) => (route.verified ? 'yes' : 'no') },
    ],
    routes,
  )
  return [plainText(externalId), ...lines, '', drawn].join('\n')
}
