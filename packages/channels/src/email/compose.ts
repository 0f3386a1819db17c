import type { OutboundMessage, SendContext } from '@invite-me/core/channel'
import type { EmailOptions } from './options.ts'
import { renderEmail } from './render.ts'
import { taggedAddress, tokenPlace, type TaggedAddress } from './tagged-address.ts'

/** A message as the mail library takes it. Addresses are structured, so that no text can turn into another recipient. */
export interface ComposedEmail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly from: Mailbox
  readonly to: Mailbox
  readonly replyTo?: Mailbox
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly messageId: string
  readonly date: Date
  readonly headers: Readonly<Record<string, string>>
}

interface Mailbox {
  readonly name: string
  readonly address: string
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

/** The Message-ID of a message: the same for every retry, so that a receiver can drop a repeated one. */
export function messageIdOf(idempotencyKey: string, from: string): string {
  return `<${idempotencyKey}@${from.slice(from.lastIndexOf('@') + 1)}>`
}

/**
 * Composes one message.
 *
 * @param address the recipient, already in its one spelling
 */
export function composeEmail(
  message: OutboundMessage,
  address: string,
  context: Pick<SendContext, 'clock' | 'idempotencyKey'>,
  options: EmailOptions & { readonly returns: ReturnAddresses },
): ComposedEmail {
  const { from, returns, unsubscribeMailto } = options
  const { replyToken } = message
  // A notice has a token for bounces, but a reply to it is meant for a human.
  const canAnswer = replyToken !== undefined && message.answer !== undefined
  const reply = canAnswer ? returns.reply?.with(replyToken) : undefined
  const bounce = replyToken === undefined ? undefined : returns.bounce?.with(replyToken)
  return {
    envelope: { from: bounce ?? from.address, to: [address] },
    from,
    to: { name: cleanName(message.to.name ?? ''), address },
    ...(reply === undefined ? {} : { replyTo: { name: from.name, address: reply } }),
    ...renderEmail(message, { canReply: reply !== undefined }),
    messageId: messageIdOf(context.idempotencyKey, from.address),
    date: new Date(context.clock.now()),
    headers: {
      'Auto-Submitted': 'auto-generated',
      // Microsoft's servers look at this one only, to keep their out-of-office notes to themselves.
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      ...unsubscribeHeaders(message.links.unsubscribe, unsubscribeMailto),
    },
  }
}

function unsubscribeHeaders(
  link: string | undefined,
  mailto: string | undefined,
): Readonly<Record<string, string>> {
  // Whatever could end the angle brackets or the line keeps the link out of the header; it stays in the text.
  const isSafe = link !== undefined && /^https?:\/\/[!-;=?-~]+$/.test(link)
  const ways = [
    ...(isSafe ? [`<${link}>`] : []),
    ...(mailto === undefined ? [] : [`<mailto:${mailto}?subject=unsubscribe>`]),
  ]
  if (ways.length === 0) return {}
  return {
    'List-Unsubscribe': ways.join(', '),
    ...(isSafe ? { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' } : {}),
  }
}

function cleanName(name: string): string {
  return name
    .replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim()
    .slice(0, 200)
}
