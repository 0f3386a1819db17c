import PostalMime, { type Attachment } from 'postal-mime'

/** Fields of one block of a report: lower-case name and value, folded lines joined. */
export type ReportFields = ReadonlyMap<string, string>

/** What a report gives back of the message it is about. */
export interface ReturnedMessage {
  /** With its angle brackets; undefined when its headers are not given back, or it has none. */
  readonly messageId: string | undefined
  /** Where answers and bounces of it were to go, as its headers say. */
  readonly returnTo: readonly string[]
}

/** The blocks of `name: value` lines a report's part is made of, separated by blank lines (RFC 3464 §2.1, RFC 5965 §3). */
export function readReportFields(part: Attachment): readonly ReportFields[] {
  return textOfPart(part)
    .split(/\r?\n(?:[ \t]*\r?\n)+/)
    .map((block) => {
      const fields = block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
      return new Map(
        fields.flatMap((line) => {
          const colon = line.indexOf(':')
          const name = line.slice(0, colon).trim().toLowerCase()
          return colon < 1 ? [] : [[name, line.slice(colon + 1).trim()] as const]
        }),
      )
    })
}

/** Reads the headers of the message a report returns, whole or without its body. */
export async function readReturnedMessage(attachments: readonly Attachment[]): Promise<ReturnedMessage> {
  const returned = attachments.find(({ mimeType }) =>
    ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers'].includes(mimeType),
  )
  if (returned === undefined) return { messageId: undefined, returnTo: [] }
  const text = textOfPart(returned)
  const blank = /\r?\n\r?\n/.exec(text)
  const { headers, messageId } = await PostalMime.parse(text.slice(0, blank?.index ?? text.length), {
    maxRfc822NestingDepth: 0,
  })
  const isReturn = ({ key }: { readonly key: string }) => key === 'reply-to' || key === 'return-path'
  return { messageId, returnTo: headers.filter(isReturn).map(({ value }) => value) }
}

/** The text of a part; anything that is not UTF-8 is replaced. */
export function textOfPart({ content }: Attachment): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}
