import { z } from '@hono/zod-openapi'
import { domainEventMembers } from './domain-event.ts'
import { inboxEntrySchema } from './inbox.ts'

/** The parts of a topic's path; the engine says what is wrong with a name. */
export const topicPathSchema = z.strictObject({
  topic: z
    .string()
    .min(1)
    .max(300)
    .openapi({ example: 'group:7', description: '`user:{externalId}`, `group:{id}` or `event:{id}`.' }),
})

/** An event as a topic carries it. */
export const topicEventSchema = z
  .strictObject({
    ...domainEventMembers,
    entry: inboxEntrySchema.optional().openapi({ description: 'The entry an `inbox.*` event is about.' }),
  })
  .openapi('TopicEvent')

/** A page of a topic; it goes on, so `next` is always there. */
export const topicPageSchema = z
  .strictObject({
    items: z.array(topicEventSchema).max(1_000),
    next: z.string().openapi({ description: '`after` to read on, also when nothing has happened yet.' }),
  })
  .openapi('TopicPage')

/** What is said on a topic. */
export const publishSchema = z
  .strictObject({
    data: z.record(z.string(), z.unknown()).openapi({ description: 'Plain JSON of at most 64 KiB.' }),
  })
  .openapi('TopicPublication')
