import { readFileSync } from 'node:fs'

/** A mail kept from a mail program: the words a person wrote in it, above, below or between what it quotes. */
export interface KeptReply {
  readonly name: string
  readonly language: 'de' | 'en' | 'es' | 'fr' | 'ru'
  /** What a human reads in it: yes, no, neither, or nothing because a machine wrote it. */
  readonly says: 'automatic' | 'maybe' | 'no' | 'yes'
}

const kept = (
  language: KeptReply['language'],
  says: KeptReply['says'],
  ...names: readonly string[]
): readonly KeptReply[] => names.map((name) => ({ name, language, says }))

/** Replies of Gmail, Outlook, Apple Mail, Thunderbird, Yahoo, Samsung, Yandex and Mail.ru, and of machines. */
export const keptReplies: readonly KeptReply[] = [
  ...kept('en', 'yes', 'gmail-en', 'outlook-en', 'apple-iphone-en', 'thunderbird-en-inline'),
  ...kept('en', 'yes', 'samsung-en', 'yahoo-en', 'web-plain-no-quote'),
  ...kept('en', 'no', 'outlook-ios-en', 'signature-only-dashes'),
  ...kept('en', 'maybe', 'yandex-en'),
  ...kept('en', 'automatic', 'auto-submitted', 'out-of-office-subject', 'precedence-bulk', 'x-autoreply'),
  ...kept('ru', 'yes', 'gmail-ru', 'outlook-ru-koi8r', 'apple-iphone-ru', 'thunderbird-ru'),
  ...kept('ru', 'yes', 'yandex-ru', 'mail-ru'),
  ...kept('ru', 'no', 'outlook-ru', 'apple-mac-ru', 'yandex-ru-header', 'mail-ru-mobile'),
  ...kept('ru', 'maybe', 'outlook-web-ru', 'mail-ru-html-only'),
  ...kept('ru', 'automatic', 'out-of-office-ru'),
  ...kept('de', 'yes', 'gmail-de', 'outlook-ios-de'),
  ...kept('de', 'no', 'outlook-de', 'apple-iphone-de'),
  ...kept('de', 'automatic', 'out-of-office-de'),
  ...kept('es', 'yes', 'gmail-es'),
  ...kept('es', 'no', 'thunderbird-es'),
  ...kept('fr', 'yes', 'gmail-fr', 'outlook-fr'),
  ...kept('fr', 'no', 'apple-iphone-fr'),
]

const folder = new URL('../../packages/channels/src/__fixtures__/email/', import.meta.url)

/**
 * Writes the mail a program would have sent: the kept one with its own sender, recipient and id.
 *
 * @param id becomes the Message-ID; the same id twice is the same mail again
 */
export function writeReply(
  reply: Pick<KeptReply, 'name'>,
  { from, id, to }: { readonly from: string; readonly id: string; readonly to: string },
): Buffer {
  // Bytes, not text: not every kept mail is UTF-8.
  const raw = readFileSync(new URL(`${reply.name}.eml`, folder)).toString('latin1')
  const end = raw.search(/\r?\n\r?\n/)
  const own = /^(?:from|to|message-id)$/i
  const headers = raw
    .slice(0, end)
    .split(/\r?\n(?![ \t])/)
    .filter((line) => !own.test(line.slice(0, line.indexOf(':'))))
  const written = [`From: ${from}`, `To: ${to}`, `Message-ID: <${id}@mail.guests.test>`, ...headers]
  return Buffer.from(`${written.join('\r\n')}${raw.slice(end)}`, 'latin1')
}
