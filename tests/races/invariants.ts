import type { Delivery, DomainEvent, InvitationRecord, Receipt, Store } from '@invite-me/core'
import { allRows } from '../peers/all-rows.ts'

type Attempt = Awaited<ReturnType<Store['deliveries']['attempts']>>[number]

/** What was sent of an invitation may still be on its way when its answer comes, in ms. */
const onItsWayMs = 5_000

/** Everything a workspace holds about one invitation. */
interface Case {
  readonly invitation: InvitationRecord
  readonly responses: Awaited<ReturnType<Store['invitations']['responses']>>
  readonly deliveries: readonly Delivery[]
  readonly attempts: readonly Attempt[]
  readonly receipts: readonly Receipt[]
  readonly events: readonly DomainEvent[]
  readonly isAppointment: boolean
}

type Rule = (one: Case) => boolean

const answeredStates = ['accepted', 'declined', 'answered']
const answerEvents = [
  'invitation.accepted',
  'invitation.declined',
  'invitation.answered',
  'invitation.revised',
]

/** What must hold of every invitation when nothing is left to do, in sentences. */
const rules: Readonly<Record<string, Rule>> = {
  'every invitation is final': ({ invitation }) => invitation.state !== 'pending',
  'nothing of a closed invitation is due': ({ deliveries }) =>
    deliveries.every(({ dueAt }) => dueAt === null),
  'the answers that count are revisions 1 to n': ({ invitation, responses }) =>
    isCount(
      counted(responses).map(({ revision }) => revision ?? 0),
      invitation.revision,
    ),
  'an answered invitation has the value of its last revision': ({ invitation, responses }) =>
    !answeredStates.includes(invitation.state) ||
    counted(responses).some(
      ({ revision, value }) => revision === invitation.revision && value === invitation.value,
    ),
  'every answer that counts was told of once': ({ events, responses }) =>
    countOf(events, ...answerEvents) === counted(responses).length,
  'every vote taken back was told of once': ({ events, responses }) =>
    countOf(events, 'invitation.withdrawn') ===
    responses.filter(({ status }) => status === 'withdrawn').length,
  'every end was told of once': ({ invitation, events }) =>
    (['expired', 'cancelled'] as const).every(
      (state) => countOf(events, `invitation.${state}`) === (invitation.state === state ? 1 : 0),
    ),
  'an unreachable invitation has no delivery that left': ({ invitation, deliveries }) =>
    invitation.state !== 'unreachable' ||
    deliveries.every(({ state }) => ['failed', 'suppressed', 'cancelled'].includes(state)),
  'attempts are numbered 1 to n': ({ deliveries, attempts }) =>
    deliveries.every(({ id, attempts: last }) =>
      isCount(
        attempts.filter(({ deliveryId }) => deliveryId === id).map(({ number }) => number),
        last,
      ),
    ),
  'every attempt ended, with one receipt that says the same': ({ attempts, receipts }) =>
    attempts.every(({ deliveryId, number, state }) => {
      const closing = receipts.filter(
        (receipt) =>
          receipt.deliveryId === deliveryId &&
          receipt.attempt === number &&
          ['accepted', 'failed', 'unknown'].includes(receipt.kind),
      )
      return closing.length === 1 && closing[0]?.kind === state
    }),
  'every delivery that left was told of once for each attempt': ({ attempts, events }) =>
    countOf(events, 'delivery.sent') === attempts.filter(({ state }) => state === 'accepted').length,
  'nothing left after the end but what was on its way': ({ invitation, responses, attempts }) => {
    if (responses.some(({ status }) => status === 'withdrawn') || invitation.closedAt === null) return true
    const ends = [invitation.closedAt, ...counted(responses).map(({ at }) => at)].map((at) => at.getTime())
    return attempts.every(({ startedAt }) => startedAt.getTime() <= Math.min(...ends) + onItsWayMs)
  },
  'what left is brought up to date after the end': ({ invitation, isAppointment, attempts, receipts }) =>
    isAppointment ||
    invitation.state === 'unreachable' ||
    attempts
      .filter(({ state, providerMessageId }) => state === 'accepted' && providerMessageId !== null)
      .every(({ channel, deliveryId, number }) =>
        receipts.some(
          (receipt) =>
            receipt.deliveryId === deliveryId &&
            // What came back stands nowhere.
            ((receipt.kind === 'edited' && receipt.attempt === number) ||
              (receipt.kind === 'bounced' && receipt.channel === channel)),
        ),
      ),
}

