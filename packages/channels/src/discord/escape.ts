import { shortened } from '../shared/shortened.ts'

/** An address as people paste it. Within it only `_` is left that could be markup, and Discord leaves that alone there. */
const webAddress = /https?:\/\/[^\s<>()[\]*~|`\\]+/g
/** What Discord's Markdown could take for more than it is; at a line's start also lists, headings and quotes. */
const markup = /[\\*_~`|<>[\]#]|(?<=^|\n)[ \t]*(?:[-+]|\d+\.)(?=\s)/g

/** Escapes Discord's Markdown, so that the words of people look as they were written and mention nobody. */
export function escapeDiscord(text: string): string {
  let escaped = ''
  let at = 0
  for (const match of text.matchAll(webAddress)) {
    escaped += `${escapeMarkup(text.slice(at, match.index))}${match[0]}`
    at = match.index + match[0].length
  }
  return escaped + escapeMarkup(text.slice(at))
}

/** The same, cut to at most `longest` characters, with `…`; no escape is left that would now escape something else. */
export function escapeWithin(text: string, longest: number): string {
  return shortened(escapeDiscord(text), longest).replace(/(?<!\\)((?:\\\\)*)\\…$/, '$1…')
}

function escapeMarkup(text: string): string {
  return text.replace(markup, (found) => {
    // Of a list's mark the last character is escaped: `\-`, `1\.`
    const last = found.length - 1
    return `${found.slice(0, last)}\\${found.slice(last)}`
  })
}
