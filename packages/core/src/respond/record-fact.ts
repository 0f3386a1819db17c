import type { FactReference, FactResult, InboundFact } from '../model/inbound-fact.ts'
import { moveAddress } from '../ledger/move-address.ts'
import type { Channel } from '../ports/channel.ts'
import type { ChannelAddress, StoreParts } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { connectedText } from '../rules/feedback.ts'
import { connectRoute } from './connect.ts'
import { findDelivery, isFromAnother, type Found } from './find-delivery.ts'
import { keepUnmatched } from './keep-unmatched.ts'
import { optIn, optOut, placeOf } from './opt-out.ts'
import { recordAnswerFact } from './record-answer-fact.ts'
import { recordProposal } from './record-proposal.ts'
import { recordComplaint, recordLateFailure, recordProgress } from './record-report.ts'
import { untilFree } from './until-free.ts'
import { withdrawAnswer } from './withdraw-answer.ts'

/**
 * Records one fact, once: the same id again changes nothing. A fact that fits nothing is kept, but not remembered as seen, so
 * that its sender's next try may find what is not yet written.
 *
 * @throws InviteMeError `STORE_BUSY` when its delivery stays in a worker's hands; the sender should try again
 */
export async function recordFact(world: World, channel: Channel, fact: InboundFact): Promise<FactResult> {
  const alone = changesAddress(fact)
  const record = () =>
    untilFree(world, () =>
      world.store.transaction((parts) => recordOnce({ world, parts, channel }, fact), { alone }),
    )
  const result = await record()
  const messageId = messageNamed(fact)
  if (result.result !== 'unmatched' || messageId === undefined) return result
  // Its message may have been written down while it was looked for, by a process that saw nothing kept for it yet.
  if ((await world.store.deliveries.attemptByProviderId(channel.name, messageId)) === undefined) return result
  const again = await record()
  // What was remembered before has its message; it asks for nothing that could be recorded.
  if (again.result === 'unmatched' || again.result === 'repeated') return result
  const kept = await world.store.inbound.unmatchedOf(channel.name, messageId)
  await world.store.inbound.dropUnmatched(kept.flatMap((one) => (one.fact.id === fact.id ? [one.id] : [])))
  return again
}

/** Whether a fact says something about an address itself, whatever was sent there. */
function changesAddress({ kind }: InboundFact): boolean {
  return ['opted_out', 'opted_in', 'connected', 'moved', 'failed', 'complained'].includes(kind)
}

/** The provider's id of the message a fact speaks of. */
function messageNamed(fact: InboundFact): string | undefined {
  if (!('reference' in fact) || fact.reference.by !== 'provider-message') return undefined
  return fact.reference.providerMessageId
}

interface Room {
  readonly world: World
  readonly parts: StoreParts
  readonly channel: Channel
}

/** What a fact led to; members left out are `null`. */
type Told = Pick<FactResult, 'result'> & Partial<Pick<FactResult, 'invitationId' | 'answer' | 'feedback'>>

async function recordOnce(room: Room, fact: InboundFact): Promise<FactResult> {
  const nothing = { id: fact.id, kind: fact.kind, invitationId: null, answer: null, feedback: null }
  return { ...nothing, ...(await told(room, fact)) }
}

async function told(room: Room, fact: InboundFact): Promise<Told> {
  const { world, parts, channel } = room
  if (fact.kind === 'ignored') return { result: 'ignored' }
  const found = 'reference' in fact ? await findDelivery(parts, channel, fact.reference) : undefined
  if ('reference' in fact && found === undefined) return unmatched(room, fact)
  const now = new Date(world.clock.now())
  // Locked before anything is written: one of several together that has to wait costs the others nothing then.
  if (found?.delivery.invitationId && fact.kind !== 'delivered' && fact.kind !== 'read')
    await parts.invitations.lock(found.delivery.invitationId)
  const isFresh = (await parts.inbound.remember(channel.name, [fact.id], now)).length > 0
  const invitationId = found?.delivery.invitationId ?? null
  if (!isFresh) return { result: 'repeated', invitationId }
  if (!('reference' in fact)) return recordAboutAddress(room, fact)
  if (fact.kind === 'answer') return recordAnswer(room, fact)
  if (found !== undefined) await recordAboutDelivery(room, fact, found)
  return { result: 'recorded', invitationId }
}

async function unmatched(
  { world, parts, channel }: Room,
  fact: InboundFact & { readonly reference: FactReference },
): Promise<Told> {
  await keepUnmatched(world, parts, channel, fact)
  return { result: 'unmatched' }
}

async function recordAnswer(room: Room, fact: InboundFact & { readonly kind: 'answer' }): Promise<Told> {
  const result = await recordAnswerFact({ ...room, fact })
  switch (result.kind) {
    case 'recorded': {
      const { invitationId, status } = result.receipt
      return { result: 'recorded', invitationId, answer: status, feedback: result.feedback }
    }
    case 'ambiguous':
      return { result: 'recorded', answer: 'ambiguous', feedback: result.feedback }
    case 'dropped':
      return { result: 'ignored' }
    case 'unmatched':
      return unmatched(room, fact)
  }
}

type AboutAddress = Exclude<InboundFact, { readonly reference: FactReference } | { readonly kind: 'ignored' }>

async function recordAboutAddress({ world, parts, channel }: Room, fact: AboutAddress): Promise<Told> {
  switch (fact.kind) {
    case 'opted_out':
    case 'opted_in': {
      const place = await placeMeant(parts, channel, fact)
      if (place === undefined) return { result: 'unmatched' }
      await (fact.kind === 'opted_out'
        ? optOut(world, parts, place, { source: fact.source ?? 'reply' })
        : optIn(parts, place))
      return { result: 'recorded' }
    }
    case 'connected': {
      const recipient = await connectRoute(world, parts, channel, fact)
      if (recipient === undefined) return { result: 'unmatched' }
      return {
        result: 'recorded',
        feedback: connectedText(recipient.name, recipient.locale ?? world.settings.locale),
      }
    }
    case 'moved':
      await moveAddress(world, parts, placeOf(channel, fact.address), placeOf(channel, fact.to).address)
      return { result: 'recorded' }
  }
}

/** Whose wish it is: whoever was written to, when it replies to a message of ours; else whoever wrote. */
async function placeMeant(
  parts: StoreParts,
  channel: Channel,
  { address, inReplyTo }: Extract<InboundFact, { kind: 'opted_out' | 'opted_in' }>,
): Promise<ChannelAddress | undefined> {
  if (inReplyTo === undefined) return placeOf(channel, address)
  const found = await findDelivery(parts, channel, inReplyTo)
  const planned = found?.delivery.plan[found.position]
  return planned === undefined ? undefined : { channel: planned.channel, address: planned.address }
}

type AboutDelivery = Exclude<
  Extract<InboundFact, { readonly reference: FactReference }>,
  { readonly kind: 'answer' }
>

async function recordAboutDelivery(
  { world, parts, channel }: Room,
  fact: AboutDelivery,
  found: Found,
): Promise<void> {
  switch (fact.kind) {
    case 'delivered':
    case 'read':
      return recordProgress(world, parts, channel, found, fact)
    case 'failed':
      return recordLateFailure(world, parts, found, fact)
    case 'complained':
      return recordComplaint(world, parts, found)
    case 'withdrawn':
      return withdrawAnswer(world, parts, found, {
        via: channel.name,
        isFromAnother: isFromAnother(channel, fact.from, found),
      })
    case 'proposed':
      return recordProposal(world, parts, found, { text: fact.text, via: channel.name })
  }
}
