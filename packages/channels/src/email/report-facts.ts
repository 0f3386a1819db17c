import type { FactReference, InboundFact } from '@invite-me/core/channel'
import type { Email } from 'postal-mime'
import { readDeliveryReport } from './bounce.ts'
import { readComplaint } from './complaint.ts'
import type { ReturnedMessage } from './report-part.ts'

/** What a report's facts are made with, beside what the report says itself. */
export interface ReportPlace {
  /** Id of the fact. */
  readonly id: string
  readonly at: Date
  /** Token of the address the report came to. */
  readonly token: string | undefined
  /** Finds a token of ours in a header's value. */
  readonly tokenIn: (value: string) => string | undefined
}

/**
 * Turns a report of a mail server or a mailbox provider into facts: it failed, it arrived, it is not wanted.
 *
 * The message is found by the token of the address the report came to, else by its Message-ID, else by the token in the
 * headers it returns.
 *
 * @returns undefined when the mail is no such report
 */
export async function reportFacts(
  mail: Email,
  place: ReportPlace,
): Promise<readonly InboundFact[] | undefined> {
  const delivery = await readDeliveryReport(mail)
  const report = delivery ?? (await readComplaint(mail))
  if (report === undefined) return undefined
  const base = { id: place.id, at: place.at }
  const ignored = (reason: string): readonly InboundFact[] => [{ ...base, kind: 'ignored', reason }]
  const reference = referenceOf(report, place)
  if (reference === undefined) return ignored('a report that does not say of which message')
  if ('isComplaint' in report) {
    return report.isComplaint
      ? [{ ...base, kind: 'complained', reference }]
      : ignored(`a report of another kind than a complaint: ${report.type === '' ? 'none' : report.type}`)
  }
  const { action, outcome } = report
  if (outcome !== undefined) return [{ ...base, kind: 'failed', reference, outcome }]
  if (action === 'delivered')
    return [{ ...base, kind: 'delivered', reference, detail: 'Its mail server says that it was delivered.' }]
  return ignored(`a delivery report that says ${action.slice(0, 20) || 'nothing'}`)
}

function referenceOf(
  { messageId, returnTo }: ReturnedMessage,
  { token, tokenIn }: ReportPlace,
): FactReference | undefined {
  if (token !== undefined) return { by: 'token', token }
  if (messageId !== undefined) return { by: 'provider-message', providerMessageId: messageId }
  const returned = returnTo.map(tokenIn).find((found) => found !== undefined)
  return returned === undefined ? undefined : { by: 'token', token: returned }
}
