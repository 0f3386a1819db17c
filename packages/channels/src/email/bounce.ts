import type { Email } from 'postal-mime'
import { classifyBounceStatus, type RefusedOutcome } from './outcome.ts'
import { readReportFields, readReturnedMessage, type ReturnedMessage } from './report-part.ts'

/** What a delivery report says about one message (RFC 3464). */
export interface DeliveryReport extends ReturnedMessage {
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`; lower case. */
  readonly action: string
  /** What the failure means; present for `failed`. */
  readonly outcome: RefusedOutcome | undefined
}

/**
 * Reads a delivery report.
 *
 * @returns undefined when the mail is none
 */
export async function readDeliveryReport({ attachments }: Email): Promise<DeliveryReport | undefined> {
  const part = attachments.find(({ mimeType }) =>
    ['message/delivery-status', 'message/global-delivery-status'].includes(mimeType),
  )
  if (part === undefined) return undefined
  const groups = readReportFields(part)
  const actionOf = (fields: (typeof groups)[number] | undefined) =>
    /^[a-z]*/.exec(fields?.get('action')?.toLowerCase() ?? '')?.[0] ?? ''
  // The first group is about the report itself; we send to one recipient, so one of the others is ours.
  const group =
    groups.find((fields) => actionOf(fields) === 'failed') ?? groups.find((fields) => fields.has('action'))
  const action = actionOf(group)
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(group?.get('status') ?? '')?.[0] ?? ''
  return {
    action,
    outcome: action === 'failed' ? classifyBounceStatus(status, group?.get('diagnostic-code')) : undefined,
    ...(await readReturnedMessage(attachments)),
  }
}
