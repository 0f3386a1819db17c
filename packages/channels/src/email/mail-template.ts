import type { AnswerAction, OutboundMessage } from '@invite-me/core/channel'
import type { CalendarPart } from './calendar/calendar-part.ts'
import { base64Lines } from './mime/base64-lines.ts'
import { bodyTemplate, latePlace, type BodyTemplate } from './mime/body-template.ts'
import { textField } from './mime/header-field.ts'
import { escapeHtml, renderEmail, type RenderOptions } from './render.ts'

/** A mail less what is each person's own: their address, links, tokens and calendar entry. */
export interface MailTemplate {
  /** Header fields that are the same for everybody. */
  readonly head: string
  /** Writes the fields that describe the body, and the body. */
  write(personal: PersonalParts): { readonly head: string; readonly body: string }
}

/** What goes into a template for one person. */
export interface PersonalParts {
  /** From {@link linksOf}. */
  readonly links: readonly string[]
  readonly calendar: CalendarPart | undefined
}

/** What `bodyTemplate` fills in, in the order of its places: a button each, the form, the page to unsubscribe at. */
export function linksOf({ answer, links }: OutboundMessage): readonly string[] {
  const buttons = answer?.actions.map(({ url = '' }) => url) ?? []
  return [...buttons, links.respond ?? '', links.unsubscribe ?? '']
}

/** Renders and encodes a message once for everybody who gets it in the same language and shape. */
export function mailTemplate(message: OutboundMessage, options: RenderOptions): MailTemplate {
  const { html, subject, text } = renderEmail(withPlaces(message), options)
  const textBody = bodyTemplate(text)
  const htmlBody = bodyTemplate(html)
  return {
    head: textField('Subject', subject),
    write: ({ calendar, links }) => {
      const alternatives = [
        part('text/plain; charset=utf-8', textBody, textBody.fill(links)),
        part('text/html; charset=utf-8', htmlBody, htmlBody.fill(links.map(escapeHtml))),
      ]
      if (calendar === undefined) return multipart('alternative', alternatives)
      const content = base64Lines(calendar.content)
      const inline = part(`text/calendar; charset=utf-8; method=${calendar.method}`, base64, content)
      const { head, body } = multipart('alternative', [...alternatives, inline])
      return multipart('mixed', [`${head}\r\n${body}`, attachedEntry + content])
    },
  }
}

const base64: Pick<BodyTemplate, 'encoding'> = { encoding: 'base64' }

/** Some programs look for the entry among the alternatives and some among the attachments. */
const attachedEntry =
  'Content-Type: application/ics; name=invite.ics\r\n' +
  'Content-Disposition: attachment; filename=invite.ics\r\n' +
  'Content-Transfer-Encoding: base64\r\n\r\n'

/** The message with places instead of what only one person may see. */
function withPlaces(message: OutboundMessage): OutboundMessage {
  const { answer, links, ...rest } = message
  const actions = answer?.actions ?? []
  const places = (index: number, url: string | undefined) => url !== undefined && { url: latePlace(index) }
  return {
    ...rest,
    to: { address: '' },
    ...(answer !== undefined && {
      answer: {
        spec: answer.spec,
        actions: actions.map(({ label, url, value }, index): AnswerAction => ({
          value,
          label,
          ...places(index, url),
        })),
      },
    }),
    links: {
      ...(links.respond !== undefined && { respond: latePlace(actions.length) }),
      ...(links.unsubscribe !== undefined && { unsubscribe: latePlace(actions.length + 1) }),
    },
  }
}

function part(contentType: string, { encoding }: Pick<BodyTemplate, 'encoding'>, content: string): string {
  return `Content-Type: ${contentType}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${content}`
}

/** `=_` cannot occur in quoted-printable or base64, so no text can hold the boundary (RFC 2045 §6.7, note). */
function multipart(
  kind: 'alternative' | 'mixed',
  parts: readonly string[],
): ReturnType<MailTemplate['write']> {
  const boundary = `=_invite-me_${kind}`
  return {
    head: `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n`,
    body: `${parts.map((each) => `--${boundary}\r\n${each}\r\n`).join('')}--${boundary}--\r\n`,
  }
}
