/** Characters drawn as nothing or only changing how a neighbour is drawn: zero-width, soft hyphen, emoji variants, skin tones, the man or woman in a picture of a person, the box of 1️⃣. */
const invisible = /\u200d[\u2640\u2642]|\p{Default_Ignorable_Code_Point}|\p{Emoji_Modifier}|\u20e3/gu
const fullWidth = /[\uff01-\uff5e]/g
/** Digits of other scripts, ten in a row from each: Arabic, Persian, Devanagari. */
const otherDigits = /[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g
const apostrophe = /[\u2018\u2019\u201b\u02bc\u00b4`]/g
const picture = /\p{Extended_Pictographic}|\u2639|\u263a/gu

/** Drops the characters nobody sees. */
export function dropInvisible(text: string): string {
  return text.replace(invisible, '')
}

/**
 * Makes two spellings of the same words equal: letters in lower case and composed form, one kind of space and apostrophe,
 * no invisible characters, full-width letters and the digits of other scripts as plain ones, `ё` as `е`. Line breaks stay.
 * Nothing that carries meaning is touched: `²` stays `²`.
 */
export function normalizeWords(text: string): string {
  return dropInvisible(text)
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .normalize('NFC')
    .replace(fullWidth, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(otherDigits, (digit) => String(digitOf(digit)))
    .replace(apostrophe, "'")
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()
}

function digitOf(digit: string): number {
  const code = digit.charCodeAt(0)
  return (code - (code >= 0x0966 ? 0x0966 : code >= 0x06f0 ? 0x06f0 : 0x0660)) % 10
}

/** Makes `sí` and `si`, `não` and `nao` equal: on a phone many people write without accents. */
export function withoutAccents(words: string): string {
  return words.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss')
}

const openers = new Set(`"'«»“”„*_¡(\n `)
const closers = new Set(`"'«»“”„*_.,;!…):\n `)

/**
 * Takes off what people put around an answer: quotation marks, asterisks, full stops, exclamation marks, smileys.
 * Never a question mark.
 */
export function stripEnds(words: string): string {
  let start = 0
  let end = words.length
  // By hand, because a pattern anchored at the end takes quadratic time on a hostile text.
  while (start < end && openers.has(words.charAt(start))) start += 1
  while (end > start && closers.has(words.charAt(end - 1))) end -= 1
  return words.slice(start, end)
}

/**
 * Splits normalised words for comparison: pictures stand alone, punctuation between words is dropped.
 * A question mark stays and so makes a phrase that no table knows.
 */
export function splitWords(words: string): readonly string[] {
  return words
    .replace(picture, ' $& ')
    .replace(/:-?\)/g, ' ')
    .replace(/[.,;!…:*_"«»“”„¡()]+|(?<![^\s])[-–—]+(?![^\s])/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '' && word !== "'")
}
