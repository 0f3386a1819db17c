import type { Call } from './call.ts'
import { everyRow, poll, type Remote } from './poll.ts'
import { invitationsOf } from './invitations-of.ts'
import { remoteGroup } from './remote-group.ts'
import {
  invitationNames,
  readInvitation,
  remoteInvitation,
  type InvitationNames,
} from './remote-invitation.ts'
import { answerOf, contentOf, listOf, objectOf } from './request-body.ts'
import { boolean, list, page, record, text } from './readers.ts'
import { pageQuery, path } from './request-path.ts'
import { delivery, responseReceipt } from './shapes.ts'
import type { Invitation, InvitationGroup, InviteMe, SentMessage } from '../face/face.ts'
import type { Delivery } from '../model/delivery.ts'
import { InviteMeError } from '../model/error.ts'
import type { AskOptions, ContentInput, To } from '../model/message.ts'

type Asking = Pick<InviteMe, 'ask' | 'send' | 'invitation' | 'invitationGroup' | 'respond'>

const asked = record<{
  readonly messageId: string
  readonly invitations: ReturnType<typeof invitationNames>
}>({
  messageId: text,
  invitations: invitationNames,
})
const sent = record<Pick<SentMessage, 'messageId' | 'deliveryIds'>>({
  messageId: text,
  deliveryIds: list(text),
})
const settled = record<{ readonly settled: boolean; readonly deliveries: readonly Delivery[] }>({
  settled: boolean,
  deliveries: list(delivery),
})

const ofOptions = { what: 'The options', field: 'options' } as const

/** Asking, sending and answering by the server. */
export function remoteAsking(remote: Remote): Asking {
  const { transport } = remote

  function ask<Value>(
    to: To,
    question: string | ContentInput,
    options: AskOptions<Value>,
  ): Promise<Invitation<Value>>
  function ask<Value>(
    to: readonly To[],
    question: string | ContentInput,
    options: AskOptions<Value>,
  ): Promise<InvitationGroup<Value>>
  async function ask<Value>(
    to: To | readonly To[],
    question: string | ContentInput,
    options: AskOptions<Value>,
  ): Promise<Invitation<Value> | InvitationGroup<Value>> {
    const { answer, ...rest } = objectOf(options, ofOptions)
    const body = { ...rest, to: listOf(to), question: contentOf(question), answer: specOf(answer) }
    const { messageId, invitations } = await transport.call({
      ...keyed(remote, '/v1/invitations', body),
      bodyNames: { members: { to: 'to', question: 'content' }, others: 'options' },
      read: asked,
    })
    if (Array.isArray(to)) return remoteGroup<Value>(remote, messageId, invitations)
    const [only] = invitations
    if (only === undefined)
      throw new InviteMeError('INTERNAL', 'The server took a question and made no invitation.')
    return remoteInvitation<Value>(remote, only)
  }

  return {
    ask,
    send: async (to, content, options = {}) => {
      const body = { ...objectOf(options, ofOptions), to: listOf(to), content: contentOf(content) }
      const call = {
        ...keyed(remote, '/v1/messages', body),
        bodyNames: { members: { to: 'to', content: 'content' }, others: 'options' },
        read: sent,
      }
      return remoteNotice(remote, await transport.call(call))
    },
    invitation: async (id) => remoteInvitation(remote, await readInvitation(remote, id)),
    invitationGroup: async (messageId) => {
      const invitations: InvitationNames[] = []
      for await (const row of invitationsOf(remote, messageId)) invitations.push(row)
      if (invitations.length === 0)
        throw new InviteMeError(
          'INVITATION_UNKNOWN',
          `There are no invitations of a message "${messageId}".`,
          {
            field: 'messageId',
          },
        )
      return remoteGroup(remote, messageId, invitations)
    },
    respond: (id, input, { via } = {}) =>
      transport.call({
        method: 'POST',
        path: path`/v1/invitations/${{ id }}/response`,
        body: { input: answerOf(input), via },
        read: responseReceipt,
      }),
  }
}

/** The handle of a notice. */
function remoteNotice(
  remote: Remote,
  { messageId, deliveryIds }: Pick<SentMessage, 'messageId' | 'deliveryIds'>,
): SentMessage {
  return {
    messageId,
    deliveryIds,
    settled: async ({ signal } = {}) => {
      const shown = await poll(remote, {
        path: path`/v1/messages/${{ messageId }}/settled`,
        signal,
        read: (value, place) => {
          const answer = settled(value, place)
          return answer.settled ? answer.deliveries : undefined
        },
      })
      const byId = new Map(shown.map((one) => [one.id, one]))
      // The answer holds the first thousand; whoever wrote to more people reads the list.
      if (byId.size < deliveryIds.length)
        for await (const one of deliveriesOf(remote, messageId, signal)) byId.set(one.id, one)
      return deliveryIds.flatMap((id) => byId.get(id) ?? [])
    },
  }
}

function deliveriesOf(
  { transport }: Remote,
  messageId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Delivery, void, undefined> {
  return everyRow((given) =>
    transport.call({
      method: 'GET',
      path: '/v1/deliveries',
      query: { messageId, ...pageQuery(given) },
      read: (value, place) => page(delivery)(value, place).items,
      signal,
      isPatient: true,
    }),
  )
}

/** Every request has a key of its own, so that one whose answer got lost can be made again and is not sent twice. */
function keyed<Options extends { readonly key?: string }>(
  { settings }: Remote,
  where: string,
  body: Options,
): Pick<Call<never>, 'method' | 'path' | 'body' | 'isRepeatable'> {
  const key = body.key ?? `auto-${hex(settings.random.bytes(16))}`
  return { method: 'POST', path: where, body: { ...body, key }, isRepeatable: true }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function specOf(answer: AskOptions<unknown>['answer'] | undefined): unknown {
  return answer?.spec
}
