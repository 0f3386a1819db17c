import type { AnswerInput, InboundFact } from '@invite-me/core/channel'
import { z } from 'zod'
import { pickSeveral, sendPicked, tokenOf } from './answer-blocks.ts'
import { writeReplyTo } from './reply-to.ts'

const optionSchema = z.object({ value: z.string().min(1).max(200) })
const pickedSchema = z.object({ selected_options: z.array(optionSchema).max(100).nullish() })

const interactionSchema = z.object({
  user: z.object({ id: z.string().min(1).max(30) }),
  channel: z.object({ id: z.string().min(1).max(30) }).optional(),
  container: z.object({ channel_id: z.string().optional(), message_ts: z.string().optional() }).optional(),
  response_url: z.string().max(500).optional(),
  actions: z
    .array(
      z.object({
        type: z.string(),
        action_id: z.string().default(''),
        block_id: z.string().default(''),
        action_ts: z.string().default(''),
        value: z.string().max(200).optional(),
        selected_option: optionSchema.nullish(),
      }),
    )
    .max(25),
  state: z.object({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }).optional(),
})
type Interaction = z.output<typeof interactionSchema>
type Action = Interaction['actions'][number]

/**
 * Turns what was pressed in a message into facts (docs.slack.dev/reference/interaction-payloads/block_actions-payload).
 * Anybody who sees the message could have pressed, so the fact says who it was.
 */
export function readInteraction(
  payload: Readonly<Record<string, unknown>>,
  at: Date,
): readonly InboundFact[] {
  const read = interactionSchema.safeParse(payload)
  if (!read.success)
    return [
      {
        id: `action:${String(at.getTime())}`,
        at,
        kind: 'ignored',
        reason: 'not what a button of ours sends',
      },
    ]
  return read.data.actions.map((action, index) => readAction(action, read.data, { at, index }))
}

function readAction(
  action: Action,
  interaction: Interaction,
  { at, index }: { readonly at: Date; readonly index: number },
): InboundFact {
  const { channel, container, response_url, user } = interaction
  const channelId = channel?.id ?? container?.channel_id ?? ''
  const base = {
    id: `action:${channelId}:${container?.message_ts ?? ''}:${user.id}:${action.action_ts}:${String(index)}`,
    at,
  }
  const token = tokenOf(action.block_id)
  const input = token === undefined ? undefined : inputOf(action, interaction)
  if (token === undefined || input === undefined)
    return { ...base, kind: 'ignored', reason: 'nothing was answered by it' }
  return {
    ...base,
    kind: 'answer',
    reference: { by: 'token', token },
    input,
    // In a direct conversation it is the person; a question in a channel was asked of all who read it.
    from: channelId === '' || channelId.startsWith('D') ? user.id : channelId,
    ...(response_url !== undefined && { replyTo: writeReplyTo({ kind: 'interaction', url: response_url }) }),
  }
}

function inputOf(action: Action, { state }: Interaction): AnswerInput | undefined {
  if (action.action_id === sendPicked) {
    const picked = Object.values(state?.values ?? {}).find((block) => pickSeveral in block)?.[pickSeveral]
    const options = pickedSchema.safeParse(picked).data?.selected_options ?? []
    return { kind: 'fields', fields: { answer: options.map(({ value }) => value) } }
  }
  const value = action.selected_option?.value ?? action.value
  return value === undefined ? undefined : { kind: 'option', value }
}
