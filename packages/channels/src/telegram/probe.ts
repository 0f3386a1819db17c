import { isInviteMeError, type ProbeResult } from '@invite-me/core/channel'
import { z } from 'zod'
import { outcomeOfSilence } from '../shared/http.ts'
import type { BotReply, CallBot } from './bot-api.ts'
import { classifyRefusal } from './outcome.ts'

const webhookSchema = z.object({
  url: z.string(),
  pending_update_count: z.int().catch(0),
  last_error_date: z.int().optional(),
})

/** Asks Telegram who the bot is, and how its webhook does when it has one. */
export async function probeBot(call: CallBot, signal: AbortSignal): Promise<ProbeResult> {
  try {
    const me = await call((methods) => methods.getMe(signal))
    if (me.status !== 'done') return { ok: false, detail: describe(me) }
    const info = await call((methods) => methods.getWebhookInfo(signal))
    if (info.status !== 'done') return { ok: false, detail: describe(info) }
    return { ok: true, detail: `Telegram knows the bot. ${describeWebhook(info.result)}` }
  } catch (error) {
    if (isInviteMeError(error)) return { ok: false, detail: error.message }
    throw error
  }
}

function describeWebhook(result: unknown): string {
  const webhook = webhookSchema.safeParse(result)
  if (!webhook.success || webhook.data.url === '') return 'It has no webhook, so its updates must be polled.'
  const { last_error_date: failedAt, pending_update_count: waiting } = webhook.data
  const trouble =
    failedAt === undefined ? '' : `; the last failure was at ${new Date(failedAt * 1_000).toISOString()}`
  return `Its webhook has ${String(waiting)} updates waiting${trouble}.`
}

function describe(reply: Exclude<BotReply, { status: 'done' }>): string {
  const outcome =
    reply.status === 'refused' ? classifyRefusal(reply, 'private') : outcomeOfSilence(reply.reply)
  const { detail = 'Telegram does not answer.' } = outcome
  return 'providerCode' in outcome ? `${detail} (${String(outcome.providerCode)})` : detail
}
