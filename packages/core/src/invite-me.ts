import { acceptMessage, type Acceptance } from './accept/accept-message.ts'
import { rescheduleMessage } from './accept/reschedule-message.ts'
import type { RawRequest } from './accept/read-request.ts'
import { Dispatcher } from './dispatch/dispatcher.ts'
import type { Invitation, InvitationGroup, InviteMe } from './face/face.ts'
import { invitationGroup, invitationHandle, sentMessage } from './face/handles.ts'
import { inboxDesk } from './face/inbox-desk.ts'
import { Live } from './face/live.ts'
import { answerInputSchema, type AnswerInput } from './model/answer.ts'
import { InviteMeError } from './model/error.ts'
import type { AskOptions, ContentInput, To } from './model/message.ts'
import { parseInput } from './model/parse.ts'
import { resolveOptions, type InviteMeOptions } from './options.ts'
import type { World } from './ports/world.ts'
import { storeQueue } from './queue/store-queue.ts'
import { pageOf, recipientsDesk } from './face/recipients-desk.ts'
import { answerByLink, openLink, renewLink, unsubscribeByLink } from './respond/links.ts'
import { handleWebhook, receive } from './respond/receive.ts'
import { recordResponse } from './respond/record-response.ts'
import { replayUnmatched } from './respond/replay-unmatched.ts'
import { idSource } from './rules/uuid.ts'

const defaultDeadlineMs = 10_000

/**
 * Makes an engine: opens the store, checks the options, and begins to send unless `dispatch: false`.
 *
 * @throws InviteMeError `OPTIONS_INVALID` naming the option, or what the store throws when it cannot be opened
 * @example
 * const inviteMe = await createInviteMe({ store: sqlite('invites.db'), channels: [email({ smtp: 'smtp://localhost', from: 'host@example.org' })] })
 * const invitation = await inviteMe.ask('ann@example.org', 'Dinner on Friday at 8?', { answer: yesNo() })
 * const result = await invitation.answer()
 */
export async function createInviteMe(options: InviteMeOptions): Promise<InviteMe> {
  const resolved = resolveOptions(options)
  const store = await resolved.store.open()
  const world: World = {
    settings: resolved.settings,
    store,
    queue: resolved.queue ?? storeQueue(resolved.clock),
    channels: new Map(resolved.channels.map((channel) => [channel.name, channel])),
    clock: resolved.clock,
    random: resolved.random,
    ids: idSource(resolved.clock, resolved.random),
    log: resolved.log,
  }
  const live = new Live(world, await store.outbox.last())
  const dispatcher = new Dispatcher(world, {
    onCommit: () => {
      live.wake()
    },
    onAccepted: (channel, ids) => replayUnmatched(world, channel, ids),
  })
  await world.queue.consume(async () => {
    dispatcher.wake()
  })
  const engine = face(world, live, dispatcher)
  if (resolved.dispatch) engine.start()
  return engine
}

function readAnswer(input: AnswerInput): AnswerInput {
  return parseInput(answerInputSchema, input, {
    code: 'ANSWER_INVALID',
    path: 'input',
    what: 'The answer was refused',
  })
}

