import type { HandledFact, ReceiveContext } from '@invite-me/core/channel'
import { request } from '../shared/http.ts'
import { callSlack, type SlackCaller } from './call.ts'
import { slackApiUrl, type SlackOptions } from './options.ts'
import { escapeSlack } from './render.ts'
import { readReplyTo, type ReplyTo } from './reply-to.ts'

/** Slack waits three seconds for an answer to its request; the words back together must not use them up. */
const mostMs = 2_000

/**
 * Answers Slack's request, and tells the person what became of what they pressed, visible to them alone. Slack gets its 200
 * whatever becomes of that word: sent again, the event would change nothing.
 */
export async function acknowledgeSlack(
  handled: readonly HandledFact[],
  { clock, log }: ReceiveContext,
  options: SlackOptions,
): Promise<Response> {
  const overdue = new AbortController()
  const callOff = clock.schedule(mostMs, () => overdue.abort())
  const teller = { ...options, clock, log, signal: overdue.signal }
  try {
    for (const { fact, result } of handled) {
      if (fact.replyTo === undefined) continue
      const replyTo = readReplyTo(fact.replyTo)
      if (replyTo.kind === 'challenge')
        return new Response(replyTo.challenge, { headers: { 'content-type': 'text/plain' } })
      // Whoever wrote words and was understood sees it at the question; who was not is asked back by the engine.
      const isWanted = replyTo.kind === 'interaction' || result.answer === 'late'
      if (result.feedback !== null && isWanted) await tell(result.feedback, replyTo, teller)
    }
  } finally {
    callOff()
  }
  return new Response(null, { status: 200 })
}

async function tell(
  feedback: string,
  replyTo: Exclude<ReplyTo, { kind: 'challenge' }>,
  { log, ...caller }: SlackCaller & Pick<ReceiveContext, 'log'>,
): Promise<void> {
  const text = escapeSlack(feedback)
  if (replyTo.kind === 'thread') {
    const { channel, ts } = replyTo
    const told = await callSlack('chat.postMessage', { channel, thread_ts: ts, text }, caller)
    if (!told.ok) log.warn('Slack did not take the word back.', { outcome: told.failure.status })
    return
  }
  if (!isOfSlack(replyTo.url, caller.apiUrl)) {
    log.warn('The address for the word back is not one of Slack.')
    return
  }
  const reply = await request(replyTo.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
    signal: caller.signal,
  })
  if (!reply.ok || reply.status !== 200)
    log.warn('Slack did not take the word back.', { status: reply.ok ? reply.status : reply.code })
}

/**
 * The address comes in a signed request, yet nothing is sent to a host nobody named: words back go to `hooks.` before the
 * host of the API, hooks.slack.com, or to another API itself.
 */
function isOfSlack(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { origin } = new URL(url)
  const api = new URL(apiUrl)
  return origin === `https://hooks.${api.hostname}` || (apiUrl !== slackApiUrl && origin === api.origin)
}
