import type { Email } from 'postal-mime'
import { readReportFields, readReturnedMessage, type ReturnedMessage } from './report-part.ts'

/** A report of a mailbox provider about a message of ours (ARF, RFC 5965). */
export interface ComplaintReport extends ReturnedMessage {
  /** `abuse`, `fraud`, `virus`, `other`, `not-spam`, `auth-failure`; lower case. */
  readonly type: string
  /** True when somebody does not want what we sent; a message taken out of the spam folder is the contrary. */
  readonly isComplaint: boolean
}

/** RFC 5965 §7.3; `opt-out` stood in the drafts and is still sent. Those that speak of signatures alone are no complaints. */
const complaints = new Set(['abuse', 'fraud', 'virus', 'other', 'opt-out', 'opt-out-list'])

/**
 * Reads a complaint, as feedback loops send them.
 *
 * @returns undefined when the mail is none
 */
export async function readComplaint({ attachments }: Email): Promise<ComplaintReport | undefined> {
  const part = attachments.find(({ mimeType }) => mimeType === 'message/feedback-report')
  if (part === undefined) return undefined
  const value = (name: string) =>
    readReportFields(part)
      .map((fields) => fields.get(name))
      .find((found) => found !== undefined) ?? ''
  const type = /^[a-z-]{1,20}/.exec(value('feedback-type').toLowerCase())?.[0] ?? ''
  const { messageId, returnTo } = await readReturnedMessage(attachments)
  return {
    type,
    isComplaint: complaints.has(type),
    messageId,
    // Who reports often blackens the recipient out, but not where bounces go.
    returnTo: [value('original-mail-from'), ...returnTo],
  }
}
