import type { SendOutcome } from '../model/outcome.ts'
import type { WorkItem } from '../model/work-item.ts'
import type { Channel } from '../ports/channel.ts'
import type { DueHint } from '../ports/queue.ts'
import type { SpanEnding, SpanOptions, TraceParent } from '../ports/tracer.ts'
import type { World } from '../ports/world.ts'
import { isSameTrace, joinTraces, type JoinedTraces } from '../rules/join-traces.ts'
import type { Gate } from './gate.ts'
import type { ReadySend } from './prepare-send.ts'
import { sendAttempt } from './send-attempt.ts'
import type { Stopping } from './stopping.ts'
import type { Look } from './take-work.ts'

/** Hands named work to the queue. Whoever takes it goes on below the span of this. */
export function publishTraced(
  { queue, tracer }: World,
  hint: DueHint & Required<Pick<DueHint, 'items'>>,
): Promise<void> {
  if (!tracer.isOn()) return queue.publish([hint])
  const { lane, channel, items } = hint
  const joined = joinTraces(items.map(({ traceparent }) => traceparent))
  const attributes = {
    ...queue.spanAttributes?.('publish', lane),
    'invite_me.channel': channel,
    'invite_me.lane': lane,
    'invite_me.deliveries': items.length,
  }
  return tracer.span('publish', { kind: 'producer', ...joined, attributes }, () => {
    const place = tracer.current()
    // Of several traces each keeps its own place: this span is in none of them.
    if (joined.parent === null || place === null) return queue.publish([hint])
    return queue.publish([{ ...hint, items: items.map((item) => ({ ...item, traceparent: place })) }])
  })
}

/** How work was taken, or not. */
export interface Taking {
  readonly gate: Gate
  readonly wanted: Look['wanted']
  /** When the taking began, Unix ms. */
  readonly beganMs: number
}

/**
 * Tells of work that was taken. Afterwards, since only then it is known whose it was, and since a look that finds nothing is no
 * part of any trace.
 *
 * @returns the places below which to send, by delivery; for a delivery that is not in it, below its message
 */
export async function tellTaken(
  world: World,
  sends: readonly ReadySend[],
  taking: Taking,
): Promise<ReadonlyMap<string, TraceParent>> {
  const handed = new Map(namedIn(taking).map(({ deliveryId, traceparent }) => [deliveryId, traceparent]))
  const places = new Map<string, TraceParent>()
  for (const { delivery, message } of sends) {
    if (message.trace === null) continue
    const place = handed.get(delivery.id) ?? message.trace
    // The broker's word counts only within the message's own trace: whoever may write to it could write anything.
    places.set(delivery.id, isSameTrace(place, message.trace) ? place : message.trace)
  }
  const options = {
    ...optionsOfTaking(world, joinTraces([...places.values()]), taking),
    ending: () => ({ attributes: { 'invite_me.deliveries': sends.length } }),
  }
  const own = await world.tracer.span('take', options, async () => world.tracer.current())
  if (options.parent !== null && own !== null) for (const id of places.keys()) places.set(id, own)
  return places
}

/** Tells that work could not be taken. */
export async function tellNotTaken(world: World, error: unknown, taking: Taking): Promise<void> {
  if (!world.tracer.isOn()) return
  const options = optionsOfTaking(
    world,
    joinTraces(namedIn(taking).map(({ traceparent }) => traceparent)),
    taking,
  )
  await world.tracer.span('take', options, () => Promise.reject(error)).catch(() => undefined)
}

function optionsOfTaking(world: World, joined: JoinedTraces, taking: Taking): SpanOptions<unknown> {
  const [first] = namedIn(taking)
  const attributes = {
    ...(first !== undefined && world.queue.spanAttributes?.('take', first.lane)),
    'invite_me.channel': taking.gate.channel.name,
  }
  return { kind: 'consumer', ...joined, attributes, tookMs: Math.max(0, world.clock.now() - taking.beganMs) }
}

function namedIn({ wanted }: Taking): readonly WorkItem[] {
  return 'named' in wanted ? wanted.named : []
}

/** Makes an attempt as a span, below `place` or else below its message. */
export function sendTraced(
  world: World,
  channel: Channel,
  send: ReadySend,
  { place, stopping }: { readonly place: TraceParent | undefined; readonly stopping: Stopping },
): Promise<SendOutcome> {
  const options: SpanOptions<SendOutcome> = {
    kind: 'client',
    parent: place ?? send.message.trace,
    links: [],
    attributes: {
      'invite_me.message_id': send.message.id,
      'invite_me.delivery_id': send.delivery.id,
      'invite_me.attempt': send.attempt.number,
    },
    ending: endingOf,
  }
  return world.tracer.span(`send ${channel.name}`, options, () => sendAttempt(world, channel, send, stopping))
}

function endingOf({ status }: SendOutcome): SpanEnding {
  const attributes = { 'invite_me.outcome': status }
  return status === 'accepted' ? { attributes } : { attributes, failure: status }
}
