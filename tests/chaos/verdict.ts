import type { Delivery, DomainEvent, InviteMe, Receipt } from '@invite-me/core'
import type { CallLedger } from './call-ledger.ts'
import { isRefused, plannedMessage, type PlannedMessage, type ProviderName } from './fault-plan.ts'

/** What a run came to, and every promise it broke. */
export interface Verdict {
  /** Sentences, one a broken promise; empty when all were kept. */
  readonly broken: readonly string[]
  readonly sent: number
  readonly failed: number
  /** Messages taken by a provider more than once, each time counted. */
  readonly doubles: number
  /** Attempts of which nobody knows whether they were sent: their worker died, or the provider fell silent. */
  readonly unknownByCrash: number
  readonly unknownByProvider: number
}

/** What is judged. */
export interface Evidence {
  /** An engine that sees everything; it does not send. */
  readonly inviteMe: InviteMe
  /** What is wrong with the store itself; `undefined` when nothing is. */
  readonly damage?: string | undefined
  readonly ledger: CallLedger
  readonly seed: number
  readonly accepted: ReadonlyMap<number, string>
}

/** Compares what the clients were promised, what the providers saw and what the store says. */
export async function judge({ inviteMe, damage, ledger, seed, accepted }: Evidence): Promise<Verdict> {
  const deliveries = await readAll((after) => inviteMe.deliveries.list({}, { limit: 1_000, ...after }))
  const receipts = await readAll((after) => inviteMe.receipts.list({}, { limit: 1_000, ...after }))
  const events = await readEvents(inviteMe)
  const byMessage = Map.groupBy(deliveries, ({ messageId }) => messageId)
  const receiptsOf = Map.groupBy(receipts, ({ deliveryId }) => deliveryId)
  const eventsOf = Map.groupBy(events, ({ deliveryId }) => deliveryId)
  const broken: string[] = []
  let doubles = 0

  if (byMessage.size !== accepted.size)
    broken.push(`${String(accepted.size)} messages were accepted, ${String(byMessage.size)} are in the store`)
  for (const [index, messageId] of accepted) {
    const planned = plannedMessage(index)
    const [delivery, ...more] = byMessage.get(messageId) ?? []
    if (delivery === undefined || more.length > 0) {
      broken.push(`${planned.key} has ${String(delivery === undefined ? 0 : more.length + 1)} deliveries`)
      continue
    }
    const story: Story = {
      planned,
      delivery,
      receipts: receiptsOf.get(delivery.id) ?? [],
      events: eventsOf.get(delivery.id) ?? [],
    }
    doubles += countDoubles(story, ledger)
    broken.push(...brokenBy(story, ledger, seed).map((sentence) => `${planned.key}: ${sentence}`))
  }
  if (damage !== undefined) broken.push(`the store is damaged: ${damage}`)
  const unknown = receipts.filter(({ kind }) => kind === 'unknown')
  const unknownByCrash = unknown.filter(isOfCrash).length
  return {
    broken,
    sent: deliveries.filter(({ state }) => state === 'sent').length,
    failed: deliveries.filter(({ state }) => state === 'failed').length,
    doubles,
    unknownByCrash,
    unknownByProvider: unknown.length - unknownByCrash,
  }
}

interface Story {
  readonly planned: PlannedMessage
  readonly delivery: Delivery
  readonly receipts: readonly Receipt[]
  readonly events: readonly DomainEvent[]
}

function brokenBy(story: Story, ledger: CallLedger, seed: number): readonly string[] {
  return [
    ...brokenEnd(story, ledger, seed),
    ...story.planned.via.flatMap((provider) => brokenCount(story, provider, ledger)),
    ...brokenOrder(story),
  ]
}

