import PostalMime from 'postal-mime'

/** What a person finds in the mail of a question. */
export interface InvitationMail {
  /** The delivery it belongs to; the same in every copy of it. */
  readonly deliveryId: string
  readonly to: { readonly name: string; readonly address: string }
  /** Where a reply goes, with the token of this copy. */
  readonly replyTo: string
  /** The answer page, without a chosen answer; undefined when no page was served. */
  readonly link: string | undefined
  /** Address of the one-click request of `List-Unsubscribe`; undefined without that header. */
  readonly unsubscribe: string | undefined
  readonly headers: ReadonlyMap<string, string>
  readonly subject: string
  readonly text: string
}

/** Reads a delivered mail as a mail program does. */
export async function readInvitationMail(raw: string): Promise<InvitationMail> {
  const mail = await PostalMime.parse(raw)
  const headers = new Map(mail.headers.map(({ key, value }) => [key, value]))
  const text = mail.text ?? ''
  return {
    deliveryId: /^<([0-9a-f-]{36})\./.exec(mail.messageId ?? '')?.[1] ?? '',
    to: { name: mail.to?.[0]?.name ?? '', address: mail.to?.[0]?.address ?? '' },
    replyTo: mail.replyTo?.[0]?.address ?? '',
    link: /https?:\/\/[^\s"<>?]+\/r\/[0-9a-z]{26}/.exec(text)?.[0],
    unsubscribe: /<(https?:[^>]+)>/.exec(headers.get('list-unsubscribe') ?? '')?.[1],
    headers,
    subject: mail.subject ?? '',
    text,
  }
}
