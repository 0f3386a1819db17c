import { InviteMeError, type ErrorCode } from '@invite-me/core'
import { z } from 'zod'

/** What a socket must offer as subprotocol (RFC 6455 §1.9). */
export const liveProtocol = 'invite-me.v1'

/** Longest message a client may send, in bytes. */
export const mostMessageBytes: number = 16 * 1_024

/** Why the server ends a socket: 1012 of the IANA registry, the others from the range for applications (RFC 6455 §7.4.2). */
export const closeCodes = {
  /** The server restarts; connect again after the time its `bye` named. */
  restarting: 1012,
  /** Five messages in a row that could not be used. */
  unusable: 4400,
  /** No credential, a wrong one, or one that may not be used any more. */
  unauthenticated: 4401,
  /** A key that may not follow topics. */
  forbidden: 4403,
  /** Nothing was read for 30 seconds. */
  slow: 4408,
  /** Too many connections. */
  tooMany: 4429,
} as const
/** See {@link closeCodes}. */
export type CloseReason = keyof typeof closeCodes

const ref = z.string().max(64).optional()
const topic = z.string().min(1).max(300)
const itemIds = z.union([z.literal('all'), z.array(z.string().min(1).max(64)).min(1).max(200)])
const channel = z.string().min(1).max(40).optional()

const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('authenticate'), ref, token: z.string().min(1).max(8_192) }),
  z.strictObject({ type: z.literal('subscribe'), ref, topic, after: z.string().max(32).optional() }),
  z.strictObject({ type: z.literal('unsubscribe'), ref, topic }),
  z.strictObject({ type: z.literal('read'), ref, itemIds, channel }),
  z.strictObject({ type: z.literal('ack'), ref, itemIds, channel }),
  z.strictObject({ type: z.literal('ping'), ref }),
])
/** What a client may say. `ref` is given back with the answer. */
export type ClientMessage = z.output<typeof clientMessageSchema>
/** Those of one type. */
export type MessageOf<Type extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Type }>

/** What the server says beside `event`, which `topic-frame.ts` writes. */
export type ServerMessage =
  | { readonly type: 'authenticated'; readonly ref?: string; readonly expiresAt: Date | null }
  | { readonly type: 'expiring'; readonly expiresAt: Date }
  | { readonly type: 'subscribed'; readonly ref?: string; readonly topic: string; readonly cursor: string }
  | { readonly type: 'unsubscribed'; readonly ref?: string; readonly topic: string }
  | {
      readonly type: 'marked'
      readonly ref?: string
      readonly as: 'read' | 'acknowledged'
      readonly changed: number
    }
  | { readonly type: 'pong'; readonly ref?: string }
  | { readonly type: 'bye'; readonly reconnectAfterMs: number }
  | {
      readonly type: 'error'
      readonly ref?: string
      readonly code: ErrorCode
      readonly detail: string
      readonly field?: string
    }

/**
 * Reads what a client said.
 * @throws InviteMeError `REQUEST_INVALID`, naming the field
 */
export function readClientMessage(text: string): ClientMessage {
  const parsed = clientMessageSchema.safeParse(readJson(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new InviteMeError('REQUEST_INVALID', `The message cannot be used: ${issue?.message ?? 'unknown'}.`, {
    field: issue?.path.join('.') || 'type',
  })
}

/** What an answer takes over from the message it answers. */
export function refOf({ ref }: { readonly ref?: string | undefined }): { readonly ref?: string } {
  return ref === undefined ? {} : { ref }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InviteMeError('REQUEST_INVALID', 'The message is not JSON.', { cause })
  }
}
