import type { Clock } from '@invite-me/core/channel'
import { outcomeOfSilence, request, type HttpRequest } from '../shared/http.ts'
import type { DiscordOptions } from './options.ts'
import { readDiscordReply, type DiscordReading } from './outcome.ts'

/** What a call needs beside its body. */
export interface DiscordCaller extends Pick<DiscordOptions, 'apiUrl' | 'botToken'> {
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'now'>
}

/** Discord blocks clients that do not say so who they are (docs.discord.com/developers/reference#user-agent). */
const userAgent = 'DiscordBot (https://www.npmjs.com/package/@invite-me/channels, 1)'

/**
 * Makes one request to the API.
 *
 * @param path below the API's address, with its slash: `/users/@me`
 */
export async function callDiscord(
  method: NonNullable<HttpRequest['method']>,
  path: string,
  body: object | undefined,
  { apiUrl, botToken, clock, signal }: DiscordCaller,
): Promise<DiscordReading> {
  const reply = await request(`${apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bot ${botToken}`,
      'user-agent': userAgent,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  })
  return reply.ok ? readDiscordReply(reply, clock.now()) : { ok: false, failure: outcomeOfSilence(reply) }
}
