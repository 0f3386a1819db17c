import { defineChannel } from '@invite-me/core/channel'
import { z } from 'zod'

/** A channel with one option of each shape, to generate from. */
export const pigeonPost = defineChannel({
  name: 'pigeon-post',
  options: z.object({
    loftUrl: z.url().describe('Where the pigeons live | and rest'),
    auth: z.object({ user: z.string(), pass: z.string().meta({ secret: true }) }).optional(),
    relay: z.union([z.url(), z.object({ host: z.string(), key: z.string().meta({ secret: true }) })]).optional(),
    maxPigeons: z.int().default(3),
    size: z.enum(['small', 'large']).optional(),
    routes: z.array(z.string()).optional(),
    whistle: z.custom<() => void>().optional(),
  }),
  supports: { answers: [], links: true, tokens: ['respond'], reports: [], idempotent: false },
  create: () => ({ send: () => Promise.resolve({ status: 'accepted', providerMessageId: 'feather' }) }),
})

/** Not a channel; generated files leave it out. */
export const coo = (): string => 'coo'
