import { z } from 'zod'
import { gsm7Codes } from './gsm7.ts'
import { numberOf, textOf } from './session.ts'
import type { SmppPdu } from './smpp-library.ts'

/** Header of a request by which a listener proves itself. */
export const proofHeader = 'x-invite-me-smpp'

/** What a listener hands over: a short message somebody wrote, whole, or a report of the operator. */
export const inboundSmsSchema = z.object({
  /** The same when the operator brings it again because it was not taken. */
  id: z.string().min(1).max(100),
  /** What it is (`esm_class`, SMPP 3.4 §5.2.12). */
  esmClass: z.int().min(0).max(255),
  from: z.string().max(65),
  /** Type of number of `from`; 1 international. */
  fromTon: z.int().min(0).max(255),
  to: z.string().max(65),
  text: z.string().max(100_000),
  /** The message a report is about, when the operator says so apart from the text (`receipted_message_id`). */
  messageId: z.string().max(65).optional(),
  /** How it ended (`message_state`, SMPP 3.4 §5.2.28). */
  state: z.int().min(0).max(255).optional(),
})
/** See {@link inboundSmsSchema}. */
export type InboundSms = Readonly<z.output<typeof inboundSmsSchema>>

/** Where a part belongs among those of one text. */
export interface PartPlace {
  readonly reference: number
  readonly count: number
  /** From 1. */
  readonly place: number
}

/** What a `deliver_sm` holds. */
export interface ReadSms {
  readonly sms: Omit<InboundSms, 'id'>
  /** Absent when it is whole. */
  readonly part: PartPlace | undefined
}

/** Reads a `deliver_sm`, whose text the library has decoded. */
export function readSms(pdu: SmppPdu): ReadSms {
  const { message, headers } = bodyOf(pdu)
  const messageId = textOf(pdu, 'receipted_message_id').replaceAll('\0', '')
  const state = numberOf(pdu, 'message_state')
  const sms = {
    esmClass: numberOf(pdu, 'esm_class'),
    from: textOf(pdu, 'source_addr'),
    fromTon: numberOf(pdu, 'source_addr_ton'),
    to: textOf(pdu, 'destination_addr'),
    text: isReport(numberOf(pdu, 'esm_class')) ? asAscii(message) : message,
    ...(messageId !== '' && { messageId }),
    ...(state !== 0 && { state }),
  }
  return { sms, part: partByHeader(headers) ?? partByFields(pdu) }
}

/** Whether it is a delivery receipt of the operator. */
export function isReport(esmClass: number): boolean {
  return (esmClass & 0x3c) === 0x04
}

const bodySchema = z.object({
  message: z.union([z.string(), z.instanceof(Buffer)]),
  udh: z.array(z.instanceof(Buffer)).optional(),
})

function bodyOf(pdu: SmppPdu): { readonly message: string; readonly headers: readonly Buffer[] } {
  const bodies = ['short_message', 'message_payload'].map(
    (name) => bodySchema.safeParse(Reflect.get(pdu, name)).data,
  )
  const body = bodies.find((one) => one !== undefined && one.message.length > 0)
  if (body === undefined) return { message: '', headers: [] }
  // Codings the library does not know stay bytes; of those Latin letters can be told.
  const message = typeof body.message === 'string' ? body.message : body.message.toString('latin1')
  return { message, headers: body.udh ?? [] }
}

/** Elements 0 and 8 of a header: an 8-bit or a 16-bit reference (3GPP TS 23.040 §9.2.3.24). */
function partByHeader(headers: readonly Buffer[]): PartPlace | undefined {
  for (const header of headers) {
    if (header[0] === 0x00 && header.length === 5)
      return { reference: header.readUInt8(2), count: header.readUInt8(3), place: header.readUInt8(4) }
    if (header[0] === 0x08 && header.length === 6)
      return { reference: header.readUInt16BE(2), count: header.readUInt8(4), place: header.readUInt8(5) }
  }
  return undefined
}

/** The same told in fields of their own (SMPP 3.4 §5.3.2.22–24). */
function partByFields(pdu: SmppPdu): PartPlace | undefined {
  const [count, place] = [numberOf(pdu, 'sar_total_segments'), numberOf(pdu, 'sar_segment_seqnum')]
  return count > 1 ? { reference: numberOf(pdu, 'sar_msg_ref_num'), count, place } : undefined
}

/**
 * Most operators write reports in ASCII whatever their coding says; read as GSM-7, `_` has become `§` and `@` `¡`. What stands
 * at a place where ASCII has a letter is that letter; a `_` of an operator that does encode it stands where ASCII has none.
 */
function asAscii(text: string): string {
  return Array.from(text, (character) => {
    const [code = 0, ...more] = gsm7Codes(character) ?? []
    return more.length === 0 && code >= 0x20 ? String.fromCharCode(code) : character
  }).join('')
}
