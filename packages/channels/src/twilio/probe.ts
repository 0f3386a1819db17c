import type { ProbeResult } from '@invite-me/core/channel'
import { z } from 'zod'
import { readObject } from '../shared/http.ts'
import type { TwilioApi } from './api.ts'
import { classifyReply } from './outcome.ts'

/**
 * Checks the login, and whether a number is one of the account's that can send text messages. Sends nothing.
 *
 * @param number the sender, when it is a number whose capabilities can be looked up
 * @param hasKey an API key may not read the account itself, so its messages are read instead
 */
export async function probeAccount(
  api: TwilioApi,
  {
    hasKey,
    number,
    signal,
  }: { readonly hasKey: boolean; readonly number: string | undefined; readonly signal: AbortSignal },
): Promise<ProbeResult> {
  const login = await read(
    api,
    hasKey ? { path: '/Messages.json', query: { PageSize: '1' } } : { path: '.json' },
    signal,
  )
  if (!login.ok) return login
  const { status } = login.body
  if (!hasKey && status !== 'active') return { ok: false, detail: 'The Twilio account is not active.' }
  if (number === undefined) return { ok: true, detail: 'Twilio takes the credentials.' }
  const listed = await read(
    api,
    { path: '/IncomingPhoneNumbers.json', query: { PhoneNumber: number } },
    signal,
  )
  if (!listed.ok) return listed
  const { data } = numbersSchema.safeParse(listed.body)
  const [found] = data?.incoming_phone_numbers ?? []
  if (found === undefined)
    return { ok: false, detail: 'The sender in `from` is not a number of this account.' }
  return found.capabilities?.sms === false
    ? { ok: false, detail: 'The number in `from` cannot send text messages.' }
    : { ok: true, detail: 'Twilio takes the credentials and knows the sender.' }
}

const numbersSchema = z.object({
  incoming_phone_numbers: z.array(
    z.object({ capabilities: z.object({ sms: z.boolean() }).nullish().catch(null) }),
  ),
})

type Read =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | (ProbeResult & { readonly ok: false })

async function read(
  api: TwilioApi,
  call: Pick<Parameters<TwilioApi>[0], 'path' | 'query'>,
  signal: AbortSignal,
): Promise<Read> {
  const reply = await api({ ...call, signal })
  if (!reply.ok)
    return {
      ok: false,
      detail: `Twilio cannot be reached${reply.code === undefined ? '' : ` (${reply.code})`}.`,
    }
  if (reply.status === 200) return { ok: true, body: readObject(reply.body) }
  const outcome = classifyReply(reply, { nowMs: 0, errorClasses: {} })
  const { detail = 'Twilio refused the request.', providerCode = String(reply.status) } =
    outcome.status === 'accepted' ? {} : outcome
  return { ok: false, detail: `${detail} (${providerCode})` }
}
