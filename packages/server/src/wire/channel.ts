import { z } from '@hono/zod-openapi'

const answerKind = z.enum(['yesNo', 'choice', 'text', 'number', 'date', 'rsvp', 'form'])

/** One channel as the engine sees it. */
export const channelStatusSchema = z
  .strictObject({
    name: z.string(),
    supports: z.strictObject({
      answers: z.array(answerKind).openapi({ description: 'Answers the medium carries by itself.' }),
      links: z.boolean(),
      tokens: z.array(z.enum(['respond', 'unsubscribe', 'reply'])),
      reports: z.array(z.enum(['delivered', 'read'])),
      idempotent: z.boolean(),
      maxTextLength: z.int().optional(),
      edits: z.array(z.enum(['question', 'calendar'])).optional(),
      inbox: z.boolean().optional(),
    }),
    circuit: z.enum(['closed', 'open', 'half_open']).openapi({
      description: '`closed` works, `open` is paused after failures, `half_open` is about to try again.',
    }),
  })
  .openapi('ChannelStatus')

/** What a check found, without sending. */
export const probeResultSchema = z
  .strictObject({ ok: z.boolean(), detail: z.string() })
  .openapi('ProbeResult')
