import type { Delivery, InvitationRecord, Message } from '@invite-me/core'
import { describeTime, describeValue } from '../describe.ts'
import { allRows } from '../pages.ts'
import { plainText } from '../plain-text.ts'
import { table } from '../table.ts'
import type { StatusReport } from './status-report.ts'

/** One person of a message: the question's state and the ways it went. */
interface Person {
  readonly to: string
  readonly name: string | null
  /** `null` for a notice. */
  readonly invitation: InvitationRecord | null
  readonly deliveries: readonly Delivery[]
}

/** Prints how a message stands: sums, then a line per person. */
export async function reportMessage(report: StatusReport, message: Message): Promise<void> {
  const { inviteMe, output } = report
  const counts = await inviteMe.deliveries.counts({ messageId: message.id })
  const people = await peopleOf(report, message.id)
  const states: Record<string, number> = {}
  for (const { invitation } of people) {
    if (invitation !== null) states[invitation.state] = (states[invitation.state] ?? 0) + 1
  }
  const shown = people.slice(0, report.limit ?? (output.isJson ? people.length : 200))
  const { id, content, answer, originator, category, key, until, createdAt } = message
  const document = {
    message: { id, content, answer, originator, category, key, until, createdAt },
    deliveries: counts,
    invitations: answer === null ? null : states,
    people: shown.map(personDocument),
    hasMore: shown.length < people.length,
  }
  output.result(document, () =>
    [
      output.paint.bold(plainText(content.text)),
      `message ${id}, ${describeTime(createdAt, report.zone)}${until === null ? '' : `, until ${describeTime(until, report.zone)}`}`,
      '',
      sumsTable('delivery', counts),
      ...(answer === null ? [] : ['', sumsTable('invitation', states)]),
      '',
      peopleTable(shown, report),
      ...(document.hasMore ? [`… and ${people.length - shown.length} more; see them with --limit`] : []),
    ].join('\n'),
  )
}

async function peopleOf({ inviteMe }: StatusReport, messageId: string): Promise<readonly Person[]> {
  const invitations = new Map<string, InvitationRecord>()
  for await (const row of allRows<InvitationRecord>((page) =>
    inviteMe.invitations.list({ messageId }, page),
  )) {
    invitations.set(row.id, row)
  }
  const people = new Map<string, Person & { readonly deliveries: Delivery[] }>(
    [...invitations].map(([id, invitation]) => [
      id,
      { to: invitation.to, name: invitation.name, invitation, deliveries: [] },
    ]),
  )
  for await (const delivery of allRows<Delivery>((page) => inviteMe.deliveries.list({ messageId }, page))) {
    const { to, name } = delivery
    const id = delivery.invitationId ?? `notice to ${to}`
    const person = people.get(id) ?? { to, name, invitation: null, deliveries: [] }
    person.deliveries.push(delivery)
    people.set(id, person)
  }
  return [...people.values()]
}

function personDocument({ to, name, invitation, deliveries }: Person): object {
  return {
    to,
    name,
    invitationId: invitation?.id ?? null,
    state: invitation?.state ?? null,
    value: invitation?.value ?? null,
    via: invitation?.via ?? null,
    answeredAt: invitation?.answeredAt ?? null,
    deliveries: deliveries.map((delivery) => ({
      id: delivery.id,
      state: delivery.state,
      reason: delivery.reason,
      channel: channelOf(delivery),
      attempts: delivery.attempts,
    })),
  }
}

function channelOf({ plan, position }: Delivery): string | null {
  return plan[position]?.channel ?? null
}

function sumsTable(what: string, sums: Readonly<Record<string, number>>): string {
  return table(
    [
      { heading: what, cell: ([state]: readonly [string, number]) => state },
      { heading: 'people', cell: ([, amount]: readonly [string, number]) => amount, align: 'right' },
    ],
    Object.entries(sums),
  )
}

function peopleTable(people: readonly Person[], { zone, output }: StatusReport): string {
  return table<Person>(
    [
      { heading: 'to', cell: (person) => person.to },
      { heading: 'name', cell: (person) => person.name },
      {
        heading: 'state',
        cell: (person) => person.invitation?.state ?? person.deliveries.map(({ state }) => state).join(', '),
        paint: (text) => paintState(text, output.paint),
      },
      { heading: 'answer', cell: (person) => describeValue(person.invitation?.value) },
      { heading: 'by', cell: (person) => person.invitation?.via },
      { heading: 'time', cell: (person) => describeTime(person.invitation?.answeredAt, zone) },
      {
        heading: 'delivery',
        cell: (person) =>
          person.deliveries
            .map((delivery) =>
              [channelOf(delivery), delivery.state, delivery.reason]
                .filter((part) => part !== null)
                .join(' '),
            )
            .join(', '),
      },
    ],
    people,
  )
}

function paintState(state: string, paint: StatusReport['output']['paint']): string {
  if (['accepted', 'answered', 'delivered', 'read'].includes(state)) return paint.green(state)
  if (['unreachable', 'expired', 'failed', 'suppressed'].includes(state)) return paint.red(state)
  return state === 'declined' ? paint.yellow(state) : state
}
