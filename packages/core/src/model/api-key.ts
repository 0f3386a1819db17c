import { z } from 'zod'
import { lineSchema } from './recipient.ts'

/** What a key lets its holder do: `send` ask, send and answer · `read` look · `live` follow topics · `admin` people, channels, webhooks · `owner` keys and the audit log. */
export const scopes = ['send', 'read', 'live', 'admin', 'owner'] as const
/** See {@link scopes}. */
export type Scope = (typeof scopes)[number]

/** Named sets of scopes. */
export const roles = {
  viewer: ['read', 'live'],
  sender: ['send', 'read', 'live'],
  admin: ['send', 'read', 'live', 'admin'],
  owner: ['send', 'read', 'live', 'admin', 'owner'],
} as const satisfies Record<string, readonly Scope[]>
/** See {@link roles}. */
export type Role = keyof typeof roles

/** Validates a key to be made: a role, or scopes one by one. */
export const apiKeyInputSchema = z
  .strictObject({
    name: lineSchema.min(1).max(100),
    role: z.enum(['viewer', 'sender', 'admin', 'owner']).optional(),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length).optional(),
    /** ISO 8601, or a `Date`; default never. */
    expiresAt: z
      .union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))])
      .optional(),
  })
  .refine(({ role, scopes: some }) => (role === undefined) !== (some === undefined), {
    path: ['role'],
    error: 'give either a role or scopes',
  })
/** What a caller says of a key to be made. */
export type ApiKeyInput = z.input<typeof apiKeyInputSchema>

/** A key to the HTTP interface; its secret is shown once and only its hash is kept. */
export interface ApiKey {
  readonly id: string
  readonly name: string
  /** How the secret begins, to tell keys apart: `imk_7dq2k4n8xw`. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly createdAt: Date
  readonly expiresAt: Date | null
  /** Exact to a minute. */
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}
