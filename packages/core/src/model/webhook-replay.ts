import { z } from 'zod'

/** Which postings there are, by what became of them. */
export const postingStateSchema = z.enum(['pending', 'delivered', 'failed'])

const moment = z
  .union([z.date(), z.iso.datetime({ offset: true })], {
    error: 'write a moment such as "2026-12-31T18:00:00Z"',
  })
  .transform((value) => new Date(value))

/** Validates which postings are to be made again: some by their ids, or what there was since a moment. */
export const webhookReplaySchema = z
  .strictObject({
    ids: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
    since: moment.optional(),
    state: postingStateSchema.optional(),
  })
  .superRefine(({ ids, since, state }, context) => {
    if ((ids === undefined) === (since === undefined))
      context.addIssue({
        code: 'custom',
        path: [ids === undefined ? 'ids' : 'since'],
        message: 'give either ids or since',
      })
    else if (ids !== undefined && state !== undefined)
      context.addIssue({ code: 'custom', path: ['state'], message: 'give it with since, not with ids' })
  })
