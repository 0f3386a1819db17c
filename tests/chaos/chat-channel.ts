import type { Channel, InboundFact, SendContext, SendOutcome } from '@invite-me/core/channel'
import { z } from 'zod'

/** Moments at which a worker of a chat may be told to die. */
export type ChatMoment = 'before-edit' | 'after-edit' | 'after-answer'

/** A press of a button, as the chat's webhook brings it. */
export interface Press {
  readonly id: string
  readonly replyToken: string
  readonly value: string
}

const pressSchema = z.object({ id: z.string(), replyToken: z.string(), value: z.string() })
const sentSchema = z.object({ id: z.string() })

/** A channel of a chat on loopback that can change what it sent and knows a message again by its key. */
export function chatChannel(port: number, pass: (moment: ChatMoment) => void = () => undefined): Channel {
  const call = async (path: string, body: object, { signal }: SendContext): Promise<SendOutcome> => {
    try {
      const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        signal,
      })
      const { id } = path === '/edits' ? { id: '' } : sentSchema.parse(await answer.json())
      return { status: 'accepted', ...(id !== '' && { providerMessageId: id }) }
    } catch {
      return { status: 'unknown', scope: 'provider', detail: 'no answer came' }
    }
  }
  return {
    name: 'chat',
    supports: {
      answers: ['yesNo'],
      links: false,
      tokens: ['reply'],
      reports: [],
      idempotent: true,
      edits: ['question'],
    },
    limits: { timeoutMs: 1_000 },
    send: ({ to, replyToken = '' }, context) =>
      call('/messages', { key: context.idempotencyKey, address: to.address, replyToken }, context),
    edit: async ({ notice, providerMessageId }, context) => {
      pass('before-edit')
      const outcome = await call('/edits', { id: providerMessageId, notice }, context)
      pass('after-edit')
      return outcome
    },
    receive: async (request): Promise<readonly InboundFact[]> => {
      const { id, replyToken, value } = pressSchema.parse(await request.json())
      const reference = { by: 'token', token: replyToken } as const
      return [{ id, at: new Date(0), kind: 'answer', reference, input: { kind: 'option', value } }]
    },
  }
}
