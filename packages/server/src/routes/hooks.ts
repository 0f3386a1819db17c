import { errorCodes, InviteMeError, type ErrorCode } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { defineRoute, type Call, type Route } from '../app/route.ts'

const answers = {
  200: { description: 'As the provider expects.', content: ['*/*'] },
  204: { description: 'Recorded.' },
} as const

/** How the engine tells trouble to a provider. */
const troubleSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), field: z.string().optional() }),
})

/**
 * Hands a provider's request to its channel, which checks its signature on the raw bytes.
 * @throws InviteMeError the engine's trouble, so that it is told as everywhere; providers look at the status only
 */
async function handle({
  inviteMe,
  path,
  request,
}: Call<{ readonly channel: string }, unknown, unknown>): Promise<Response> {
  const response = await inviteMe.handleWebhook(path.channel, request)
  if (response.status < 400) return response
  const trouble = troubleSchema.safeParse(
    await response
      .clone()
      .json()
      .catch(() => undefined),
  )
  if (!trouble.success) return response
  const { code, message, field } = trouble.data.error
  const known = response.status === 404 ? 'NOT_FOUND' : isErrorCode(code) ? code : 'INTERNAL'
  throw new InviteMeError(known, message, field === undefined ? {} : { field })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}

const verify = defineRoute({
  method: 'get',
  path: '/v1/hooks/{channel}',
  operation: 'hooks.verify',
  scope: 'none',
  summary: 'What a provider asks before it sends anything',
  isForeign: true,
  answers,
  rename: { channel: 'path.channel' },
  problems: ['NOT_FOUND', 'WEBHOOK_REFUSED', 'BODY_TOO_LARGE', 'STOPPED'],
  handle,
})

const receive = defineRoute({
  method: 'post',
  path: '/v1/hooks/{channel}',
  operation: 'hooks.receive',
  scope: 'none',
  summary: 'Takes in what a provider sends: receipts and answers',
  description: "No key is needed; each provider's own signature is checked.",
  isForeign: true,
  answers,
  rename: { channel: 'path.channel' },
  problems: ['NOT_FOUND', 'WEBHOOK_REFUSED', 'BODY_TOO_LARGE', 'STOPPED'],
  handle,
})

/** `/v1/hooks/{channel}` */
export const hookRoutes: readonly Route[] = [verify, receive]
