import { z } from 'zod'

const replyPlaceSchema = z.discriminatedUnion('to', [
  /** A pressed button waits for a word; `note` says what is wrong with it where the engine cannot know. */
  z.object({
    to: z.literal('button'),
    callbackId: z.string(),
    /** Language of the person's Telegram, BCP 47. */
    language: z.string(),
    note: z.enum(['for_another']).optional(),
  }),
  /** A message in a chat. */
  z.object({ to: z.literal('message'), chatId: z.int(), messageId: z.int() }),
])

/** Where to say something back to one event; travels from `receive` to `acknowledge` in a fact's `replyTo`. */
export type ReplyPlace = Readonly<z.infer<typeof replyPlaceSchema>>

/** Writes a place as a fact carries it. */
export function writeReplyPlace(place: ReplyPlace): string {
  return JSON.stringify(place)
}

/** Reads what {@link writeReplyPlace} wrote. */
export function readReplyPlace(text: string): ReplyPlace {
  return replyPlaceSchema.parse(JSON.parse(text))
}
