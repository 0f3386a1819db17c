import { SegmentedMessage } from 'sms-segments-calculator'

/** How a text is cut into SMS. */
export interface Segments {
  readonly count: number
  readonly encoding: 'GSM-7' | 'UCS-2'
}

/** What one segment costs. */
export interface SegmentPrice {
  readonly amount: number
  /** ISO 4217. */
  readonly currency: string
}

/**
 * Counts the SMS a text is sent as: 160 letters of GSM-7 or 70 units of UTF-16, less when there are several, since each
 * carries its place among them and no character is cut in two (3GPP TS 23.040 §9.2.3.24.1).
 *
 * @param isSmart counts with the letters Twilio's smart encoding replaces: ’ becomes '
 */
export function countSegments(text: string, isSmart = false): Segments {
  const { encodingName, segmentsCount } = new SegmentedMessage(text, 'auto', isSmart)
  return { count: segmentsCount, encoding: encodingName }
}

/** A text as Twilio's smart encoding sends it. */
export function smartlyEncoded(text: string): string {
  return new SegmentedMessage(text, 'auto', true).graphemes.join('')
}

/** Says how many segments and what they cost: `2 segments (UCS-2), about 0.0158 USD`. */
export function describeSegments(
  { count, encoding }: Partial<Segments> & Pick<Segments, 'count'>,
  price?: SegmentPrice,
): string {
  const segments = `${String(count)} segment${count === 1 ? '' : 's'}${encoding === undefined ? '' : ` (${encoding})`}`
  if (price === undefined) return segments
  return `${segments}, about ${String(Number((count * price.amount).toFixed(6)))} ${price.currency}`
}
