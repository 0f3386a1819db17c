import type { AnswerAction, OutboundMessage } from '@invite-me/core/channel'
import { phrasesFor, type Phrases } from './phrases.ts'

/** The three things a person sees of a message. */
export interface RenderedEmail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What the layout needs to know beside the message. */
export interface RenderOptions {
  /** True when a reply to this message reaches us. */
  readonly canReply: boolean
}

/** Longest subject, in characters: what one header line holds (RFC 5322 §2.1.1). */
const maxSubjectLength = 78

/**
 * Writes the subject, the plain text and the HTML of one message, in the recipient's language where we have its words.
 * Everything that comes from people is escaped; nothing is fetched and nothing is executed.
 */
export function renderEmail(message: OutboundMessage, options: RenderOptions): RenderedEmail {
  const phrases = phrasesFor(message.locale)
  const parts = gatherParts(message, phrases, options)
  const subject = subjectOf(message, phrases)
  return { subject, text: renderText(parts), html: renderHtml(parts, subject, phrases) }
}

/** The parts of a message in the order they are read; absent ones are undefined or empty. */
interface Parts {
  readonly reminder: string | undefined
  readonly intro: string | undefined
  readonly body: string
  /** Answers to choose from; with a `url` they are links. */
  readonly options: readonly { readonly label: string; readonly url: string | undefined }[]
  /** True when the options are written with numbers, so that a reply can name them. */
  readonly isNumbered: boolean
  /** The one link to a form, for types without options. */
  readonly form: { readonly label: string; readonly url: string } | undefined
  readonly hint: string | undefined
  readonly deadline: string | undefined
  readonly unsubscribe: { readonly label: string; readonly url: string } | undefined
}

function gatherParts(message: OutboundMessage, phrases: Phrases, { canReply }: RenderOptions): Parts {
  const { answer, content, links, originator, purpose, until } = message
  const name = originator === null ? undefined : oneLine(originator.name)
  const options = answer === undefined ? [] : optionsOf(answer)
  const hasButtons = options.some((option) => option.url !== undefined)
  const hasForm = answer !== undefined && !hasButtons && links.respond !== undefined
  return {
    reminder: purpose === 'reminder' ? phrases.reminder : undefined,
    intro: name === undefined ? undefined : answer === undefined ? phrases.writes(name) : phrases.asks(name),
    body: content.text,
    options,
    isNumbered: answer?.spec.type === 'choice',
    form: hasForm && links.respond !== undefined ? { label: phrases.answer, url: links.respond } : undefined,
    hint:
      canReply && answer !== undefined ? phrases.replyHint(answer.spec, hasButtons || hasForm) : undefined,
    deadline:
      answer !== undefined && until !== null ? phrases.answerBefore(writeMoment(until, phrases)) : undefined,
    unsubscribe:
      links.unsubscribe === undefined ? undefined : { label: phrases.unsubscribe, url: links.unsubscribe },
  }
}

/** The buttons, or the bare options of a choice that has no buttons. */
function optionsOf({ actions, spec }: NonNullable<OutboundMessage['answer']>): Parts['options'] {
  const tappable = actions.filter((action) => action.url !== undefined)
  if (tappable.length > 0)
    return tappable.map(({ label, url }: AnswerAction) => ({ label: oneLine(label), url }))
  if (spec.type !== 'choice') return []
  return spec.options.map(({ label }) => ({ label: oneLine(label), url: undefined }))
}

function subjectOf({ content, purpose }: OutboundMessage, phrases: Phrases): string {
  const line = oneLine(content.subject ?? firstLine(content.text))
  return cut(purpose === 'reminder' ? phrases.reminderSubject(line) : line, maxSubjectLength)
}

function firstLine(text: string): string {
  const start = text.trimStart()
  const end = start.indexOf('\n')
  // A subject never needs more, and the rest of a long line would only be carried along.
  return (end === -1 ? start : start.slice(0, end)).slice(0, 4 * maxSubjectLength)
}

/** One line of visible text: control characters, line breaks and the marks that turn writing around become spaces. */
function oneLine(text: string): string {
  return /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(text)
    ? text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
    : text
}

/** Cuts after whole characters as people see them, so that no emoji is torn. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept.length + segment.length > most - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

const momentFormats = new Map<string, Intl.DateTimeFormat>()

/** The channel does not know the reader's zone, so the moment is told in UTC and says so. */
function writeMoment(moment: Date, { language }: Phrases): string {
  let format = momentFormats.get(language)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
    momentFormats.set(language, format)
  }
  return `${format.format(moment)} UTC`
}

