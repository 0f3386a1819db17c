import { isInviteMeError } from '@invite-me/core'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { CatcherAnswer, ReplyOutcome } from './caught-message.ts'
import { catcherPage } from './catcher-page.ts'
import type { LiveStream } from './live-stream.ts'
import { mediumMoods, type MediumMood } from './medium.ts'
import { isFromSamePage, isLoopback } from './same-page.ts'

/** What the page's requests do. */
export interface CatcherDeeds {
  readonly live: LiveStream
  readonly answer: (messageId: string, input: CatcherAnswer) => Promise<ReplyOutcome>
  readonly setMood: (channel: string, mood: MediumMood) => void
}

const answerSchema = z.strictObject({
  messageId: z.string().max(100),
  input: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('text'), text: z.string().max(20_000) }),
    z.strictObject({ kind: z.literal('option'), value: z.string().max(100) }),
  ]),
})
const moodSchema = z.strictObject({ channel: z.string().max(40), mood: z.enum(mediumMoods) })

const maxBodyBytes = 64 * 1024

/** The page and what it asks for: `GET /`, `GET /live` (server-sent events), `POST /answer`, `POST /mood`. */
export function catcherRoutes({
  live,
  answer,
  setMood,
}: CatcherDeeds): (request: Request) => Promise<Response> {
  const app = new Hono()
  app.use(async (context, next) => {
    if (!isLoopback(context.req.raw)) return context.text('The catcher speaks to this machine only.', 403)
    if (context.req.method === 'POST' && !isFromSamePage(context.req.raw))
      return context.text('Only the page itself may do that.', 403)
    await next()
    context.header('Cross-Origin-Resource-Policy', 'same-origin')
    return
  })
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (context) => context.text('That was too much.', 413) }))
  app.get('/', () => catcherPage())
  app.get('/live', () => live.open())
  app.post('/answer', async (context) => {
    const { messageId, input } = answerSchema.parse(await context.req.json())
    return context.json({ outcome: await answer(messageId, input) })
  })
  app.post('/mood', async (context) => {
    const { channel, mood } = moodSchema.parse(await context.req.json())
    setMood(channel, mood)
    return context.json({ channel, mood })
  })
  app.onError((error, context) => {
    if (isInviteMeError(error))
      return context.json(
        { error: { code: error.code, message: error.message } },
        error.code === 'STOPPED' ? 503 : 422,
      )
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      return context.json(
        { error: { code: 'REQUEST_INVALID', message: 'The request was not understood.' } },
        422,
      )
    return context.json({ error: { code: 'INTERNAL', message: 'The catcher failed.' } }, 500)
  })
  return async (request) => app.fetch(request)
}
