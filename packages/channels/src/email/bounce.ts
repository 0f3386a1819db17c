import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { classifyBounceStatus, type RefusedOutcome } from './outcome.ts'

/** What a delivery report says about one message (RFC 3464). */
export interface DeliveryReport {
  /** `failed`, `delayed`, `delivered`, `relayed`, `expanded`; lower case. */
  readonly action: string
  /** What the failure means; present for `failed`. */
  readonly outcome: RefusedOutcome | undefined
  /** Message-ID of the message that came back, with its angle brackets, when the report holds its headers. */
  readonly messageId: string | undefined
}

/**
 * Reads a delivery report.
 *
 * @returns undefined when the mail is none
 */
export async function readDeliveryReport(mail: Email): Promise<DeliveryReport | undefined> {
  const part = mail.attachments.find(({ mimeType }) => mimeType === 'message/delivery-status')
  if (part === undefined) return undefined
  const groups = readFieldGroups(textOf(part))
  // The first group is about the report itself; we send to one recipient, so one of the others is ours.
  const group =
    groups.find((fields) => fields.get('action') === 'failed') ??
    groups.find((fields) => fields.has('action'))
  const action = group?.get('action') ?? ''
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(group?.get('status') ?? '')?.[0] ?? ''
  return {
    action,
    outcome: action === 'failed' ? classifyBounceStatus(status, group?.get('diagnostic-code')) : undefined,
    messageId: await readReturnedMessageId(mail.attachments),
  }
}

/** Groups of `name: value` lines, separated by blank lines; values are folded lines joined, `action` in lower case. */
function readFieldGroups(text: string): readonly ReadonlyMap<string, string>[] {
  return text.split(/\r?\n(?:[ \t]*\r?\n)+/).map((block) => {
    const fields = block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
    return new Map(
      fields.flatMap((line) => {
        const colon = line.indexOf(':')
        const name = line.slice(0, colon).trim().toLowerCase()
        const value = line.slice(colon + 1).trim()
        return colon < 1 ? [] : [[name, name === 'action' ? value.toLowerCase() : value] as const]
      }),
    )
  })
}

async function readReturnedMessageId(attachments: readonly Attachment[]): Promise<string | undefined> {
  const returned = attachments.find(({ mimeType }) =>
    ['message/rfc822', 'text/rfc822-headers', 'message/global'].includes(mimeType),
  )
  if (returned === undefined) return undefined
  const text = textOf(returned)
  const blank = /\r?\n\r?\n/.exec(text)
  const headers = await PostalMime.parse(text.slice(0, blank?.index ?? text.length), {
    maxRfc822NestingDepth: 0,
  })
  return headers.messageId
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content)
}
