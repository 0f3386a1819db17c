import { InviteMeError } from '@invite-me/core/channel'
import type { InviteMe, Message } from '@invite-me/core'
import { describeTime } from '../describe.ts'
import { withInviteMe } from '../engine.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { followAnswers } from '../follow-answers.ts'
import { handOver } from '../hand-over.ts'
import { withListeningEngine, type ListeningFlags } from '../listening-engine.ts'
import { listRows } from '../pages.ts'
import { plainText } from '../plain-text.ts'
import { reportHandOver } from '../report-message.ts'
import { settingsOf, type Session } from '../session.ts'
import { reportInvitation } from '../status/invitation-report.ts'
import { reportMessage } from '../status/message-report.ts'
import { table } from '../table.ts'

/** The flags of `status`, as the command line parses them. */
export interface StatusFlags extends ListeningFlags {
  /** How many rows are shown: 20 messages, or 200 people of one message; with `--json` all people. */
  readonly limit?: number
}

/** Tells how a message or an invitation stands; without an id, lists the newest messages. */
export async function status(
  session: Session,
  id: string | undefined,
  flags: StatusFlags,
): Promise<ExitCode> {
  if (flags.wait === true) return waitAgain(session, id, flags)
  const settings = await settingsOf(session)
  return withInviteMe(session, { settings }, async (inviteMe) => {
    const { output } = session
    if (id === undefined) {
      const messages = await listRows<Message>((page) => inviteMe.messages.list(page), flags.limit ?? 20)
      output.result({ messages: messages.map(summaryOf) }, () => listMessages(messages, settings.zone))
      return exitCodes.done
    }
    const report = { inviteMe, output, zone: settings.zone, limit: flags.limit }
    const message = await inviteMe.messages.get(id)
    if (message !== undefined) await reportMessage(report, message)
    else await reportInvitation(report, await knownInvitation(inviteMe.invitations, id))
    return exitCodes.done
  })
}

/** Goes on where `ask` or `send` without `--wait`, or one that was interrupted, has stopped. */
async function waitAgain(session: Session, id: string | undefined, flags: StatusFlags): Promise<ExitCode> {
  if (id === undefined) {
    throw new InviteMeError(
      'REQUEST_INVALID',
      'Say which message to wait for: invite-me status <messageId> --wait',
      { field: 'id' },
    )
  }
  return withListeningEngine(session, flags, async ({ inviteMe }) => {
    const message = await inviteMe.messages.get(id)
    return message?.answer === null
      ? finishNotice(session, inviteMe, id)
      : followAnswers(session, inviteMe, await inviteMe.invitationGroup(id))
  })
}

async function finishNotice(session: Session, inviteMe: InviteMe, messageId: string): Promise<ExitCode> {
  const handedOver = await handOver(session, inviteMe, { messageId, patienceMs: Number.POSITIVE_INFINITY })
  return reportHandOver(session, { messageId }, { handedOver, imports: [], isQuestion: false })
}

async function knownInvitation<Found>(
  invitations: { get(id: string): Promise<Found | undefined> },
  id: string,
): Promise<Found> {
  const invitation = await invitations.get(id)
  if (invitation !== undefined) return invitation
  throw new InviteMeError(
    'INVITATION_UNKNOWN',
    'No message and no invitation has this id; see the newest with: invite-me status',
    {
      field: 'id',
    },
  )
}

function summaryOf({ id, content, answer, createdAt, until, key, category }: Message): object {
  return { id, text: content.text, answer: answer?.type ?? null, createdAt, until, key, category }
}

function listMessages(messages: readonly Message[], zone: string | undefined): string {
  if (messages.length === 0) return 'Nothing was sent yet; begin with: invite-me ask --to … --question …'
  return table<Message>(
    [
      { heading: 'message', cell: (message) => message.id },
      { heading: 'time', cell: (message) => describeTime(message.createdAt, zone) },
      { heading: 'answer', cell: (message) => message.answer?.type ?? '–' },
      { heading: 'text', cell: (message) => plainText(message.content.text) },
    ],
    messages,
  )
}
