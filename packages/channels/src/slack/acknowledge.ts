import type { HandledFact, ReceiveContext } from '@invite-me/core/channel'
import { request } from '../shared/http.ts'
import { callSlack } from './call.ts'
import { slackApiUrl, type SlackOptions } from './options.ts'
import { escapeSlack } from './render.ts'
import { readReplyTo, type ReplyTo } from './reply-to.ts'

/** Slack waits three seconds for an answer to its request; the word back must not use them up. */
const mostMs = 2_000

/**
 * Answers Slack's request, and tells the person what became of what they pressed, visible to them alone. Slack gets its 200
 * whatever becomes of that word: sent again, the event would change nothing.
 */
export async function acknowledgeSlack(
  handled: readonly HandledFact[],
  context: ReceiveContext,
  options: SlackOptions,
): Promise<Response> {
  for (const { fact, result } of handled) {
    if (fact.replyTo === undefined) continue
    const replyTo = readReplyTo(fact.replyTo)
    if (replyTo.kind === 'challenge')
      return new Response(replyTo.challenge, { headers: { 'content-type': 'text/plain' } })
    // Whoever wrote words and was understood sees it at the question; who was not is asked back by the engine.
    const isWanted = replyTo.kind === 'interaction' || result.answer === 'late'
    if (result.feedback !== null && isWanted) await tell(result.feedback, replyTo, { ...context, ...options })
  }
  return new Response(null, { status: 200 })
}

async function tell(
  feedback: string,
  replyTo: Exclude<ReplyTo, { kind: 'challenge' }>,
  { apiUrl, botToken, clock, log }: ReceiveContext & SlackOptions,
): Promise<void> {
  const signal = AbortSignal.timeout(mostMs)
  const text = escapeSlack(feedback)
  if (replyTo.kind === 'thread') {
    const { channel, ts } = replyTo
    const told = await callSlack(
      'chat.postMessage',
      { channel, thread_ts: ts, text },
      { apiUrl, botToken, clock, signal },
    )
    if (!told.ok) log.warn('Slack did not take the word back.', { outcome: told.failure.status })
    return
  }
  if (!isOfSlack(replyTo.url, apiUrl)) {
    log.warn('The address for the word back is not one of Slack.')
    return
  }
  const reply = await request(replyTo.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
    signal,
  })
  if (!reply.ok || reply.status !== 200)
    log.warn('Slack did not take the word back.', { status: reply.ok ? reply.status : reply.code })
}

/** The address comes in a signed request, yet nothing is sent to a host nobody named. */
function isOfSlack(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { origin } = new URL(url)
  return origin === 'https://hooks.slack.com' || (apiUrl !== slackApiUrl && origin === new URL(apiUrl).origin)
}