/** Looks through a workspace in which nothing is left to do. @returns a line for each rule that is broken */
export async function brokenRules(store: Store): Promise<readonly string[]> {
  const events = await allEvents(store)
  const eventsOf = Map.groupBy(events, ({ invitationId }) => invitationId)
  const broken: string[] = []
  for (const invitation of await allRows((page) => store.invitations.list({}, page))) {
    const one = await caseOf(store, invitation, eventsOf.get(invitation.id) ?? [])
    for (const [rule, holds] of Object.entries(rules))
      if (!holds(one)) broken.push(`not so: ${rule} (${JSON.stringify(told(one))})`)
  }
  for (const fact of await allRows((page) => store.inbound.listUnmatched(page)))
    if (await isOfSent(store, fact.channel, fact.providerMessageId))
      broken.push(`not so: a report finds what it speaks of (${JSON.stringify(fact)})`)
  return broken
}

/** Every event, read by the cursor as anybody does. */
export async function allEvents(store: Store, after = 0): Promise<readonly DomainEvent[]> {
  const events: DomainEvent[] = []
  for (;;) {
    const more = await store.outbox.after(events.at(-1)?.cursor ?? after, 1_000)
    events.push(...more)
    if (more.length === 0) return events
  }
}

async function caseOf(
  store: Store,
  invitation: InvitationRecord,
  events: readonly DomainEvent[],
): Promise<Case> {
  const { id: invitationId, messageId } = invitation
  const all = await store.deliveries.list({ invitationId }, { limit: 100 })
  const deliveries = all.filter((delivery) => delivery.messageId === messageId)
  const attempts = await Promise.all(deliveries.map(({ id }) => store.deliveries.attempts(id)))
  return {
    invitation,
    events,
    deliveries,
    attempts: attempts.flat(),
    responses: await store.invitations.responses(invitationId),
    receipts: await store.receipts.list({ invitationId }, { limit: 1_000 }),
    isAppointment: (await store.messages.byId(messageId))?.content.calendar !== undefined,
  }
}

async function isOfSent(store: Store, channel: string, providerMessageId: string | null): Promise<boolean> {
  if (providerMessageId === null) return false
  return (await store.deliveries.attemptByProviderId(channel, providerMessageId)) !== undefined
}

function counted(responses: Case['responses']): Case['responses'] {
  return responses.filter(({ status }) => status === 'counted')
}

function countOf(events: readonly DomainEvent[], ...types: readonly string[]): number {
  return events.filter(({ type }) => types.includes(type)).length
}

function isCount(numbers: readonly number[], last: number): boolean {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted.length === last && sorted.every((number, index) => number === index + 1)
}

/** What a reader needs to see what went wrong. */
function told({ invitation, responses, deliveries, attempts, receipts, events }: Case) {
  return {
    invitation: { id: invitation.id, state: invitation.state, revision: invitation.revision },
    responses: responses.map(({ status, revision, via, at }) => [status, revision, via, at]),
    deliveries: deliveries.map(({ id, state, step, dueAt, attempts: count }) => [
      id,
      state,
      step,
      dueAt,
      count,
    ]),
    attempts: attempts.map(({ deliveryId, number, state, startedAt }) => [
      deliveryId,
      number,
      state,
      startedAt,
    ]),
    receipts: receipts.map(({ kind, attempt, detail, at }) => [kind, attempt, detail, at]),
    events: events.map(({ type, at }) => [type, at]),
  }
}