function face(world: World, live: Live, dispatcher: Dispatcher): InviteMe {
  const { store } = world
  let isStopped = false
  let stopping: Promise<void> | undefined

  /** Every change passes here: refused after `stop`, and told to those who listen. */
  const change = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isStopped)
      throw new InviteMeError('STOPPED', 'This engine was stopped; make a new one with createInviteMe.')
    try {
      return await work()
    } finally {
      live.wake()
    }
  }
  /** An answer may leave something to say where the question was sent. */
  const answered = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = await change(work)
    dispatcher.wake()
    return result
  }
  const accept = (request: RawRequest): Promise<Acceptance> =>
    change(async () => {
      const acceptance = await acceptMessage(world, request)
      if (acceptance.message !== null) dispatcher.expect(acceptance.message)
      return acceptance
    })
  const stop = async (deadlineMs: number): Promise<void> => {
    isStopped = true
    await dispatcher.stop(deadlineMs)
    live.stop()
    await world.queue.close()
    await Promise.allSettled([...world.channels.values()].map(async (channel) => channel.close?.()))
    await store.close()
  }

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
    content: string | ContentInput,
    options: AskOptions<Value>,
  ): Promise<Invitation<Value> | InvitationGroup<Value>> {
    const isMany = Array.isArray(to)
    const accepted = await accept({
      to: isMany ? (to as readonly To[]) : [to as To],
      content,
      ask: options,
      options: {},
    })
    const [only] = accepted.invitations
    if (isMany) return invitationGroup<Value>(world, live, accepted.messageId, accepted.invitations)
    if (only === undefined) throw new InviteMeError('INTERNAL', 'An accepted question has no invitation.')
    return invitationHandle<Value>(world, live, only)
  }

  return {
    ask,
    send: async (to, content, options = {}) => {
      const { messageId, deliveryIds } = await accept({
        to: Array.isArray(to) ? (to as readonly To[]) : [to as To],
        content,
        ask: null,
        options,
      })
      return sentMessage(world, live, messageId, deliveryIds)
    },
    invitation: async (id) => {
      const record = await store.invitations.byId(id)
      if (record === undefined)
        throw new InviteMeError('INVITATION_UNKNOWN', `There is no invitation "${id}".`, { field: 'id' })
      return invitationHandle(world, live, record)
    },
    invitationGroup: async (messageId) => {
      const records = await store.invitations.byMessage(messageId, { limit: 100_000 })
      if (records.length === 0)
        throw new InviteMeError(
          'INVITATION_UNKNOWN',
          `There are no invitations of a message "${messageId}".`,
          { field: 'messageId' },
        )
      return invitationGroup(world, live, messageId, records)
    },
    respond: (invitationId, input, { via = 'api' } = {}) =>
      answered(() =>
        store.transaction((parts) =>
          recordResponse(world, parts, {
            invitationId,
            deliveryId: null,
            input: readAnswer(input),
            via,
            isFromAnother: false,
            hasRunOut: false,
          }),
        ),
      ),
    receive: (channel, request) =>
      change(async () => {
        const results = await receive(world, channel, request)
        dispatcher.wake()
        return results
      }),
    handleWebhook: (channel, request) =>
      change(async () => {
        const response = await handleWebhook(world, channel, request)
        dispatcher.wake()
        return response
      }),
    unmatched: {
      list: (page) => store.inbound.listUnmatched(pageOf(page)),
      drop: (id) => change(() => store.inbound.dropUnmatched([id])),
    },
    inbox: inboxDesk(world, { live, change: answered, readAnswer }),
    recipients: recipientsDesk(world),
    messages: {
      get: (id) => store.messages.byId(id),
      list: (page) => store.messages.list(pageOf(page)),
      reschedule: (id, calendar) =>
        change(async () => {
          await rescheduleMessage(world, id, calendar)
          dispatcher.wake()
        }),
    },
    invitations: {
      get: (id) => store.invitations.byId(id),
      list: ({ messageId, state } = {}, page = {}) =>
        store.invitations.list(
          { ...(messageId !== undefined && { messageId }), ...(state !== undefined && { state }) },
          pageOf(page),
        ),
      responses: (id) => store.invitations.responses(id),
    },
    deliveries: {
      get: async (id) => (await store.deliveries.byIds([id]))[0],
      list: (filter = {}, page = {}) => store.deliveries.list(filter, pageOf(page)),
      counts: (filter = {}) => store.deliveries.counts(filter),
      revokeLinks: (id) => change(() => store.links.revoke(id, new Date(world.clock.now()))),
    },
    receipts: { list: (filter = {}, page = {}) => store.receipts.list(filter, pageOf(page)) },
    links: {
      open: (token, purpose) => openLink(world, token, purpose),
      answer: (token, input) => answered(() => answerByLink(world, token, readAnswer(input))),
      unsubscribe: (token) => change(() => unsubscribeByLink(world, token)),
      renew: (token) =>
        change(async () => {
          const renewed = await renewLink(world, token)
          if (renewed !== undefined) await world.queue.publish([{ ...renewed, dueAt: world.clock.now() }])
        }),
    },
    channels: {
      list: () =>
        [...world.channels.values()].map(({ name, supports }) => ({
          name,
          supports,
          circuit: dispatcher.circuit(name),
        })),
      probe: async (name, { signal } = {}) => {
        const channel = world.channels.get(name)
        if (channel === undefined)
          throw new InviteMeError('CHANNEL_UNKNOWN', `The channel "${name}" is not configured.`, {
            field: 'name',
          })
        return (
          (await channel.probe?.(signal ?? new AbortController().signal)) ?? {
            ok: true,
            detail: 'it cannot be checked without sending',
          }
        )
      },
    },
    on: (type, handler) => live.on(type, handler),
    start: () => {
      if (!isStopped) dispatcher.start()
    },
    stop: ({ deadlineMs = defaultDeadlineMs } = {}) => (stopping ??= stop(deadlineMs)),
  }
}
