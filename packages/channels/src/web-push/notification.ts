import type { OutboundMessage } from '@invite-me/core/channel'
import { createHash } from 'node:crypto'
import { oneLine } from '../shared/one-line.ts'

/** What a service worker gets; see `web-push-worker.ts`. */
export interface PushedNotification {
  /** Tells our messages from others a service worker may get. */
  readonly inviteMe: 1
  readonly title: string
  readonly body: string
  readonly lang: string
  /** The same for a question and its reminders: the newer takes the place of the older. */
  readonly tag: string
  /** Page that opens with a tap; absent for a notice. */
  readonly url?: string
  /** At most two. `url` opens a page; without it the button answers at `answerUrl`. */
  readonly actions: readonly { readonly value: string; readonly label: string; readonly url?: string }[]
  /** Where buttons answer, and what they prove it with. */
  readonly answerUrl?: string
  readonly token?: string
}

/** Buttons a notification has room for (`Notification.maxActions` of Chromium is 2). */
const mostActions = 2
/** Most bytes of a message: push services take 4,096 encrypted (RFC 8030 §7.2), some browsers keep less. */
const mostBytes = 3_000
const longestTitle = 120

/** A name for all messages of one question to one person, as a push service takes it (RFC 8030 §5.4: 32 letters at most). */
export function topicOf(idempotencyKey: string): string {
  const [delivery = ''] = idempotencyKey.split('.')
  return createHash('sha256').update(delivery).digest('base64url').slice(0, 32)
}

/**
 * Puts a message into a notification, as JSON. A long text ends with `…`: the page a tap opens has all of it.
 *
 * @returns `undefined` when it is too long and there is no page, or it is too long even without any text
 */
export function notificationText(
  message: OutboundMessage,
  { answerUrl, topic }: { readonly answerUrl: string | undefined; readonly topic: string },
): string | undefined {
  const { content, links, originator } = message
  const notification = (body: string): string =>
    JSON.stringify({
      inviteMe: 1,
      title: shortened(oneLine(content.subject ?? originator?.name ?? ''), longestTitle),
      body,
      lang: message.locale,
      tag: topic,
      ...(links.respond !== undefined && { url: links.respond }),
      ...buttons(message, answerUrl),
    } satisfies PushedNotification)
  const whole = notification(content.text)
  if (sizeOf(whole) <= mostBytes) return whole
  if (links.respond === undefined) return undefined
  return longestThatFits(content.text, notification)
}

type Buttons = Pick<PushedNotification, 'actions' | 'answerUrl' | 'token'>

/** None rather than some: two of three answers would look like all there are. */
function buttons({ answer, replyToken }: OutboundMessage, answerUrl: string | undefined): Buttons {
  const isPlain = answer?.spec.type === 'yesNo' || (answer?.spec.type === 'choice' && !answer.spec.multiple)
  const wanted = answer === undefined || !isPlain || answer.actions.length > mostActions ? [] : answer.actions
  if (answerUrl !== undefined && replyToken !== undefined && wanted.length > 0)
    return { actions: wanted.map(({ label, value }) => ({ value, label })), answerUrl, token: replyToken }
  return {
    actions: wanted.flatMap(({ label, url, value }) => (url === undefined ? [] : [{ value, label, url }])),
  }
}

function longestThatFits(text: string, notification: (body: string) => string): string | undefined {
  const letters = lettersOf(text.slice(0, mostBytes))
  const upTo = (count: number): string => notification(`${letters.slice(0, count).join('')}…`)
  let [fits, tooMany] = [-1, letters.length]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (sizeOf(upTo(middle)) <= mostBytes) fits = middle
    else tooMany = middle
  }
  return fits === -1 ? undefined : upTo(fits)
}

function shortened(line: string, most: number): string {
  const letters = lettersOf(line)
  return letters.length <= most ? line : `${letters.slice(0, most - 1).join('')}…`
}

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Letters as people see them: accents and joined pictures are not cut apart. */
function lettersOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text)
}
