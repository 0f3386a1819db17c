import { gsm7Codes } from './gsm7.ts'

/** How a text travels. */
export interface CutText {
  /** Code in `data_coding` (SMPP 3.4 §5.2.19): 0 the operator's default alphabet, which is GSM-7; 8 UCS-2. */
  readonly dataCoding: 0 | 8
  /** The bytes of each part, without a header; never empty. */
  readonly parts: readonly Buffer[]
}

/**
 * Room in a short message alone, and in one of several, which carries its place among them: 160 and 153 letters of GSM-7, one
 * byte each as SMPP sends them; 140 and 134 bytes of UCS-2 (3GPP TS 23.040 §9.2.3.24.1).
 */
const room = { 0: { alone: 160, among: 153 }, 8: { alone: 140, among: 134 } } as const

/**
 * Cuts a text into what short messages take. GSM-7 where it can carry all of it, else UCS-2; no character is torn, neither a
 * two-place one such as € nor an emoji.
 */
export function cutText(text: string): CutText {
  const gsm7 = encodeGsm7(text)
  const dataCoding = gsm7 === undefined ? 8 : 0
  const characters = gsm7 ?? Array.from(text, encodeUcs2)
  const { alone, among } = room[dataCoding]
  const whole = Buffer.concat(characters)
  return { dataCoding, parts: whole.length <= alone ? [whole] : fill(characters, among) }
}

/** Encodes a text in GSM-7; `undefined` when the alphabet lacks a character of it. */
export function encodeGsm7(text: string): readonly Buffer[] | undefined {
  const characters: Buffer[] = []
  for (const character of text) {
    const codes = gsm7Codes(character)
    if (codes === undefined) return undefined
    characters.push(Buffer.from(codes))
  }
  return characters
}

/**
 * The header that puts a part in its place (3GPP TS 23.040 §9.2.3.24.1): five bytes follow, element 0 of three bytes.
 *
 * @param reference the same for all parts of one text, 0–255
 * @param place from 1
 */
export function placeHeader(reference: number, count: number, place: number): Buffer {
  return Buffer.from([0x05, 0x00, 0x03, reference & 0xff, count, place])
}

/** UTF-16 with the high byte first, as networks have long sent it in UCS-2's name. */
function encodeUcs2(character: string): Buffer {
  return Buffer.from(character, 'utf16le').swap16()
}

function fill(characters: readonly Buffer[], most: number): readonly Buffer[] {
  const parts: Buffer[][] = [[]]
  let size = 0
  for (const character of characters) {
    if (size + character.length > most) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(character)
    size += character.length
  }
  return parts.map((part) => Buffer.concat(part))
}
