import {
  canBeNumbered,
  knownZone,
  zoneName,
  type AnswerAction,
  type OutboundMessage,
} from '@invite-me/core/channel'
import { boundedMap } from '../shared/bounded-map.ts'
import { oneLine } from '../shared/one-line.ts'
import { phrasesFor, replyHint, type Phrases } from './phrases.ts'

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
  /** Present when the mail brings an earlier one up to date. */
  readonly change?: EmailChange
}

/** What a mail says about an earlier one. */
export interface EmailChange {
  readonly kind: 'changed' | 'cancelled' | 'answered'
  /** One line in the person's language. */
  readonly notice: string
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
  const subject = subjectOf(message, phrases, options.change)
  return { subject, text: renderText(parts), html: renderHtml(parts, subject, phrases) }
}

/** The parts of a message in the order they are read; absent ones are undefined or empty. */
interface Parts {
  /** That this is a reminder, or what has changed. */
  readonly news: string | undefined
  readonly intro: string | undefined
  readonly body: string
  /** When and where, a line each. */
  readonly calendar: string | undefined
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

function gatherParts(message: OutboundMessage, phrases: Phrases, { canReply, change }: RenderOptions): Parts {
  const { content, links, originator, purpose } = message
  const answer = change === undefined ? message.answer : undefined
  const name = originator === null ? undefined : oneLine(originator.name)
  const options = answer === undefined ? [] : optionsOf(answer)
  const hasButtons = options.some((option) => option.url !== undefined)
  const hasForm = answer !== undefined && !hasButtons && links.respond !== undefined
  return {
    news: newsOf(purpose, change, phrases),
    intro: name === undefined ? undefined : answer === undefined ? phrases.writes(name) : phrases.asks(name),
    // No mail may carry a NUL (RFC 5322 §3.1), and the template marks its places with them.
    body: content.text.replaceAll('\0', ''),
    calendar: calendarLines(message, phrases),
    options,
    isNumbered: answer?.spec.type === 'choice' && canBeNumbered(answer.spec.options),
    form: hasForm && links.respond !== undefined ? { label: phrases.answer, url: links.respond } : undefined,
    hint:
      canReply && answer !== undefined ? replyHint(answer.spec, phrases, hasButtons || hasForm) : undefined,
    deadline:
      answer !== undefined && message.until !== null
        ? phrases.answerBefore(deadlineOf(message.until, phrases, message.zone))
        : undefined,
    unsubscribe:
      links.unsubscribe === undefined ? undefined : { label: phrases.unsubscribe, url: links.unsubscribe },
  }
}

function newsOf(
  purpose: OutboundMessage['purpose'],
  change: EmailChange | undefined,
  { reminder }: Phrases,
): string | undefined {
  if (change !== undefined) return oneLine(change.notice)
  return purpose === 'reminder' ? reminder : undefined
}

/** When and where: calendars hide the invitations of people they do not know, so the mail says it itself. */
function calendarLines({ calendar, zone = 'UTC' }: OutboundMessage, phrases: Phrases): string | undefined {
  if (calendar === undefined) return undefined
  const { end, location, start } = calendar
  const when = momentFormat('entry', phrases, zone).formatRange(new Date(start), new Date(end))
  const lines = [`${phrases.when} ${when} ${zoneName(new Date(start), zone)}`]
  if (location !== undefined) lines.push(`${phrases.where} ${oneLine(location)}`)
  return lines.join('\n')
}

/** The buttons, or the bare options of a choice that has no buttons. */
function optionsOf({ actions, spec }: NonNullable<OutboundMessage['answer']>): Parts['options'] {
  const tappable = actions.filter((action) => action.url !== undefined)
  if (tappable.length > 0)
    return tappable.map(({ label, url }: AnswerAction) => ({ label: oneLine(label), url }))
  if (spec.type !== 'choice') return []
  return spec.options.map(({ label }) => ({ label: oneLine(label), url: undefined }))
}

function subjectOf(
  { content, purpose }: OutboundMessage,
  phrases: Phrases,
  change: EmailChange | undefined,
): string {
  const line = oneLine(content.subject ?? firstLine(content.text))
  if (change !== undefined) return cut(phrases[`${change.kind}Subject`](line), maxSubjectLength)
  return cut(purpose === 'reminder' ? phrases.reminderSubject(line) : line, maxSubjectLength)
}

function firstLine(text: string): string {
  const start = text.trimStart()
  const end = start.indexOf('\n')
  // A subject never needs more, and the rest of a long line would only be carried along.
  return (end === -1 ? start : start.slice(0, end)).slice(0, 4 * maxSubjectLength)
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

/** In full, as letters have it; the short form of `writeMoment` and `writeSpan` is for media that count letters. */
const formats = {
  deadline: { dateStyle: 'long', timeStyle: 'short' },
  entry: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>

/** By style, language and zone; making one takes some hundred microseconds. */
const momentFormats = boundedMap<string, Intl.DateTimeFormat>(500)

function deadlineOf(until: Date, phrases: Phrases, zone = 'UTC'): string {
  return `${momentFormat('deadline', phrases, zone).format(until)} ${zoneName(until, zone)}`
}

/** Moments are told in the reader's zone, as far as it is known, and say which it is. */
function momentFormat(name: keyof typeof formats, { language }: Phrases, zone: string): Intl.DateTimeFormat {
  const timeZone = knownZone(zone)
  const key = `${name} ${language} ${timeZone}`
  let format = momentFormats.get(key)
  if (format === undefined) {
    format = new Intl.DateTimeFormat(language, { ...formats[name], timeZone })
    momentFormats.set(key, format)
  }
  return format
}

function renderText(parts: Parts): string {
  const { body, calendar, deadline, hint, intro, news } = parts
  const blocks = [news, intro, body, calendar, optionLines(parts), hint, deadline]
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
    paragraph(parts.news, 'pale', 'font-size:14px;color:#5c6470') +
    paragraph(parts.intro, 'pale', 'font-size:14px;color:#5c6470') +
    `<p class="ink" style="margin:0 0 20px;font-size:18px;color:#1d2129">${lines(parts.body)}</p>\n` +
    paragraph(parts.calendar, 'ink', 'font-size:16px;color:#1d2129') +
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
    : `<p class="${className}" style="margin:0 0 12px;${style}">${lines(text)}</p>\n`
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

/** Makes text harmless between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => escapes[character] ?? '') : text
}
