import {
  readCollidingWord,
  readConsentWord,
  type InboundFact,
  type ReceiveContext,
} from '@invite-me/core/channel'
import { readObject } from '../shared/http.ts'
import { phoneAddress } from '../shared/phone.ts'
import { isSameSecret, readRawBody, refused } from '../shared/webhook.ts'
import { factOfReceipt } from './delivery-receipt.ts'
import { inboundSmsSchema, isReport, proofHeader, type InboundSms } from './inbound-sms.ts'
import type { SmppOptions } from './options.ts'

/**
 * Turns what a listener handed over into facts: a report of the operator, or words of a person, which are for the newest
 * question to their number.
 *
 * @param secret only whoever knows it is believed; on this road comes nothing from the operator itself
 * @throws InviteMeError `WEBHOOK_REFUSED`
 */
export async function receiveSms(
  request: Request,
  { clock }: Pick<ReceiveContext, 'clock'>,
  { options, secret }: { readonly options: SmppOptions; readonly secret: string },
): Promise<readonly InboundFact[]> {
  const body = await readRawBody(request)
  if (!isSameSecret(request.headers.get(proofHeader) ?? '', secret)) throw refused()
  const at = new Date(clock.now())
  const sms = inboundSmsSchema.safeParse(readObject(new TextDecoder().decode(body)))
  if (!sms.success)
    return [{ id: `unknown:${String(at.getTime())}`, at, kind: 'ignored', reason: 'not a short message' }]
  if (isReport(sms.data.esmClass)) return [factOfReceipt(sms.data, at, options)]
  // The type bits of what a person wrote are zero (SMPP 3.4 §5.2.12).
  if ((sms.data.esmClass & 0x3c) !== 0)
    return [{ id: `sms:${sms.data.id}`, at, kind: 'ignored', reason: 'not what a person wrote' }]
  return factsOfWords(sms.data, at, options)
}

function factsOfWords(sms: InboundSms, at: Date, { defaultCountry }: SmppOptions): readonly InboundFact[] {
  const id = `sms:${sms.id}`
  const text = sms.text.replaceAll('\0', '').trim()
  const from = phoneOf(sms, defaultCountry)
  if (from === undefined) return [{ id, at, kind: 'ignored', reason: 'not from a telephone number' }]
  if (text === '') return [{ id, at, kind: 'ignored', reason: 'an empty message' }]
  const wish = readConsentWord(text)
  if (wish === 'stop') return [{ id, at, kind: 'opted_out', address: from }]
  if (wish === 'start') return [{ id, at, kind: 'opted_in', address: from }]
  const answer = {
    id,
    at,
    kind: 'answer',
    reference: { by: 'address', address: from },
    input: { kind: 'text', text },
    from,
  } as const
  if (readCollidingWord(text) !== 'stop') return [answer]
  // Here no carrier has blocked the number: CANCEL must stop the messages, even when it may be an answer as well.
  return [
    { ...answer, onlyIfClear: true },
    { id: `${id}:stop`, at, kind: 'opted_out', address: from },
  ]
}

/** Numbers come without +, with 00 before them, or as within the country; any kind may write to us. */
function phoneOf(
  { from, fromTon }: InboundSms,
  defaultCountry: SmppOptions['defaultCountry'],
): string | undefined {
  const read = phoneAddress({ refuseTypes: [], defaultCountry })
  const digits = from.replace(/^(?:\+|00)/, '')
  const isWhole = fromTon === 1 || digits !== from
  for (const spelling of isWhole ? [`+${digits}`] : [from, `+${digits}`]) {
    const number = read(spelling)
    if (number.ok) return number.address
  }
  return undefined
}
