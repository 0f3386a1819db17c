import type { OutboundMessage, SendContext } from '@invite-me/core/channel'
import { calendarPart, type CalendarPartOptions } from './calendar/calendar-part.ts'
import { linksOf } from './mail-template.ts'
import { mailboxField } from './mime/header-field.ts'
import type { EmailOptions } from './options.ts'
import type { EmailChange } from './render.ts'
import { taggedAddress, tokenPlace, type TaggedAddress } from './tagged-address.ts'
import type { TemplateStore } from './template-store.ts'

/** Longest display name of a person, in characters. */
const maxNameLength = 200
/** A line of a mail holds 998 characters (RFC 5322 §2.1.1). */
const maxLinkLength = 900

/** A mail ready to be signed and handed over. Header fields and body in ASCII, but for addresses outside ASCII (RFC 6532). */
export interface ComposedEmail {
  readonly envelope: { readonly from: string; readonly to: string }
  readonly messageId: string
  /** Header fields, each with its CRLF, without the empty line after them. */
  readonly head: string
  readonly body: string
}

/** The addresses of ours that come back to us, as far as they are set up. */
export interface ReturnAddresses {
  readonly reply: TaggedAddress | undefined
  readonly bounce: TaggedAddress | undefined
}

/** Reads the return addresses out of the options. */
export function returnAddresses({ bounceDomain, replyAddress, replyDomain }: EmailOptions): ReturnAddresses {
  const reply = replyAddress ?? (replyDomain === undefined ? undefined : `reply+${tokenPlace}@${replyDomain}`)
  const bounce = bounceDomain === undefined ? undefined : `bounce+${tokenPlace}@${bounceDomain}`
  return {
    reply: reply === undefined ? undefined : taggedAddress(reply),
    bounce: bounce === undefined ? undefined : taggedAddress(bounce),
  }
}

/** What is composed, and for whom. */
export interface MailDraft {
  readonly message: OutboundMessage
  /** The recipient, already in its one spelling. */
  readonly address: string
  readonly context: Pick<SendContext, 'clock' | 'idempotencyKey'>
  /** Present when the mail brings an earlier one up to date. */
  readonly change?: EmailChange & {
    /** Message-ID of the earlier one. */
    readonly inReplyTo: string
    readonly calendar: Pick<CalendarPartOptions, 'method' | 'partstat'>
  }
}

/** What all mails of a channel are composed with. */
export interface ComposeOptions extends Pick<EmailOptions, 'feedbackId' | 'from' | 'unsubscribeMailto'> {
  readonly returns: ReturnAddresses
  readonly templates: TemplateStore
}

/** Composes one mail. What is the same for others comes from a template; the same input gives the same bytes. */
export function composeEmail(draft: MailDraft, options: ComposeOptions): ComposedEmail {
  const { address, change, context, message } = draft
  const { bounce, organizer, replyTo } = addressesOf(draft, options)
  const domain = domainOf(options.from.address)
  const stamp = new Date(context.clock.now())
  const originator = message.originator ?? { name: options.from.name }
  const calendar =
    organizer === undefined
      ? undefined
      : calendarPart({ ...message, originator }, { organizer, domain, stamp, ...change?.calendar })
  const template = options.templates.templateFor(message, {
    canReply: replyTo !== undefined,
    ...(change !== undefined && { change: { kind: change.kind, notice: change.notice } }),
  })
  const written = template.write({ links: linksOf(message), calendar })
  return {
    envelope: { from: bounce ?? options.from.address, to: address },
    messageId: messageIdOf(context.idempotencyKey, domain),
    head:
      mailboxFields(draft, options, replyTo) +
      template.head +
      identityFields(draft, domain, stamp) +
      serviceFields(message, options) +
      written.head,
    body: written.body,
  }
}

/** Our addresses with the token of this message in them. */
function addressesOf({ change, message }: MailDraft, { returns }: ComposeOptions) {
  const { answer, replyToken } = message
  if (replyToken === undefined) return {}
  const reply = returns.reply?.with(replyToken)
  // A reply to a notice, or to a mail that says it is over, is meant for a human.
  const isOpen = answer !== undefined && (change === undefined || change.kind === 'changed')
  return {
    bounce: returns.bounce?.with(replyToken),
    // Calendars answer to the organizer, whatever the mail says (RFC 6047 §2.3).
    organizer: reply,
    replyTo: isOpen ? reply : undefined,
  }
}

function mailboxFields(
  { address, message }: MailDraft,
  { from }: ComposeOptions,
  replyTo: string | undefined,
): string {
  const name = Array.from(message.to.name ?? '')
    .slice(0, maxNameLength)
    .join('')
  return (
    mailboxField('From', from) +
    mailboxField('To', { name, address }) +
    (replyTo === undefined ? '' : mailboxField('Reply-To', { name: from.name, address: replyTo }))
  )
}

/** Says which mail this is and which it belongs to, so that mail programs show them together. */
function identityFields({ change, context, message }: MailDraft, domain: string, stamp: Date): string {
  const own = messageIdOf(context.idempotencyKey, domain)
  // The engine's keys end in the number of the reminder, 0 for the question itself. Where a key does not, a mail leans on one
  // nobody has, which mail programs put up with.
  const first = messageIdOf(context.idempotencyKey.replace(/\.\d+$/, '.0'), domain)
  const earlier = change?.inReplyTo ?? (message.purpose === 'reminder' ? first : undefined)
  const isReply = earlier !== undefined && earlier !== own && /^<[!-;=?-~]+>$/.test(earlier)
  return (
    `Message-ID: ${own}\r\n` +
    `Date: ${stamp.toUTCString().replace('GMT', '+0000')}\r\n` +
    (isReply ? `In-Reply-To: ${earlier}\r\nReferences: ${earlier}\r\n` : '')
  )
}

/** The Message-ID of a message: the same for every retry, so that a receiver can drop a repeated one. */
function messageIdOf(idempotencyKey: string, domain: string): string {
  return `<${idempotencyKey}@${domain}>`
}

/** What is meant for mail servers and programs and not for people. */
function serviceFields({ category, links, purpose }: OutboundMessage, options: ComposeOptions): string {
  return (
    'Auto-Submitted: auto-generated\r\n' +
    // Microsoft's servers look at this one only, to keep their out-of-office notes to themselves.
    'X-Auto-Response-Suppress: OOF, AutoReply\r\n' +
    (options.feedbackId === undefined
      ? ''
      : `Feedback-ID: ${category.replace(/[^\w-]/g, '')}:${purpose}:${options.feedbackId}\r\n`) +
    unsubscribeFields(links.unsubscribe, options.unsubscribeMailto) +
    'MIME-Version: 1.0\r\n'
  )
}

/** RFC 2369 §3.2 and RFC 8058 §3.1. */
function unsubscribeFields(link: string | undefined, mailto: string | undefined): string {
  // Whatever could end the angle brackets or the line keeps the link out of the header; it stays in the text.
  const isSafe = link !== undefined && link.length <= maxLinkLength && /^https?:\/\/[!-;=?-~]+$/.test(link)
  const ways = [
    ...(isSafe ? [`<${link}>`] : []),
    ...(mailto === undefined ? [] : [`<mailto:${mailto}?subject=unsubscribe>`]),
  ]
  if (ways.length === 0) return ''
  return (
    `List-Unsubscribe: ${ways.join(',\r\n ')}\r\n` +
    (isSafe ? 'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n' : '')
  )
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1)
}
