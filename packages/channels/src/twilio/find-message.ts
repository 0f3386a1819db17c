import type { FindResult, OutboundMessage, SendContext } from '@invite-me/core/channel'
import type { TwilioApi } from './api.ts'
import { readMessagePage, type MessageResource } from './message-resource.ts'

/** Clocks differ, and Twilio writes whole seconds. */
const toleranceMs = 5_000
/** Age of the try from which on a list without the message proves that Twilio has none. */
const settledMs = 10_000
const pageSize = 200
/** A list longer than this is not read to its end, and then proves nothing. */
const mostPages = 5
/** A page of 200 messages of 1,600 characters and their addresses. */
const maxPageBytes = 2_097_152
/** Put before every text of a trial account (Twilio docs, `usage/tutorials/how-to-use-your-free-trial-account`). */
const trialPrefix = 'Sent from your Twilio trial account - '

/** What to look for. */
export interface Sought {
  readonly to: string
  readonly from: string | undefined
  /** Whether a text of Twilio is the one that was sent; `undefined` when it cannot be told. */
  readonly isIt: (body: string) => boolean | undefined
}

/**
 * Looks through the messages Twilio has for one number, newest first, for one created since the first try.
 *
 * The list is not narrowed by its date: that is the date of sending, which a message still in the queue does not have, and a
 * message that was not found would be sent twice.
 */
export async function findMessage(
  { from, isIt, to }: Sought,
  { clock, signal, since }: Pick<SendContext, 'clock' | 'signal'> & { readonly since: Date },
  api: TwilioApi,
): Promise<FindResult> {
  const notBefore = since.getTime() - toleranceMs
  let query: Readonly<Record<string, string>> | undefined = {
    To: to,
    ...(from !== undefined && { From: from }),
    PageSize: String(pageSize),
  }
  let isSure = true
  for (let pages = 0; query !== undefined; pages += 1) {
    if (pages === mostPages)
      return { status: 'unknown', detail: 'Twilio has too many messages for this number.' }
    const reply = await api({ path: '/Messages.json', query, signal, maxBytes: maxPageBytes })
    const page = reply.ok && reply.status === 200 ? readMessagePage(reply.body) : undefined
    if (page === undefined) return { status: 'unknown', detail: 'Twilio does not tell what it has sent.' }
    for (const message of page.messages.filter((one) => wasSentSince(one, notBefore))) {
      const answer = isIt(withoutPrefix(message.body ?? ''))
      if (answer === true) return found(message)
      isSure &&= answer === false
    }
    query = page.next
  }
  return isSure && clock.now() - since.getTime() >= settledMs ? { status: 'absent' } : { status: 'unknown' }
}

/**
 * Makes texts comparable that were written for the same message at different times: links carry a new token with each try.
 *
 * @param links of the message, as they are now
 */
export function comparable(text: string, { respond, unsubscribe }: OutboundMessage['links']): string {
  const starts = [respond, unsubscribe].flatMap((link) =>
    link === undefined ? [] : [link.slice(0, link.lastIndexOf('/') + 1)],
  )
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => starts.find((start) => word.startsWith(start)) ?? word)
    .join(' ')
}

function wasSentSince(
  { date_created: created, direction, status }: MessageResource,
  notBefore: number,
): boolean {
  const at = Date.parse(created ?? '')
  // One without a date may be ours.
  return !(at < notBefore) && direction !== 'inbound' && status !== 'canceled'
}

function withoutPrefix(body: string): string {
  return body.startsWith(trialPrefix) ? body.slice(trialPrefix.length) : body
}

function found({ sid, status }: MessageResource): FindResult {
  const state = /^[a-z_]{1,30}$/.test(status ?? '') ? ` (${status ?? ''})` : ''
  return {
    status: 'found',
    providerMessageId: sid,
    detail: `Twilio has it${state}, so it was not sent again`,
  }
}
