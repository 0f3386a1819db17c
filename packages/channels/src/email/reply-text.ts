import { htmlToText } from './html-to-text.ts'
import {
  countAttributionLines,
  isDeviceLine,
  isForwardMark,
  isOriginalMark,
  isSignOff,
  labelOf,
  type HeaderLabel,
} from './reply-marks.ts'

/** The readable parts of a mail, as a MIME parser gives them. */
export interface ReadableMail {
  readonly text?: string | undefined
  readonly html?: string | undefined
  /** RFC 3676: `fixed` lines end where they end; `flowed` ones that end in a space go on; with `delsp` that space goes too. */
  readonly format?: 'fixed' | 'flowed' | 'delsp'
}

/**
 * Finds what a person wrote in a reply: without the message they replied to, without signatures and without lines like
 * "Sent from my iPhone". Knows how Gmail, Outlook, Apple Mail, Thunderbird, Yandex and Mail.ru quote in English,
 * Russian, German, Spanish and French, with the reply above, below or between the quotation.
 *
 * Never throws; reads each line a bounded number of times. The result is empty when nothing new was written, is never
 * longer than the part it was taken from, and has no line that begins with `>`.
 */
export function replyText({ format = 'fixed', html, text }: ReadableMail): string {
  const hasText = text !== undefined && text.trim() !== ''
  if (!hasText) return html === undefined ? '' : newTextOf(tidy(htmlToText(html)))
  const lines = tidy(text)
  return newTextOf(format === 'fixed' ? lines : joinFlowed(lines, format === 'delsp'))
}

/** Lines with plain spaces and without invisible marks, so that the patterns meet what a reader sees. */
function tidy(text: string): readonly string[] {
  return text
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t]/g, ' ')
    .split(/\r\n|[\r\n\u2028\u2029]/)
}

/** Joins soft line breaks (RFC 3676 §4.2) among lines of the same quote depth only. */
function joinFlowed(lines: readonly string[], dropsSpace: boolean): readonly string[] {
  const joined: string[] = []
  let parts: string[] = []
  let depth = 0
  const end = () => {
    if (parts.length > 0) joined.push(parts.join(''))
    parts = []
  }
  for (const line of lines) {
    const own = /^>*/.exec(line)?.[0].length ?? 0
    if (parts.length > 0 && own !== depth) end()
    depth = own
    const content = line.slice(own).replace(/^ /, '')
    const isSoft = content.endsWith(' ') && content !== '-- '
    const piece = isSoft && dropsSpace ? content.slice(0, -1) : content
    parts.push(parts.length === 0 ? (own > 0 ? `> ${piece}` : piece) : piece)
    if (!isSoft) end()
  }
  end()
  return joined
}

function newTextOf(lines: readonly string[]): string {
  const kept: string[] = []
  let isInSignature = false
  for (let index = 0; index < lines.length; index += 1) {
    const line = (lines[index] ?? '').trimEnd()
    if (isQuoted(line)) {
      isInSignature = false
      continue
    }
    if (beginsOriginal(lines, index)) break
    const attribution = attributionAt(lines, index)
    if (attribution > 0) {
      // Without marks nothing tells where the old message ends, so all that follows is taken for it.
      if (!isQuoteNext(lines, index + attribution)) break
      isInSignature = false
      index += attribution - 1
      continue
    }
    if (/^--\s*$/.test(line)) isInSignature = true
    if (!isInSignature && !isDeviceLine(line)) kept.push(line)
  }
  return trimBlank(dropSignOff(kept))
}

function isQuoted(line: string): boolean {
  return /^\s*>/.test(line)
}

/** How many lines at `index` say "… wrote:"; 0 when none. */
function attributionAt(lines: readonly string[], index: number): number {
  const isFollowedByQuote = (count: number) => isQuoteNext(lines, index + count)
  return countAttributionLines(lines.slice(index, index + 3), isFollowedByQuote)
}

/** True when the next line that is not blank is a quotation; two blank lines are looked over. */
function isQuoteNext(lines: readonly string[], index: number): boolean {
  return isQuoted(lines.slice(index, index + 3).find((line) => line.trim() !== '') ?? '')
}

/** True where the old message begins without marks of its own: a separator line or a block of header lines. */
function beginsOriginal(lines: readonly string[], index: number): boolean {
  const line = (lines[index] ?? '').trim()
  if (line === '') return false
  if (isOriginalMark(line) || isForwardMark(line)) return true
  if (/^[-_]{8,}$/.test(line)) {
    const next = lines.slice(index + 1, index + 4).find((other) => other.trim() !== '')
    return line.startsWith('________________') || (next !== undefined && labelOf(next) !== undefined)
  }
  return labelOf(line) === 'from' && isHeaderBlock(lines.slice(index, index + 9))
}

/** A subject and a date or a recipient below "From:", as Outlook writes them; one label alone is a sentence of somebody's. */
function isHeaderBlock(lines: readonly string[]): boolean {
  const labels = new Set<HeaderLabel | undefined>(lines.map((line) => labelOf(line)))
  return labels.has('subject') && (labels.has('date') || labels.has('to'))
}

/** Drops "Kind regards" and the name below, when something was said before. */
function dropSignOff(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '')
  for (let index = last; index > 0 && index > last - 6; index -= 1) {
    const line = lines[index] ?? ''
    if (line.length > 80) return lines
    if (isSignOff(line))
      return lines.slice(0, index).some((before) => before.trim() !== '') ? lines.slice(0, index) : lines
  }
  return lines
}

function trimBlank(lines: readonly string[]): string {
  return lines
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
