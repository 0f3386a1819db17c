import { z } from 'zod'
import { deliveryWindowSchema } from './delivery-window.ts'
import { channelNameSchema } from './route.ts'

/** A category of messages, `news` or `invitation`; a person can switch each off per channel. */
export const categorySchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'a category is a lower-case word like "news"')
  .max(40)

/**
 * What a person wants: the order of channels (those not named follow in the workspace's order) and what is switched off and on.
 * `off` entries name a channel, a category or both; an entry with neither is refused. `on` entries name a category, everywhere or
 * on one channel. What is said of a category on one channel goes before what is said of it everywhere, and `off` before `on`; a
 * channel that is switched off altogether stays off. `window`: the hours in which they want to
 * be written to; default the workspace's.
 */
export const preferencesSchema = z.object({
  order: z.array(channelNameSchema).max(50).default([]),
  off: z
    .array(
      z
        .object({ channel: channelNameSchema.optional(), category: categorySchema.optional() })
        .refine(
          (entry) => entry.channel !== undefined || entry.category !== undefined,
          'name a channel, a category or both',
        ),
    )
    .max(200)
    .default([]),
  on: z
    .array(z.object({ category: categorySchema, channel: channelNameSchema.optional() }))
    .max(200)
    .optional(),
  window: deliveryWindowSchema.optional(),
})
/** See {@link preferencesSchema}. */
export type Preferences = z.infer<typeof preferencesSchema>
/** Preferences as a caller writes them: every part may be left out. */
export type PreferencesInput = z.input<typeof preferencesSchema>

/** What somebody wants who never said. */
export const noPreferences: Preferences = { order: [], off: [] }
