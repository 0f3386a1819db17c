import type { AnswerKind, AskOptions, InvitationGroup, InviteMe } from '@invite-me/core'
import { InviteMeError, type Channel } from '@invite-me/core/channel'
import { nameAddressee, resolveAddressees, type Addressees } from '../addressees.ts'
import { readAnswerOption } from '../answer-option.ts'
import type { ListenerFlags } from '../answer-listeners.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { followAnswers } from '../follow-answers.ts'
import { handOver } from '../hand-over.ts'
import { withListeningEngine } from '../listening-engine.ts'
import { contentOf, readRemindOption, sendOptionsOf, type MessageFlags } from '../message-options.ts'
import { reportHandOver, reportProblems } from '../report-message.ts'
import type { Session } from '../session.ts'

/** The flags of `ask`, as the command line parses them. */
export interface AskFlags extends MessageFlags, ListenerFlags {
  readonly question?: string
  readonly answer: string
  readonly remind?: readonly string[]
  readonly quorum?: number
  readonly quorumOf?: string
  readonly closeAtQuorum?: boolean
}

/** Asks people a question, and with `--wait` prints their answers as they come. */
export async function ask(session: Session, flags: AskFlags): Promise<ExitCode> {
  const content = contentOf(flags.question, flags, '--question')
  const answer = readAnswerOption(flags.answer)
  const options = {
    ...sendOptionsOf(flags),
    answer,
    ...(flags.remind === undefined ? {} : { remind: readRemindOption(flags.remind) }),
    ...quorumOf(flags),
  }
  return withListeningEngine(session, flags, async ({ inviteMe, settings, channels, portalUrl }) => {
    if (portalUrl === undefined) warnWithoutPortal(session, channels, answer.spec.type)
    const addressees = await resolveAddressees(session, inviteMe, settings, { ...flags, channels })
    const group = await inviteMe.ask(addressees.to, content, options).catch((error: unknown) => {
      throw nameAddressee(error, addressees.to)
    })
    return flags.wait === true
      ? waitForAnswers(session, inviteMe, { group, addressees })
      : sendAndLeave(session, inviteMe, { group, addressees, patienceMs: flags.patience })
  })
}

function quorumOf({
  quorum: count,
  quorumOf: of,
  closeAtQuorum,
}: AskFlags): Pick<AskOptions<unknown>, 'quorum'> {
  if (count === undefined) {
    if (of === undefined && closeAtQuorum !== true) return {}
    throw new InviteMeError('REQUEST_INVALID', 'Say how many answers are enough: --quorum 4', {
      field: '--quorum',
    })
  }
  const onReached = closeAtQuorum === true ? 'close' : 'tell'
  return { quorum: { count, onReached, ...(of !== undefined && { of }) } }
}

/** Without a page to link to, a channel is good only for the answers it carries itself. */
function warnWithoutPortal({ output }: Session, channels: readonly Channel[], kind: AnswerKind): void {
  const names = channels.filter(({ supports }) => !supports.answers.includes(kind)).map(({ name }) => name)
  if (names.length === 0) return
  output.warning(
    `There is no page people can answer on, so ${names.join(', ')} cannot bring back this kind of answer; add --wait --portal-port 8080, or set portal.url in the config file.`,
  )
}

interface Asked {
  readonly group: InvitationGroup<unknown>
  readonly addressees: Addressees
}

async function waitForAnswers(
  session: Session,
  inviteMe: InviteMe,
  { group, addressees }: Asked,
): Promise<ExitCode> {
  const refused = reportProblems(session, addressees.imports)
  const people = group.invitations.length
  session.output.result(
    { type: 'accepted', messageId: group.messageId, people },
    () => `Asked ${people} ${people === 1 ? 'person' : 'people'}; message ${group.messageId}`,
  )
  const code = await followAnswers(session, inviteMe, group)
  return code === exitCodes.done && refused > 0 ? exitCodes.partly : code
}

async function sendAndLeave(
  session: Session,
  inviteMe: InviteMe,
  { group, addressees, patienceMs }: Asked & { readonly patienceMs: number },
): Promise<ExitCode> {
  const { messageId, invitations } = group
  const handedOver = await handOver(session, inviteMe, { messageId, patienceMs })
  const document = { messageId, invitations: invitations.map(({ id, to }) => ({ id, to })) }
  return reportHandOver(session, document, { handedOver, imports: addressees.imports, isQuestion: true })
}