function renderText(parts: Parts): string {
  const blocks = [parts.reminder, parts.intro, parts.body, optionLines(parts), parts.hint, parts.deadline]
  const text = blocks.filter((block) => block !== undefined && block !== '').join('\n\n')
  if (parts.unsubscribe === undefined) return `${text}\n`
  // Two hyphens and a space begin a signature: mail programs grey it out and leave it away when quoting.
  return `${text}\n\n-- \n${parts.unsubscribe.label}: ${parts.unsubscribe.url}\n`
}

function optionLines({ form, isNumbered, options }: Parts): string {
  if (form !== undefined && options.length === 0) return `${form.label}: ${form.url}`
  const lines = options.map(({ label, url }, index) => {
    const start = isNumbered ? `${index + 1}. ${label}` : label
    return url === undefined ? start : `${start}: ${url}`
  })
  if (form !== undefined) lines.push('', `${form.label}: ${form.url}`)
  return lines.join('\n')
}

const font = 'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif'
// Written so that light is the default everywhere and dark wins only where the client asks for it.
const styleSheet =
  '@media (prefers-color-scheme:dark){.page{background:#16181d!important}.card{background:#22252c!important}' +
  '.ink{color:#f1f3f5!important}.pale,.pale a{color:#a9b1bd!important}}'

function renderHtml(parts: Parts, subject: string, { language }: Phrases): string {
  return (
    `<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width,initial-scale=1">' +
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">' +
    `<title>${escapeHtml(subject)}</title><style>${styleSheet}</style></head>` +
    '<body class="page" style="margin:0;padding:0;background:#f2f4f7">' +
    '<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f4f7"><tr>' +
    '<td align="center" style="padding:24px 12px">' +
    '<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" ' +
    `style="max-width:560px;background:#ffffff;border-radius:12px"><tr><td dir="auto" class="ink" style="padding:28px 28px 20px;${font};font-size:16px;line-height:1.5;color:#1d2129;text-align:start">\n` +
    paragraph(parts.reminder, 'pale', 'font-size:14px;color:#5c6470') +
    paragraph(parts.intro, 'pale', 'font-size:14px;color:#5c6470') +
    `<p class="ink" style="margin:0 0 20px;font-size:18px;color:#1d2129">${lines(parts.body)}</p>\n` +
    optionTable(parts) +
    (parts.form === undefined ? '' : button(parts.form.label, parts.form.url)) +
    paragraph(parts.hint, 'ink', 'font-size:15px;color:#1d2129') +
    paragraph(parts.deadline, 'pale', 'font-size:14px;color:#5c6470') +
    '</td></tr></table>\n' +
    footer(parts) +
    '</td></tr></table></body></html>\n'
  )
}

function paragraph(text: string | undefined, className: string, style: string): string {
  return text === undefined
    ? ''
    : `<p class="${className}" style="margin:0 0 12px;${style}">${escapeHtml(text)}</p>\n`
}

function optionTable({ isNumbered, options }: Parts): string {
  return options
    .map(({ label, url }, index) => {
      const text = isNumbered ? `${index + 1}. ${label}` : label
      return url === undefined ? paragraph(text, 'ink', 'font-size:16px;color:#1d2129') : button(text, url)
    })
    .join('')
}

/** A button that is a coloured table cell, so that it is one in Outlook too, and a plain link where styles are dropped. */
function button(label: string, url: string): string {
  return (
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px"><tr>' +
    '<td align="center" bgcolor="#1a56db" style="border-radius:8px;background:#1a56db">' +
    `<a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 24px;${font};font-size:16px;font-weight:600;color:#ffffff;text-decoration:none;border-radius:8px">${escapeHtml(label)}</a>` +
    '</td></tr></table>\n'
  )
}

function footer({ unsubscribe }: Parts): string {
  if (unsubscribe === undefined) return ''
  return (
    `<p class="pale" style="margin:16px 0 0;${font};font-size:13px;color:#5c6470">` +
    `<a href="${escapeHtml(unsubscribe.url)}" style="color:#5c6470">${escapeHtml(unsubscribe.label)}</a></p>\n`
  )
}

function lines(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>\n')
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => escapes[character] ?? '') : text
}
