import { z } from 'zod'
import { readObject } from '../shared/http.ts'

const text = z.string().nullish().catch(null)

/** What is used of a Message (Twilio OpenAPI `api.v2010.account.message`, 2026-04-14); numbers come as texts. */
const messageSchema = z.object({
  sid: z.string().regex(/^[A-Z]{2}[0-9a-fA-F]{32}$/),
  status: text,
  direction: text,
  body: text,
  date_created: text,
  num_segments: text,
  error_code: z.union([z.number(), z.string()]).nullish().catch(null),
})

/** A message as Twilio keeps it. */
export type MessageResource = z.output<typeof messageSchema>

/** Reads the answer to a created message; `undefined` when it is none. */
export function readMessage(body: string): MessageResource | undefined {
  return messageSchema.safeParse(readObject(body)).data
}

/** One page of messages. */
export interface MessagePage {
  readonly messages: readonly MessageResource[]
  /** Query of the next page; `undefined` at the end. */
  readonly next: Readonly<Record<string, string>> | undefined
}

/** Reads one page of a list; `undefined` when it is none. */
export function readMessagePage(body: string): MessagePage | undefined {
  const page = z
    .object({ messages: z.array(messageSchema), next_page_uri: z.string().nullish() })
    .safeParse(readObject(body)).data
  if (page === undefined) return undefined
  const uri = page.next_page_uri ?? ''
  const query = uri.slice(uri.indexOf('?') + 1)
  return {
    messages: page.messages,
    next: uri === '' ? undefined : Object.fromEntries(new URLSearchParams(query)),
  }
}
