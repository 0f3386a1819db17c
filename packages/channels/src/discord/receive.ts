import type { AnswerInput, InboundFact, ReceiveContext } from '@invite-me/core/channel'
import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { readObject } from '../shared/http.ts'
import { readRawBody, refused } from '../shared/webhook.ts'
import { readCustomId } from './custom-id.ts'
import { writeReplyTo } from './reply-to.ts'
import { isFromDiscord } from './signature.ts'

/** Kinds of interactions (docs.discord.com/developers/interactions/receiving-and-responding, seen 2026-11-22). */
const kind = { ping: 1, component: 3, window: 5 } as const

const id = z.string().regex(/^\d{1,20}$/)
const userSchema = z.object({ id })
const fieldSchema = z.object({ value: z.string().max(4_000).optional() })
const interactionSchema = z.object({
  id,
  type: z.literal([kind.component, kind.window]),
  channel_id: id.optional(),
  guild_id: id.optional(),
  locale: z.string().max(35).default('en'),
  user: userSchema.optional(),
  member: z.object({ user: userSchema }).optional(),
  data: z.object({
    custom_id: z.string().min(1).max(100),
    values: z.array(z.string().max(100)).max(25).default([]),
    // A field stands in a label, or in a row of its own in older windows.
    components: z
      .array(z.object({ component: fieldSchema.optional(), components: z.array(fieldSchema).optional() }))
      .max(5)
      .default([]),
  }),
})
type Interaction = z.output<typeof interactionSchema>

/**
 * Turns an interaction into facts: a pressed button, a pick from a list, a window that was filled in. A button that opens that
 * window is no answer yet.
 *
 * @throws InviteMeError `WEBHOOK_REFUSED` when Discord did not sign it within the last five minutes; Discord tries forged
 *   signatures on purpose and drops an address that takes them
 */
export async function receiveDiscord(
  request: Request,
  { clock }: Pick<ReceiveContext, 'clock'>,
  key: KeyObject,
): Promise<readonly InboundFact[]> {
  const nowMs = clock.now()
  const body = await readRawBody(request)
  if (!isFromDiscord({ headers: request.headers, body, key, nowMs })) throw refused()
  const payload = readObject(new TextDecoder().decode(body))
  const at = new Date(nowMs)
  if (payload['type'] === kind.ping)
    return [
      {
        id: `ping:${String(nowMs)}`,
        at,
        kind: 'ignored',
        reason: 'Discord asks whether this address is ours',
        replyTo: writeReplyTo({ kind: 'pong' }),
      },
    ]
  const interaction = interactionSchema.safeParse(payload)
  return interaction.success
    ? [readInteraction(interaction.data, at)]
    : [
        {
          id: `unknown:${String(nowMs)}`,
          at,
          kind: 'ignored',
          reason: 'not an interaction this channel knows',
        },
      ]
}

function readInteraction(interaction: Interaction, at: Date): InboundFact {
  const { channel_id, data, guild_id, locale, member, user } = interaction
  const base = { id: `interaction:${interaction.id}`, at }
  const use = readCustomId(data.custom_id)
  if (use?.does === 'open') {
    const replyTo = writeReplyTo({ kind: 'window', token: use.token, isLong: use.isLong, locale })
    return { ...base, kind: 'ignored', reason: 'the window for an answer was opened', replyTo }
  }
  const input = use === undefined ? undefined : inputOf(use, data)
  const person = user?.id ?? member?.user.id
  if (use === undefined || input === undefined)
    return {
      ...base,
      kind: 'ignored',
      reason: 'nothing was answered by it',
      replyTo: writeReplyTo({ kind: 'word' }),
    }
  // A question asked in a server's channel was asked of all who read it.
  const from = guild_id === undefined ? person : `channel:${channel_id ?? ''}`
  return {
    ...base,
    kind: 'answer',
    reference: { by: 'token', token: use.token },
    input,
    ...(from !== undefined && { from }),
    replyTo: writeReplyTo({ kind: 'word' }),
  }
}

function inputOf(
  use: Exclude<ReturnType<typeof readCustomId>, undefined | { readonly does: 'open' }>,
  { components, values }: Interaction['data'],
): AnswerInput | undefined {
  const [picked] = values
  switch (use.does) {
    case 'press':
      return { kind: 'option', value: use.value }
    case 'pick':
      return picked === undefined ? undefined : { kind: 'option', value: picked }
    case 'pick-several':
      return { kind: 'fields', fields: { answer: values } }
    case 'write': {
      const [field] = components.flatMap(({ component, components: inRow = [] }) =>
        component === undefined ? inRow : [component],
      )
      return field?.value === undefined ? undefined : { kind: 'text', text: field.value }
    }
  }
}
