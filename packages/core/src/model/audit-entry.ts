import { z } from 'zod'
import { lineSchema } from './recipient.ts'

/** An administrative act, kept for ever. */
export interface AuditEntry {
  readonly id: string
  readonly at: Date
  /** Who: `key:<id>`, `cli`, `host`. */
  readonly actor: string
  /** What: `keys.create`, `recipients.erase`. */
  readonly action: string
  /** On what: an id; never an address or a secret. */
  readonly target: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/** Validates an act to be kept; its `detail` is read by `readPlainObject`. */
export const auditActSchema = z.strictObject({
  actor: lineSchema.min(1),
  action: lineSchema.min(1),
  target: lineSchema.nullable(),
  detail: z.unknown(),
})
