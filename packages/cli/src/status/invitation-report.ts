import type { Delivery, InvitationRecord, Receipt } from '@invite-me/core'
import { describeTime, describeValue, receiptsTable } from '../describe.ts'
import { listRows } from '../pages.ts'
import { plainText } from '../plain-text.ts'
import type { StatusReport } from './status-report.ts'

/** Prints how one invitation stands: its state and answer, and every receipt. */
export async function reportInvitation(report: StatusReport, invitation: InvitationRecord): Promise<void> {
  const { inviteMe, output, zone } = report
  const invitationId = invitation.id
  const message = await inviteMe.messages.get(invitation.messageId)
  const deliveries = await listRows<Delivery>((page) => inviteMe.deliveries.list({ invitationId }, page))
  const receipts = await listRows<Receipt>((page) => inviteMe.receipts.list({ invitationId }, page))
  const responses = await inviteMe.invitations.responses(invitationId)
  const content = message?.content ?? null
  const document = {
    invitation: { ...invitation, content },
    deliveries: deliveries.map(({ id, state, reason, plan, position, attempts }) => ({
      id,
      state,
      reason,
      channel: plan[position]?.channel ?? null,
      attempts,
    })),
    responses,
    receipts,
  }
  output.result(document, () => {
    const { to, name, state, value, via, answeredAt, until, messageId } = invitation
    const answer =
      answeredAt === null
        ? ''
        : `: ${describeValue(value)} by ${plainText(via ?? '')}, ${describeTime(answeredAt, zone)}`
    return [
      output.paint.bold(plainText(content?.text ?? '')),
      `to ${plainText(name === null ? to : `${name} (${to})`)}, message ${messageId}`,
      `${state}${answer}${until === null ? '' : `, until ${describeTime(until, zone)}`}`,
      '',
      receiptsTable(receipts, zone),
      '',
      `Why: invite-me why ${invitationId}`,
    ].join('\n')
  })
}
