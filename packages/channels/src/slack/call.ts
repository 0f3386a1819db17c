import type { Clock } from '@invite-me/core/channel'
import { outcomeOfSilence, request, type HttpRequest } from '../shared/http.ts'
import type { SlackOptions } from './options.ts'
import { readSlackReply, type SlackReading } from './outcome.ts'

/** What a call needs beside its arguments. */
export interface SlackCaller extends Pick<SlackOptions, 'apiUrl' | 'botToken'> {
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'now'>
}

/** Arguments of a method; `undefined` leaves one out, objects travel as JSON. */
type Arguments = Readonly<Record<string, unknown>>

/** Calls a method of the Web API that changes something, with its arguments as a form: the one way every method takes. */
export async function callSlack(method: string, args: Arguments, caller: SlackCaller): Promise<SlackReading> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return exchange(method, { method: 'POST', headers, body: form(args).toString() }, caller)
}

/** Calls a method that only reads. */
export async function readSlack(method: string, args: Arguments, caller: SlackCaller): Promise<SlackReading> {
  const query = form(args).toString()
  // A page of people is longer than any other answer.
  return exchange(query === '' ? method : `${method}?${query}`, { maxBytes: 4_194_304 }, caller)
}

async function exchange(
  path: string,
  { headers, ...rest }: Pick<HttpRequest, 'method' | 'headers' | 'body' | 'maxBytes'>,
  { apiUrl, botToken, clock, signal }: SlackCaller,
): Promise<SlackReading> {
  const reply = await request(`${apiUrl}/${path}`, {
    ...rest,
    headers: { authorization: `Bearer ${botToken}`, ...headers },
    signal,
  })
  return reply.ok ? readSlackReply(reply, clock.now()) : { ok: false, failure: outcomeOfSilence(reply) }
}

function form(args: Arguments): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(args))
    if (value !== undefined) form.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  return form
}
