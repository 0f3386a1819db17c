import { z } from '@hono/zod-openapi'
import { idSchema, momentSchema } from './moment.ts'

/** Something that came in and fits nothing that was sent. */
export const unmatchedFactSchema = z
  .strictObject({
    id: idSchema,
    channel: z.string(),
    providerMessageId: z.string().nullable(),
    receivedAt: momentSchema,
    fact: z
      .object({ id: z.string(), kind: z.string(), at: momentSchema })
      .catchall(z.unknown())
      .openapi({ description: 'What the channel made of it; its members differ by `kind`.' }),
  })
  .openapi('UnmatchedFact')
