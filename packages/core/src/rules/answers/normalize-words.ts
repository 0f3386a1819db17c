/** Characters drawn as nothing or only changing how a neighbour is drawn: zero-width, soft hyphen, emoji variants, skin tones, the box of 1️⃣. */
const invisible = /\p{Default_Ignorable_Code_Point}|\p{Emoji_Modifier}|\u20e3/gu
const fullWidth = /[\uff01-\uff5e]/g
const apostrophe = /[\u2018\u2019\u201b\u02bc\u00b4`]/g
const picture = /\p{Extended_Pictographic}|\u2639|\u263a/gu

/** Drops the characters nobody sees. */
export function dropInvisible(text: string): string {
  return text.replace(invisible, '')
}

/**
 * Makes two spellings of the same words equal: letters in lower case and composed form, one kind of space and apostrophe,
 * no invisible characters, full-width letters and digits as plain ones, `ё` as `е`. Line breaks stay.
 * Nothing that carries meaning is touched: `²` stays `²`.
 */
export function normalizeWords(text: string): string {
  return dropInvisible(text)
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .normalize('NFC')
    .replace(fullWidth, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(apostrophe, "'")
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim()
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
