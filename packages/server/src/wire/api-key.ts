import { z } from '@hono/zod-openapi'
import { idSchema, momentSchema } from './moment.ts'

const scopeSchema = z.enum(['send', 'read', 'live', 'admin', 'owner']).openapi('Scope')

/** Body of `POST /v1/keys`: a role, or scopes one by one. */
export const keyBodySchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    role: z.enum(['viewer', 'sender', 'admin', 'owner']).optional(),
    scopes: z.array(scopeSchema).min(1).max(5).optional(),
    expiresAt: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Default never.' }),
  })
  .openapi('KeyBody', { example: { name: 'web shop', role: 'sender' } })

/** A key, without its secret. */
export const apiKeySchema = z
  .strictObject({
    id: idSchema,
    name: z.string(),
    prefix: z.string().openapi({ example: 'imk_7dq2k4n8xw' }),
    scopes: z.array(scopeSchema),
    createdAt: momentSchema,
    expiresAt: momentSchema.nullable(),
    lastUsedAt: momentSchema.nullable(),
    revokedAt: momentSchema.nullable(),
  })
  .openapi('ApiKey')

/** A new key with its secret. */
export const keyMadeSchema = z
  .strictObject({
    key: apiKeySchema,
    secret: z.string().openapi({ description: 'Shown now and never again.', example: 'imk_…' }),
  })
  .openapi('KeyMade')
