import { z } from '@hono/zod-openapi'

/** Members of the query of every list; see `pageOf` in `app/page-cursor.ts`. */
export const pageQuery = {
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'it is a whole number from 1 to 1000')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 1_000, 'it is a whole number from 1 to 1000')
    .optional()
    .openapi({ type: 'integer', minimum: 1, maximum: 1_000, default: 100, description: 'Rows of the page.' }),
  after: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .openapi({ description: 'The `next` of the page before.', example: 'MDE5M2E' }),
} as const

/** The answer of a list. */
export function pageOfSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item).max(1_000),
    next: z
      .string()
      .nullable()
      .openapi({ description: '`after` of the next page; null when this is the last.' }),
  })
}
