/**
 * What a number written by a person says.
 *
 * - `ambiguous` carries both ways to write it clearly: "1,000" is a thousand here and one there
 * - `malformed` looks like a number but is none we take: `NaN`, `0x10`, `1e5`, more than 15 digits (`tooLong`)
 * - `none` is not a number at all
 */
export type NumberRead =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'ambiguous'; readonly grouped: string; readonly decimal: string }
  | { readonly kind: 'malformed'; readonly tooLong: boolean }
  | { readonly kind: 'none' }

const plain = /^([+-]?)(\d+)(?:[.,](\d+))?$/
const onlyFraction = /^([+-]?)[.,](\d+)$/
const groupedBySpace = /^([+-]?)(\d{1,3}(?: \d{3})+)(?:[.,](\d+))?$/
const groupedByComma = /^([+-]?)(\d{1,3}(?:,\d{3})+)\.(\d+)$|^([+-]?)(\d{1,3}(?:,\d{3}){2,})$/
const groupedByDot = /^([+-]?)(\d{1,3}(?:\.\d{3})+),(\d+)$|^([+-]?)(\d{1,3}(?:\.\d{3}){2,})$/
/** Digits a double holds without losing any. */
const mostDigits = 15

/**
 * Reads a decimal number with a comma or a dot, with or without groups of three. Never guesses and never takes what only
 * a programming language calls a number.
 *
 * @param words normalised words: one kind of space, plain digits
 */
export function readNumber(words: string): NumberRead {
  const text = words.replaceAll('\u2212', '-').replace(/^([+-]) /, '$1')
  if (isAmbiguous(text)) {
    const digits = text.replace(/[.,]/, '')
    return {
      kind: 'ambiguous',
      grouped: digits,
      decimal: text.replace(
        /[.,](\d+)$/,
        (_all, fraction: string) => `.${fraction.replace(/0+$/, '') || '0'}`,
      ),
    }
  }
  const parts =
    plain.exec(text) ?? groupedBySpace.exec(text) ?? groupedByComma.exec(text) ?? groupedByDot.exec(text)
  const fraction = onlyFraction.exec(text)
  const [sign, whole, decimals] =
    fraction !== null
      ? [fraction[1], '0', fraction[2]]
      : [parts?.[1] ?? parts?.[4], parts?.[2] ?? parts?.[5], parts?.[3]]
  if (whole === undefined)
    return looksNumeric(text) ? { kind: 'malformed', tooLong: false } : { kind: 'none' }
  return toNumber(sign ?? '', whole.replace(/[ .,]/g, ''), decimals ?? '')
}

function isAmbiguous(text: string): boolean {
  return /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(text)
}

function looksNumeric(text: string): boolean {
  return !text.includes(' ') && (/\d/.test(text) || /^[+-]?(nan|inf|infinity|∞)$/.test(text))
}

function toNumber(sign: string, whole: string, decimals: string): NumberRead {
  const digits = `${whole}${decimals.replace(/0+$/, '')}`.replace(/^0+/, '')
  if (digits.length > mostDigits || decimals.length > 30 || whole.length > 30)
    return { kind: 'malformed', tooLong: true }
  const value = Number(`${sign}${whole}.${decimals === '' ? '0' : decimals}`)
  return { kind: 'number', value: value === 0 ? 0 : value }
}
