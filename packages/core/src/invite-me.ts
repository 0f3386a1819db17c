import { acceptMessage, type Acceptance } from './accept/accept-message.ts'
import { rescheduleMessage } from './accept/reschedule-message.ts'
import type { RawRequest } from './accept/read-request.ts'
import { EventRelay } from './announce/event-relay.ts'
import { WebhookRelay } from './announce/webhook-relay.ts'
import { Workshop } from './dispatch/workshop.ts'
import { erasePerson } from './face/erase-person.ts'
import { exportPerson } from './face/export-person.ts'
import type { Invitation, InvitationGroup, InviteMe } from './face/face.ts'
import { invitationGroup, invitationHandle, sentMessage } from './face/handles.ts'
import { auditDesk } from './face/audit-desk.ts'
import { inboxDesk } from './face/inbox-desk.ts'
import { keysDesk } from './face/keys-desk.ts'
import { Live } from './face/live.ts'
import { answerInputSchema, type AnswerInput } from './model/answer.ts'
import { InviteMeError } from './model/error.ts'
import type { AskOptions, ContentInput, To } from './model/message.ts'
import { parseInput } from './model/parse.ts'
import { resolveOptions, type InviteMeOptions, type ResolvedOptions } from './options.ts'
import type { WebhookSender } from './ports/webhook-post.ts'
import type { Clock } from './ports/clock.ts'
import type { EventPublisher } from './ports/event-publisher.ts'
import type { Store } from './ports/store.ts'
import type { World } from './ports/world.ts'
import { storeQueue } from './queue/store-queue.ts'
import { storeClock, type KeptClock } from './store-clock.ts'
import { silentNotifier, systemClock } from './system.ts'
import { boundedLimit, pageOf, recipientsDesk } from './face/recipients-desk.ts'
import { secretDesk } from './face/secret-desk.ts'
import { segmentsDesk } from './face/segments-desk.ts'
import { schedulesDesk } from './face/schedules-desk.ts'
import { tallyDesk } from './face/tally-desk.ts'
import { readCursor, topicsDesk } from './face/topics-desk.ts'
import { templatesDesk } from './face/templates-desk.ts'
import { webhooksDesk } from './face/webhooks-desk.ts'
import { suppressionsDesk } from './face/suppressions-desk.ts'
import {
  answerByLink,
  openLink,
  preferencesByUnsubscribeLink,
  renewLink,
  unsubscribeByLink,
} from './respond/links.ts'
import { openPreferences, savePreferences } from './respond/preferences.ts'
import { handleWebhook, receive } from './respond/receive.ts'
import { recordResponse } from './respond/record-response.ts'
import { replayUnmatched } from './respond/replay-unmatched.ts'
import { idSource } from './rules/uuid.ts'
import { Scheduler } from './schedule/scheduler.ts'

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
  const clock = await clockFor(resolved, store)
  const world: World = {
    settings: resolved.settings,
    store,
    queue: resolved.queue ?? storeQueue(clock),
    notifier: resolved.notifier ?? store.notifier ?? silentNotifier,
    tracer: resolved.tracer,
    channels: new Map(resolved.channels.map((channel) => [channel.name, channel])),
    clock,
    random: resolved.random,
    ids: idSource(clock, resolved.random),
    log: resolved.log,
    resolver: resolved.resolver,
  }
  const live = new Live(world, await store.outbox.last())
  const { webhooks, eventPublisher } = resolved
  const relay =
    webhooks !== undefined && resolved.dispatch.chores ? new WebhookRelay(world, webhooks.post) : undefined
  const events = await eventRelay(world, resolved)
  const listeners: Listeners = { live, relay, events }
  await world.notifier.listen((notice) => {
    if (notice === 'events') wake(listeners)
  })
  const workshop = new Workshop(world, resolved.dispatch, {
    onCommit: () => {
      tellCommitted(world, listeners)
    },
    onAccepted: (channel, ids) => replayUnmatched(world, channel, ids),
  })
  const scheduler = resolved.dispatch.chores
    ? new Scheduler(world, () => {
        tellCommitted(world, listeners)
      })
    : undefined
  const engine = face(world, { listeners, workshop, scheduler, webhooks, eventPublisher, clock })
  if (resolved.dispatch.begins) engine.start()
  return engine
}

/** Who follows the outbox in this process. */
interface Listeners {
  readonly live: Live
  /** Absent where webhooks are not posted. */
  readonly relay: WebhookRelay | undefined
  /** Absent where events are not published. */
  readonly events: EventRelay | undefined
}

function wake({ live, relay, events }: Listeners): void {
  live.wake()
  relay?.wake()
  events?.wake()
}

async function eventRelay(
  world: World,
  { eventPublisher, dispatch }: ResolvedOptions,
): Promise<EventRelay | undefined> {
  if (eventPublisher === undefined || !dispatch.chores) return undefined
  const relay = new EventRelay(world, eventPublisher)
  await relay.begin()
  return relay
}

/** Processes on several machines go by the clock of the store they share, unless the host app brings a clock of its own. */
async function clockFor({ clock, log }: ResolvedOptions, store: Store): Promise<Clock & Partial<KeptClock>> {
  const { now } = store
  return clock === systemClock && now !== undefined ? storeClock(clock, { now }, log) : clock
}

/** Those who listen look for new events, here and in other processes. */
function tellCommitted(world: World, listeners: Listeners): void {
  wake(listeners)
  world.notifier.notify('events')
}

function readAnswer(input: AnswerInput): AnswerInput {
  return parseInput(answerInputSchema, input, {
    code: 'ANSWER_INVALID',
    path: 'input',
    what: 'The answer was refused',
  })
}

