import { base64Lines } from './base64-lines.ts'
import { quotedPrintable, softBreak } from './quoted-printable.ts'

/** A text part of a mail, encoded as far as it is the same for everybody. */
export interface BodyTemplate {
  readonly encoding: 'quoted-printable' | 'base64'
  /**
   * Puts in what differs from person to person and finishes the encoding.
   * @param late texts by the number of their place
   */
  fill(late: readonly string[]): string
}

/** Stands in a text for something that is filled in later. */
export function latePlace(index: number): string {
  return `\0${index}\0`
}

/**
 * Prepares a text with places in it. It is encoded once, piece by piece, and each later text is put between the pieces on
 * lines of its own, so that neither changes where the other's lines break.
 *
 * @param text holds no NUL but those of {@link latePlace}
 */
export function bodyTemplate(text: string): BodyTemplate {
  // Between the fixed pieces, at the odd indexes, stand the numbers of the places.
  const pieces = text.split(/\0(\d+)\0/)
  const fixed = pieces.filter((_piece, index) => index % 2 === 0)
  const places = pieces.filter((_piece, index) => index % 2 === 1).map(Number)
  // Text that is mostly not Latin would be more than twice as long in quoted-printable.
  return isMostlyLatin(text)
    ? {
        encoding: 'quoted-printable',
        fill: filler(fixed.map(encodePiece), places, quotedPrintable),
      }
    : {
        encoding: 'base64',
        fill: (late) => base64Lines(filler(fixed, places, String)(late)),
      }
}

function filler(
  fixed: readonly string[],
  places: readonly number[],
  encode: (late: string) => string,
): BodyTemplate['fill'] {
  return (late) => {
    let text = fixed[0] ?? ''
    for (const [index, place] of places.entries())
      text += encode(late[place] ?? '') + (fixed[index + 1] ?? '')
    return text
  }
}

/** A piece begins and ends on a line of its own; where the text has no line break there, a soft one makes it so. */
function encodePiece(piece: string, index: number, { length }: readonly string[]): string {
  const isFirst = index === 0
  const isLast = index === length - 1
  if (piece === '') return isFirst || isLast ? '' : softBreak
  const begin = isFirst || /^[\r\n]/.test(piece) ? '' : softBreak
  const end = isLast || /[\r\n]$/.test(piece) ? '' : softBreak
  return begin + quotedPrintable(piece) + end
}

function isMostlyLatin(text: string): boolean {
  let balance = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) balance -= 1
    else if ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) balance += 1
  }
  return balance > 0 || /^[\0-\x7f]*$/.test(text)
}