/** I1 and I2: one final state, the right one, and a provider that really has what counts as sent. */
function brokenEnd(
  { planned, delivery, receipts }: Story,
  ledger: CallLedger,
  seed: number,
): readonly string[] {
  const broken: string[] = []
  const { address, via } = planned
  const mustFail = via.every((provider) => isRefused(seed, provider, address))
  const expected = mustFail ? 'failed' : 'sent'
  if (delivery.state !== expected || delivery.dueAt !== null)
    broken.push(`ended as ${delivery.state}, due ${String(delivery.dueAt)}, instead of ${expected}`)
  if (delivery.state === 'sent') {
    const provider = delivery.plan[delivery.position]?.channel as ProviderName
    if (ledger.of(provider, address).taken === 0)
      broken.push(`LOST: counts as sent, but ${provider} never took it`)
    if (!receipts.some(({ kind, channel }) => kind === 'accepted' && channel === provider))
      broken.push('has no receipt of being accepted')
  }
  if (delivery.state === 'failed' && !receipts.some(({ outcome }) => outcome === 'permanent_recipient'))
    broken.push('has no receipt that says why it failed')
  return broken
}

/** I3 and I6: every call has its receipt, and every double one that says it may be one. */
function brokenCount(
  { planned, receipts }: Story,
  provider: ProviderName,
  ledger: CallLedger,
): readonly string[] {
  const broken: string[] = []
  const record = ledger.of(provider, planned.address)
  const closing = receipts.filter(
    ({ kind, channel }) =>
      channel === provider && (kind === 'accepted' || kind === 'failed' || kind === 'unknown'),
  )
  const unknown = closing.filter(({ kind }) => kind === 'unknown').length
  const flagged = closing.filter(({ duplicatePossible }) => duplicatePossible).length
  const accepted = closing.filter(({ kind }) => kind === 'accepted').length
  const repeats = Math.max(0, record.taken - 1)
  // Whoever was taken for dead and is not tells late what became of its attempt: that end comes on top.
  const [byDead = [], byLiving = []] = [true, false].map((isDead) =>
    closing.filter((receipt) => isOfCrash(receipt) === isDead),
  )
  if (hasTwoEnds(byDead) || hasTwoEnds(byLiving)) broken.push(`an attempt by ${provider} has two ends`)
  if (record.arrived > closing.length)
    broken.push(
      `arrived ${String(record.arrived)} times at ${provider} in ${String(closing.length)} attempts`,
    )
  if (accepted > record.taken) broken.push(`${provider} took it less often than receipts say`)
  if (repeats > unknown)
    broken.push(`${provider} took it ${String(record.taken)} times with ${String(unknown)} unknown outcomes`)
  if (repeats > flagged)
    broken.push(`${provider} took it ${String(record.taken)} times, ${String(flagged)} receipts say so`)
  if (record.keys.size > 1) broken.push(`came to ${provider} under ${String(record.keys.size)} keys`)
  return broken
}

function hasTwoEnds(closing: readonly Receipt[]): boolean {
  return new Set(closing.map(({ attempt }) => attempt)).size !== closing.length
}

/** I4: nothing is announced after the end, and nothing twice. */
function brokenOrder({ events }: Story): readonly string[] {
  const types = events.map(({ type }) => type)
  const sent = types.filter((type) => type === 'delivery.sent').length
  const failedAt = types.indexOf('delivery.failed')
  return [
    ...(sent > 1 ? [`was announced as sent ${String(sent)} times`] : []),
    ...(failedAt !== -1 && (sent > 0 || types.lastIndexOf('delivery.failed') !== failedAt)
      ? ['moved on after it had failed']
      : []),
  ]
}

function countDoubles({ planned }: Story, ledger: CallLedger): number {
  return planned.via.reduce(
    (sum, provider) => sum + Math.max(0, ledger.of(provider, planned.address).taken - 1),
    0,
  )
}

/** Whether it says that a worker was taken for dead. */
export function isOfCrash({ detail }: Receipt): boolean {
  return detail?.startsWith('the worker stopped') === true
}

/** Reads page after page. @param read one page, of those after an id */
export async function readAll<Row extends { readonly id: string }>(
  read: (after: { readonly after?: string }) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (;;) {
    const last = rows.at(-1)
    const page = await read(last === undefined ? {} : { after: last.id })
    rows.push(...page)
    if (page.length === 0) return rows
  }
}

async function readEvents(inviteMe: InviteMe): Promise<readonly DomainEvent[]> {
  const events: DomainEvent[] = []
  for (;;) {
    const page = await inviteMe.events.list({ after: events.at(-1)?.cursor ?? 0, limit: 1_000 })
    events.push(...page)
    if (page.length === 0) return events
  }
}