interface Staff {
  readonly listeners: Listeners
  readonly workshop: Workshop
  /** Absent where another process makes the runs of schedules. */
  readonly scheduler: Scheduler | undefined
  readonly webhooks: WebhookSender | undefined
  readonly eventPublisher: EventPublisher | undefined
  readonly clock: Partial<KeptClock>
}

function face(
  world: World,
  { listeners, workshop, scheduler, webhooks, eventPublisher, clock }: Staff,
): InviteMe {
  const { live, relay, events } = listeners
  const { store } = world
  let isStopped = false
  let stopping: Promise<void> | undefined

  /** Every change passes here: refused after `stop`, and told to those who listen. */
  const change = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isStopped)
      throw new InviteMeError('STOPPED', 'This engine was stopped; make a new one with createInviteMe.')
    // Whoever began to listen before hears of it.
    await live.begun()
    try {
      return await work()
    } finally {
      tellCommitted(world, listeners)
    }
  }
  /** An answer may leave something to say where the question was sent. */
  const answered = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = await change(work)
    workshop.announce()
    return result
  }
  const powers = { live, change: answered }
  const accept = (request: RawRequest): Promise<Acceptance> =>
    change(async () => {
      const acceptance = await acceptMessage(world, request)
      if (acceptance.message !== null) workshop.expect(acceptance.message)
      return acceptance
    })
  const stop = async (deadlineMs: number): Promise<void> => {
    isStopped = true
    await Promise.all([scheduler?.stop(), workshop.stop(deadlineMs), relay?.stop(deadlineMs), events?.stop()])
    live.stop()
    await eventPublisher?.close()
    await world.queue.close()
    await world.notifier.close()
    clock.stop?.()
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
    if (isMany) return invitationGroup<Value>(world, powers, accepted.messageId, accepted.invitations)
    if (only === undefined) throw new InviteMeError('INTERNAL', 'An accepted question has no invitation.')
    return invitationHandle<Value>(world, powers, only)
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
      return invitationHandle(world, powers, record)
    },
    invitationGroup: async (messageId) => {
      const records = await store.invitations.byMessage(messageId, { limit: 100_000 })
      if (records.length === 0)
        throw new InviteMeError(
          'INVITATION_UNKNOWN',
          `There are no invitations of a message "${messageId}".`,
          { field: 'messageId' },
        )
      return invitationGroup(world, powers, messageId, records)
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
        workshop.announce()
        return results
      }),
    handleWebhook: (channel, request) =>
      change(async () => {
        const response = await handleWebhook(world, channel, request)
        workshop.announce()
        return response
      }),
    unmatched: {
      list: (page) => store.inbound.listUnmatched(pageOf(page)),
      drop: (id) => change(() => store.inbound.dropUnmatched([id])),
    },
    inbox: inboxDesk(world, { live, change: answered, readAnswer }),
    recipients: {
      ...recipientsDesk(world, change),
      export: (externalId) => exportPerson(world, externalId),
      erase: (externalId) => answered(() => erasePerson(world, externalId)),
    },
    suppressions: suppressionsDesk(world, change),
    messages: {
      get: (id) => store.messages.byId(id),
      list: (page) => store.messages.list(pageOf(page)),
      reschedule: (id, calendar) =>
        change(async () => {
          await rescheduleMessage(world, id, calendar)
          workshop.announce()
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
      ...tallyDesk(world, live),
    },
    deliveries: {
      get: async (id) => (await store.deliveries.byIds([id]))[0],
      list: (filter = {}, page = {}) => store.deliveries.list(filter, pageOf(page)),
      counts: (filter = {}) => store.deliveries.counts(filter),
      backlog: () => store.deliveries.backlog(new Date(world.clock.now())),
      revokeLinks: (id) => change(() => store.links.revoke(id, new Date(world.clock.now()))),
    },
    receipts: { list: (filter = {}, page = {}) => store.receipts.list(filter, pageOf(page)) },
    links: {
      open: (token, purpose) => openLink(world, token, purpose),
      answer: (token, input) => answered(() => answerByLink(world, token, readAnswer(input))),
      unsubscribe: (token, { from = 'everything', by = 'link' } = {}) =>
        answered(() => unsubscribeByLink(world, token, { from, by })),
      preferencesOf: (token) => change(() => preferencesByUnsubscribeLink(world, token)),
      preferences: (token) => openPreferences(world, token),
      savePreferences: (token, choices) => answered(() => savePreferences(world, token, choices)),
      renew: (token) => answered(() => renewLink(world, token)),
    },
    channels: {
      list: () =>
        [...world.channels.values()].map(({ name, supports }) => ({
          name,
          supports,
          circuit: workshop.circuit(name),
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
    keys: keysDesk(world, change),
    segments: segmentsDesk(world, change),
    webhooks: webhooksDesk(world, change, webhooks),
    schedules: schedulesDesk(world, change, () => {
      scheduler?.wake()
    }),
    templates: templatesDesk(world, change),
    audit: auditDesk(world, change),
    topics: topicsDesk(world, { live, change }),
    secret: secretDesk(world),
    events: {
      list: async ({ after = 0, limit, invitationId } = {}) =>
        store.outbox.after(
          readCursor(after),
          boundedLimit(limit),
          invitationId === undefined ? undefined : { invitationId },
        ),
      last: () => store.outbox.last(),
    },
    on: (type, handler) => live.on(type, handler),
    start: () => {
      if (isStopped) return
      workshop.start()
      scheduler?.start()
      relay?.start()
      events?.start()
    },
    stop: ({ deadlineMs = defaultDeadlineMs } = {}) => (stopping ??= stop(deadlineMs)),
  }
}
