import type { InboundFact } from '@invite-me/core/channel'
import type { InboundSms } from './inbound-sms.ts'
import { canonicalId } from './message-id.ts'
import type { SmppOptions } from './options.ts'

/** Names of the final and passing states in a report's text (SMPP 3.4 appendix B), by `message_state`. */
const stateNames: ReadonlyMap<number, string> = new Map([
  [1, 'ENROUTE'],
  [2, 'DELIVRD'],
  [3, 'EXPIRED'],
  [4, 'DELETED'],
  [5, 'UNDELIV'],
  [6, 'ACCEPTD'],
  [7, 'UNKNOWN'],
  [8, 'REJECTD'],
])

/** What the operator writes in its own way; see the options of the same names. */
export interface ReceiptRules {
  readonly deadNumberErrors: readonly string[]
  readonly idFormat: SmppOptions['idFormat']
}

/** What a report says. */
export interface DeliveryReceipt {
  readonly messageId: string
  /** `DELIVRD`, `UNDELIV`… */
  readonly state: string
  /** The operator's own code, as it writes it; empty when it names none. */
  readonly error: string
}

/**
 * Reads a report: `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…` (appendix B; operators vary it), and the
 * fields that say the same more reliably.
 *
 * @returns `undefined` when it names no message or no state
 */
export function readDeliveryReceipt({ messageId, state, text }: InboundSms): DeliveryReceipt | undefined {
  const [, idInText = ''] = /\bid:\s*([\w.:+/=@-]{1,65})/i.exec(text) ?? []
  const [, stateInText = ''] = /\bstat:\s*([A-Za-z]{4,10})/i.exec(text) ?? []
  const [, error = ''] = /\berr:\s*(\w{1,10})/i.exec(text) ?? []
  const id = messageId ?? idInText
  const name = (state === undefined ? undefined : stateNames.get(state)) ?? stateInText.toUpperCase()
  return id === '' || name === '' ? undefined : { messageId: id, state: name, error }
}

/** Makes a fact of a report. Its id is that of the message with its state, however often the operator reports it. */
export function factOfReceipt(
  sms: InboundSms,
  at: Date,
  { deadNumberErrors, idFormat }: ReceiptRules,
): InboundFact {
  const receipt = readDeliveryReceipt(sms)
  if (receipt === undefined)
    return { id: `report:${sms.id}`, at, kind: 'ignored', reason: 'a report that names no message' }
  const { error, state } = receipt
  const providerMessageId = canonicalId(receipt.messageId, idFormat.receipt)
  const base = { id: `receipt:${providerMessageId}:${state}`, at }
  const reference = { by: 'provider-message' as const, providerMessageId }
  const providerCode = error === '' ? state : `${state} ${error}`
  const retryable = { status: 'retryable', scope: 'recipient', providerCode } as const
  switch (state) {
    case 'DELIVRD':
      return { ...base, kind: 'delivered', reference }
    case 'EXPIRED':
      return {
        ...base,
        kind: 'failed',
        reference,
        outcome: { ...retryable, detail: 'The phone was not reached in time.' },
      }
    case 'UNDELIV':
      return {
        ...base,
        kind: 'failed',
        reference,
        outcome: deadNumberErrors.includes(error)
          ? {
              status: 'permanent_recipient',
              scope: 'recipient',
              providerCode,
              detail: 'There is no such number.',
            }
          : { ...retryable, detail: 'The operator could not deliver it.' },
      }
    case 'REJECTD':
    case 'DELETED':
      return {
        ...base,
        kind: 'failed',
        reference,
        outcome: {
          status: 'permanent_content',
          scope: 'message',
          providerCode,
          detail: 'The operator rejected or deleted it.',
        },
      }
    default:
      return { ...base, kind: 'ignored', reason: 'a report on the way' }
  }
}
