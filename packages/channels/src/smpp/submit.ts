import type { Clock, OutboundMessage, SendContext, SendOutcome } from '@invite-me/core/channel'
import { renderText } from '../shared/render-text.ts'
import { waitFor } from '../shared/wait-for.ts'
import { cutText, placeHeader, type CutText } from './cut-text.ts'
import type { SmppLink, SubmitResult } from './link.ts'
import { canonicalId } from './message-id.ts'
import type { SmppOptions } from './options.ts'
import { classifyLoginError, classifySmppError } from './outcome.ts'
import type { SmppFields } from './smpp-library.ts'

/** `esm_class` of a part: its bytes begin with a header (SMPP 3.4 §5.2.12). */
const hasHeader = 0x40
/** `registered_delivery`: report how it ended · report only that it failed (SMPP 3.4 §5.2.17). */
const reportEnd = 0x01
const reportFailure = 0x02
/** A part that was refused while others are already out is tried again this often. */
const mostTries = 5

/** What a text is handed in with. */
export interface Submission {
  readonly options: SmppOptions
  readonly link: SmppLink
  /** Whether a reply reaches us. */
  readonly canReply: boolean
  /** Marks the parts of one text; another one for each text. */
  readonly nextReference: () => number
}

/**
 * Hands a message in, part after part. It is accepted when all parts are. Its id is that of the last part, which alone reports
 * that it was delivered; every part reports when it was not.
 */
export async function submitMessage(
  message: OutboundMessage,
  to: string,
  context: SendContext,
  submission: Submission,
): Promise<SendOutcome> {
  const { canReply, options } = submission
  const isForm = message.answer?.spec.type === 'form'
  const text = renderText(message, {
    answerBy: canReply && !isForm ? 'reply' : 'link',
    unsubscribeHint: options.unsubscribeHint && canReply,
  })
  const cut = cutText(text)
  if (cut.parts.length > options.mostParts)
    return {
      status: 'permanent_content',
      scope: 'message',
      detail: 'The text would take more parts than are allowed.',
    }
  const units = unitsOf(cut, common(message, to, options, context.clock), submission)
  const ids: string[] = []
  for (const unit of units) {
    const result = await insist(unit, { isFirst: ids.length === 0, context, ...submission })
    if (result.kind !== 'answered' || result.status !== 0) return failure(result, ids.length > 0, options)
    ids.push(canonicalId(result.messageId, options.idFormat.submit))
  }
  return accepted(ids, cut)
}

function accepted(ids: readonly string[], { dataCoding, parts }: CutText): SendOutcome {
  const [last, ...others] = ids.toReversed()
  const coding = dataCoding === 0 ? 'GSM-7' : 'UCS-2'
  return {
    status: 'accepted',
    ...(last !== undefined && last !== '' && { providerMessageId: last }),
    ...(others.length > 0 && { otherIds: others }),
    detail: `${String(parts.length)} segment${parts.length === 1 ? '' : 's'} (${coding})`,
  }
}

/**
 * Hands one part in. The first may be refused: then nothing is out. Of the others some are, and a person with half a message
 * is worse off than one who waits, so they are tried again.
 */
async function insist(
  unit: SmppFields,
  {
    context: { clock, signal },
    isFirst,
    link,
    options,
  }: Pick<Submission, 'link' | 'options'> & { readonly isFirst: boolean; readonly context: SendContext },
): Promise<SubmitResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await link.submit(unit, signal)
    if (isFirst || tries === mostTries || result.kind !== 'answered' || result.status === 0) return result
    const { status } = classifySmppError(result.status, options)
    if (status !== 'rate_limited' && status !== 'retryable') return result
    await waitFor(options.throttlePauseMs, clock, signal)
    if (signal.aborted) return result
  }
}

function failure(result: SubmitResult, isPartlyOut: boolean, options: SmppOptions): SendOutcome {
  switch (result.kind) {
    case 'answered':
      return classifySmppError(result.status, options)
    case 'lost':
      return { status: 'unknown', scope: 'provider', detail: 'The link broke before the operator answered.' }
    case 'not-sent':
      if (result.status !== undefined) return classifyLoginError(result.status, options)
      return isPartlyOut
        ? { status: 'unknown', scope: 'provider', detail: 'The link broke between two parts of the message.' }
        : { status: 'retryable', scope: 'provider', detail: 'The operator cannot be reached.' }
  }
}

/** What all parts of a message share. */
function common(
  { until }: OutboundMessage,
  to: string,
  { destination, maxValidityMs, serviceType, source }: SmppOptions,
  clock: Clock,
): SmppFields {
  const { address, ton, npi } = source
  const usual = usualMarks(address)
  return {
    service_type: serviceType,
    source_addr_ton: ton ?? usual.ton,
    source_addr_npi: npi ?? usual.npi,
    source_addr: address.replace('+', ''),
    dest_addr_ton: destination.ton,
    dest_addr_npi: destination.npi,
    destination_addr: to.replace('+', ''),
    validity_period: relativeTime(
      Math.min(until === null ? Infinity : until.getTime() - clock.now(), maxValidityMs),
    ),
  }
}

/** How numbers and names are usually marked: a name 5, a full number 1 in plan 1, a short code 3. */
function usualMarks(address: string): { readonly ton: number; readonly npi: number } {
  if (!/^\+?\d+$/.test(address)) return { ton: 5, npi: 0 }
  return address.replace('+', '').length > 8 ? { ton: 1, npi: 1 } : { ton: 3, npi: 0 }
}

function unitsOf(
  { dataCoding, parts }: CutText,
  shared: SmppFields,
  submission: Submission,
): readonly SmppFields[] {
  const [only] = parts
  const whole = { ...shared, data_coding: dataCoding, registered_delivery: reportEnd }
  if (parts.length === 1) return [{ ...whole, short_message: only }]
  if (submission.options.longTexts === 'payload')
    return [{ ...whole, short_message: Buffer.alloc(0), message_payload: Buffer.concat(parts) }]
  const reference = submission.nextReference()
  return parts.map((part, index) => ({
    ...whole,
    esm_class: hasHeader,
    registered_delivery: index === parts.length - 1 ? reportEnd : reportFailure,
    short_message: Buffer.concat([placeHeader(reference, parts.length, index + 1), part]),
  }))
}

/** A length of time as the protocol writes it, `YYMMDDhhmmss000R` (SMPP 3.4 §7.1.1.2); at least a minute, below a month. */
export function relativeTime(ms: number): string {
  const seconds = Math.max(60, Math.floor(ms / 1_000))
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ]
  const two = (value: number): string => String(value).padStart(2, '0')
  return `0000${two(days)}${two(hours)}${two(minutes)}${two(seconds % 60)}000R`
}
