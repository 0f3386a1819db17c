import type { InvitationGroup, InviteMe } from '@invite-me/core'
import { exitCodes, type ExitCode } from './exit-code.ts'
import { reportAnswer } from './report-answer.ts'
import type { Session } from './session.ts'

/**
 * Prints one line per person as their answer or end comes, then the sums.
 *
 * @returns `partly` when somebody was unreachable, did not answer in time or was cancelled
 * @throws InviteMeError `WAIT_ABORTED` when the person at the terminal wants to end
 */
export async function followAnswers(
  { output, host }: Session,
  inviteMe: InviteMe,
  group: InvitationGroup<unknown>,
): Promise<ExitCode> {
  const total = group.invitations.length
  const sums = { answered: 0, declined: 0, expired: 0, unreachable: 0, cancelled: 0 }
  let done = 0
  const showProgress = (): void =>
    output.progress({
      done,
      total,
      label: `${done} of ${total} finished; Ctrl-C stops waiting, nothing is lost`,
    })
  showProgress()
  for await (const { invitation, result } of group.answers({ signal: host.stop })) {
    const record = await inviteMe.invitations.get(invitation.id)
    sums[result.kind] += 1
    done += 1
    reportAnswer(output, { id: invitation.id, to: invitation.to, name: record?.name ?? null }, result)
    showProgress()
  }
  output.progress(undefined)
  output.result({ type: 'summary', messageId: group.messageId, people: total, ...sums }, () => {
    const parts = Object.entries(sums).flatMap(([kind, amount]) =>
      amount === 0 ? [] : [`${amount} ${kind}`],
    )
    return `\n${total} ${total === 1 ? 'person' : 'people'}: ${parts.join(', ')}`
  })
  return sums.expired + sums.unreachable + sums.cancelled === 0 ? exitCodes.done : exitCodes.partly
}
