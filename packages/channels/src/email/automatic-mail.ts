/** The headers of a mail: lower-case name and value, in order. */
export type MailHeaders = readonly { readonly key: string; readonly value: string }[]

// At the very start only: a person's "Re: Out of office lunch?" is an answer.
const automaticSubject =
  /^\s*(?:auto(?:matic|mated)?[ -]?(?:reply|response)|autoreply|out of (?:the )?office|abwesenheits?|automatische (?:antwort|abwesenheit)|(?:авто|автоматический )ответ|нет на месте|respuesta automática|fuera de (?:la )?oficina|réponse automatique|absence du bureau|undeliver(?:ed|able)|delivery status notification|mail delivery (?:failed|failure)|returned mail)/iu

/**
 * Tells whether a machine wrote a mail: out-of-office notes, mailing lists, bounces (RFC 3834 §2, RFC 5230 §4.6).
 *
 * @param envelopeFrom the sender the mail server was told, `''` for the null sender; undefined when unknown
 * @returns what gives it away, as half a sentence for the receipt; undefined when a person may have written it
 */
export function explainAutomatic(headers: MailHeaders, envelopeFrom: string | undefined): string | undefined {
  const value = (key: string) =>
    headers
      .find((header) => header.key === key)
      ?.value.trim()
      .toLowerCase()
  const submitted = value('auto-submitted')
  if (submitted !== undefined && submitted !== '' && !/^no\b/.test(submitted))
    return 'the mail says that it was sent automatically'
  if (/^(?:bulk|junk|list|auto_reply)\b/.test(value('precedence') ?? ''))
    return 'the mail says that it is bulk mail'
  const replies = ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-autoreply-from', 'x-mail-autoreply']
  if (replies.some((key) => ![undefined, 'no'].includes(value(key))))
    return 'the mail says that it is an automatic reply'
  if (envelopeFrom === '' || value('return-path') === '<>')
    return 'the mail has no return path, as only machines send it'
  if (/^multipart\/report\b/.test(value('content-type') ?? '')) return 'the mail is a report of a mail server'
  if (/(?:^|[<\s])(?:mailer-daemon|postmaster|noreply|no-reply)@/.test(value('from') ?? ''))
    return 'the mail comes from a machine’s address'
  return undefined
}

/** Tells by its subject line, decoded, that a mail is an out-of-office note or a bounce. */
export function hasAutomaticSubject(subject: string): boolean {
  return automaticSubject.test(subject.slice(0, 200))
}
