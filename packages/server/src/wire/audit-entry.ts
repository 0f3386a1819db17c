import { z } from '@hono/zod-openapi'
import { idSchema, momentSchema } from './moment.ts'

/** An administrative act. */
export const auditEntrySchema = z
  .strictObject({
    id: idSchema,
    at: momentSchema,
    actor: z.string().openapi({ example: 'key:0193a1b2-7c3d-7000-8000-000000000001' }),
    action: z.string().openapi({ example: 'recipients.erase' }),
    target: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .openapi('AuditEntry')
