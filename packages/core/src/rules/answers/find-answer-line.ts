import { dropInvisible } from './normalize-words.ts'
import { hasMeaning, isClosing, isCourtesy } from './read-words.ts'

/** A line that a mail program or phone adds by itself, or the mark before a signature (RFC 3676 §4.3). */
const automatic = [
  /^--\s*$/,
  /^_{5,}$/,
  /^sent (from|via|with) .{1,60}$/i,
  /^get outlook for .{1,20}$/i,
  /^отправлено (с|из|от) .{1,60}$/i,
  /^(von meinem .{1,40} gesendet|gesendet (von|mit) .{1,40})$/i,
  /^enviado (desde|do|de) .{1,60}$/i,
  /^envoyé (de|depuis) .{1,60}$/i,
]
/** One to three capitalised words, as people sign: `Ann`, `Dr. Anna-Lena Weiß`, `Иван П.`, with or without a dash before it. */
const name = /^(?:[-–—] ?)?\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*){0,2}[.,!]?$/u

const salutation =
  /^(?:hi|hello|hey|dear|hallo|liebe[rs]?|guten tag|bonjour|salut|chère?|cher|hola|querid[oa]|olá|oi|привет|здравствуйте|добрый день|уважаем\p{L}+|дорог\p{L}+)(?: \p{L}[\p{L}'’.-]*){0,3}[,!]$/iu
/** Longer texts and lines are letters, not answers. */
const longestText = 20_000
const longestLine = 5_000
/** Most lines after a closing formula that still count as a signature. */
const longestSignature = 12

/**
 * Finds the one line that is the answer: the first that is not empty, when everything after it is only thanks,
 * a closing formula or a signature. Quoted lines are left out.
 *
 * @returns `undefined` when the text is empty, more of it may matter, or it is longer than any answer
 */
export function findAnswerLine(text: string): string | undefined {
  if (text.length > longestText) return undefined
  const lines = text
    .split(/\r\n?|\n|\u2028|\u2029/)
    .map((line) => dropInvisible(line).trim())
    // A line after ">" repeats what somebody wrote before.
    .filter((line) => line !== '' && !line.startsWith('>'))
  const first = lines.findIndex((line) => !isGreeting(line))
  const answer = lines[first]
  if (answer === undefined) return undefined
  return answer.length <= longestLine && isOnlySignature(lines.slice(first + 1)) ? answer : undefined
}

/** "Hello," or "Dear Ann!" on a line of its own. */
function isGreeting(line: string): boolean {
  return (/[,!]$/.test(line) && isCourtesy(line)) || salutation.test(line)
}

function isOnlySignature(lines: readonly string[]): boolean {
  for (const [index, line] of lines.entries()) {
    if (isAutomatic(line)) return true
    const rest = lines.slice(index + 1)
    if (isClosing(line)) return rest.length <= longestSignature && rest.every(isSignatureLine)
    if (isCourtesy(line)) continue
    // A name ends a message; what follows it must be added by a machine.
    return name.test(line) && !hasMeaning(line) && rest.every(isAutomatic)
  }
  return true
}

/** A line after "Kind regards,": name, position, telephone. A question or a word that answers makes it part of the message. */
function isSignatureLine(line: string): boolean {
  return line.length <= 120 && !line.includes('?') && !hasMeaning(line)
}

function isAutomatic(line: string): boolean {
  return automatic.some((pattern) => pattern.test(line))
}
