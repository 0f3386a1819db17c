import type { Delivery, DeliveryReason, DeliveryState, DeliveryStep } from '../model/delivery.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { Policies } from '../model/policies.ts'
import { nextUsable } from './plan-delivery.ts'
import { backoffMs, mayRetry } from './retry.ts'

/** What of a message decides the way of its deliveries. */
export interface MessageTerms {
  readonly wantsAnswer: boolean
  readonly onUnknown: 'resend' | 'assume-sent'
  readonly remindersMs: readonly number[]
  readonly untilMs: number | null
}

/** The part of a delivery a decision changes; moments in milliseconds since the epoch. */
export interface Progress {
  readonly state: DeliveryState
  readonly reason: DeliveryReason | null
  readonly position: number
  readonly step: DeliveryStep
  readonly dueAtMs: number | null
  readonly tries: number
  readonly routeSinceMs: number | null
  readonly acceptedAtMs: number | null
  readonly firstAcceptedAtMs: number | null
  readonly reminders: number
  readonly doubtful: boolean
}

/** What was decided, beside the new progress. */
export interface Decision {
  /** `sent` the route took it · `retry` same route later · `fallback` another route · `wait` keep waiting for an answer · `ended` nothing is left to do. */
  readonly kind: 'sent' | 'retry' | 'fallback' | 'wait' | 'remind' | 'ended'
  readonly progress: Progress
}

/** Everything a decision is made from. */
export interface DecisionInput {
  readonly delivery: Pick<Delivery, 'plan'>
  readonly progress: Progress
  readonly terms: MessageTerms
  /** True when the current route's provider can be asked whether it has a message. */
  readonly canFind: boolean
  readonly policies: Policies
  readonly nowMs: number
  /** Random number in [0, 1) for jitter. */
  readonly fraction: number
}

/** Tries within which a provider is asked whether it has a message that may have been sent; then the sender's wish decides. */
export const mostLooks = 3
/** Pause before it is asked: lists of what was sent lag behind. */
const lookPauseMs = 10_000

/** Shortest pause after a rate limit, whatever the provider says. */
const leastPauseMs = 1_000

const rank: Readonly<Record<DeliveryState, number>> = {
  planned: 0,
  held: 1,
  queued: 2,
  sending: 3,
  sent: 4,
  delivered: 5,
  read: 6,
  failed: 9,
  suppressed: 9,
  expired: 9,
  cancelled: 9,
}

/** True when the delivery has nothing left that could happen to it. */
export function isFinal(state: DeliveryState): boolean {
  return rank[state] === 9
}

/** The further of two states: deliveries never move backwards once sent. */
export function furtherState(current: DeliveryState, reported: DeliveryState): DeliveryState {
  return rank[reported] > rank[current] ? reported : current
}

/**
 * Chooses what happens after one attempt: done, retry on the same route, the next route, or the end.
 *
 * @param outcome what the channel reported; effects on the route (bounced, opted out) are the caller's
 * @returns progress with `dueAtMs` ≥ now for anything still to do
 */
export function decideAfterSend(input: DecisionInput, outcome: SendOutcome): Decision {
  const { policies, nowMs, fraction } = input
  const progress = { ...input.progress, routeSinceMs: input.progress.routeSinceMs ?? nowMs }
  const routeSinceMs = progress.routeSinceMs
  const retryAt = (delayMs: number, tries: number): Decision => ({
    kind: 'retry',
    progress: { ...progress, state: waiting(progress.state), step: 'send', tries, dueAtMs: nowMs + delayMs },
  })

  switch (outcome.status) {
    case 'accepted':
      return accept(input, progress, outcome.delivered === true ? 'delivered' : 'sent')
    case 'unknown': {
      const doubted = { ...progress, doubtful: true }
      // Without a try left nobody can look for it any more, so its sender's wish decides at once.
      if (
        input.canFind &&
        doubted.tries < mostLooks &&
        mayRetry(policies.retry, doubted.tries + 1, routeSinceMs, nowMs)
      )
        return retryOrLeave({ ...input, progress: doubted }, doubted.tries + 1, lookPauseMs)
      if (input.terms.onUnknown === 'assume-sent') return accept(input, doubted, 'sent')
      return retryOrLeave({ ...input, progress: doubted }, doubted.tries + 1, 0)
    }
    case 'retryable':
      return retryOrLeave({ ...input, progress }, progress.tries + 1, outcome.retryAfterMs ?? 0)
    case 'rate_limited':
      return nowMs - routeSinceMs < policies.retry.outageMs
        ? retryAt(Math.max(leastPauseMs, outcome.retryAfterMs) + Math.ceil(fraction * 250), progress.tries)
        : decideNextRoute({ ...input, progress }, 'exhausted')
    case 'permanent_config': {
      const hasOther = nextUsable(input.delivery.plan, progress.position + 1) !== -1
      const patienceMs = hasOther ? policies.retry.withinMs : policies.retry.outageMs
      return nowMs - routeSinceMs < patienceMs
        ? retryAt(outagePauseMs(input, routeSinceMs), progress.tries)
        : decideNextRoute({ ...input, progress }, 'permanent')
    }
    case 'permanent_recipient':
    case 'permanent_content':
      return decideNextRoute({ ...input, progress }, 'permanent')
    case 'opted_out':
      return decideNextRoute({ ...input, progress }, 'opted_out')
  }
}

/**
 * Chooses what happens to a message whose worker died while sending it. The crash is not the provider's fault and costs
 * no try, but a message that keeps killing its workers is given up.
 *
 * @param crashes times a worker died with it, this one included
 * @param sinceMs when it began to wait for the worker that died: it goes on in its old place, before what came since
 */
export function decideAfterCrash(
  input: DecisionInput,
  crashes: number,
  sinceMs: number = input.nowMs,
): Decision {
  const { policies, nowMs, fraction } = input
  const progress = { ...input.progress, doubtful: true }
  if (crashes >= policies.crashes)
    return {
      kind: 'ended',
      progress: { ...progress, state: 'failed', reason: 'worker_crashes', dueAtMs: null },
    }
  if (input.terms.onUnknown === 'assume-sent' && !input.canFind) return accept(input, progress, 'sent')
  // The first time at once; then further apart, so that a poisonous message stops taking its neighbours down.
  const dueAtMs =
    crashes === 1 ? Math.min(sinceMs, nowMs) : nowMs + backoffMs(policies.retry, crashes, fraction)
  return { kind: 'retry', progress: { ...progress, state: waiting(progress.state), step: 'send', dueAtMs } }
}

/** The longer a provider has refused everybody, the less often it is asked. */
function outagePauseMs({ policies, nowMs, fraction }: DecisionInput, sinceMs: number): number {
  const { pauseMs, mostMs } = policies.circuit
  return Math.min(mostMs, Math.max(pauseMs, (nowMs - sinceMs) / 4)) + Math.ceil(fraction * 1_000)
}

function retryOrLeave(input: DecisionInput, tries: number, atLeastMs: number): Decision {
  const { progress, policies, nowMs } = input
  if (!mayRetry(policies.retry, tries, progress.routeSinceMs ?? nowMs, nowMs))
    return decideNextRoute(input, 'exhausted')
  const dueAtMs = nowMs + backoffMs(policies.retry, tries, input.fraction, atLeastMs)
  return {
    kind: 'retry',
    progress: { ...progress, state: waiting(progress.state), step: 'send', tries, dueAtMs },
  }
}

/**
 * Chooses what happens to a message that waits for a provider that is not working: on to another route after the time a
 * route may take, or, without another, wait as long as an outage may last.
 */
export function decideStranded(input: DecisionInput): Decision {
  const { policies, nowMs, delivery, progress } = input
  const sinceMs = progress.routeSinceMs ?? progress.dueAtMs ?? nowMs
  const hasOther = nextUsable(delivery.plan, progress.position + 1) !== -1
  const patienceMs = hasOther ? policies.retry.withinMs : policies.retry.outageMs
  if (nowMs - sinceMs >= patienceMs) return decideNextRoute(input, 'exhausted')
  const state = waiting(progress.state)
  return { kind: 'retry', progress: { ...progress, state, routeSinceMs: sinceMs, dueAtMs: nowMs } }
}

/**
 * Leaves the current route for the next usable one. When none is left the delivery ends, unless an earlier route took
 * the message and an answer may still come by it.
 */
export function decideNextRoute(input: DecisionInput, reason: DeliveryReason): Decision {
  const { progress, delivery, terms, nowMs } = input
  const position = nextUsable(delivery.plan, progress.position + 1)
  if (position !== -1) {
    return {
      kind: 'fallback',
      progress: {
        ...progress,
        state: waiting(progress.state),
        position,
        step: 'send',
        dueAtMs: nowMs,
        tries: 0,
        routeSinceMs: null,
        acceptedAtMs: null,
      },
    }
  }
  if (progress.firstAcceptedAtMs !== null) {
    return {
      kind: 'wait',
      progress: {
        ...progress,
        step: 'follow_up',
        tries: 0,
        dueAtMs: terms.wantsAnswer ? terms.untilMs : null,
      },
    }
  }
  return { kind: 'ended', progress: { ...progress, state: 'failed', reason, dueAtMs: null } }
}

/** How far the invitation is, as a follow-up sees it. */
export interface FollowUp {
  readonly isAnswered: boolean
  /** Cancelled, superseded, expired: nothing more is to be done. */
  readonly isClosed: boolean
}

/**
 * Chooses what to do when a follow-up falls due: give up waiting on this route, remind, expire, or wait on.
 */
export function decideFollowUp(input: DecisionInput, followUp: FollowUp): Decision {
  const { progress, terms, nowMs } = input
  if (followUp.isClosed || followUp.isAnswered)
    return { kind: 'ended', progress: { ...progress, dueAtMs: null } }
  if (terms.untilMs !== null && nowMs >= terms.untilMs) {
    const state = progress.firstAcceptedAtMs === null ? 'expired' : progress.state
    return { kind: 'ended', progress: { ...progress, state, reason: 'deadline', dueAtMs: null } }
  }
  if (nowMs >= (routeTimerMs(input) ?? Infinity)) return decideNextRoute(input, 'exhausted')
  if (nowMs >= (reminderMs(input) ?? Infinity)) {
    return {
      kind: 'remind',
      progress: {
        ...progress,
        step: 'send',
        dueAtMs: nowMs,
        reminders: remindersPast(input),
        tries: 0,
        routeSinceMs: null,
      },
    }
  }
  return { kind: 'wait', progress: { ...progress, step: 'follow_up', dueAtMs: followUpDue(input) } }
}

function accept(input: DecisionInput, progress: Progress, state: 'sent' | 'delivered'): Decision {
  const accepted = {
    ...progress,
    state: furtherState(progress.state, state),
    tries: 0,
    step: 'follow_up' as const,
    acceptedAtMs: input.nowMs,
    firstAcceptedAtMs: progress.firstAcceptedAtMs ?? input.nowMs,
  }
  return { kind: 'sent', progress: { ...accepted, dueAtMs: followUpDue({ ...input, progress: accepted }) } }
}

/** Earliest moment, from now on, something may have to be done about a message its route took; `null` when nothing ever will. */
export function followUpDue(input: DecisionInput): number | null {
  const moments = [
    routeTimerMs(input),
    reminderMs(input),
    input.terms.wantsAnswer ? input.terms.untilMs : null,
  ].filter((moment) => moment !== null)
  return moments.length === 0 ? null : Math.max(input.nowMs, Math.min(...moments))
}

/** When the current route is given up for the next one; `null` when its rule is met or there is no next one. */
function routeTimerMs({ progress, delivery }: DecisionInput): number | null {
  const route = delivery.plan[progress.position]
  if (route?.use !== true || route.next.withinMs === null || progress.acceptedAtMs === null) return null
  if (route.next.unless === 'delivered' && rank[progress.state] >= rank.delivered) return null
  if (route.next.unless === 'seen' && rank[progress.state] >= rank.read) return null
  if (nextUsable(delivery.plan, progress.position + 1) === -1) return null
  return progress.acceptedAtMs + route.next.withinMs
}

/** Reminders whose time has come: those missed while nothing could be sent are made up for by one. */
function remindersPast({ progress, terms, nowMs }: DecisionInput): number {
  const sinceMs = nowMs - (progress.firstAcceptedAtMs ?? nowMs)
  const past = terms.remindersMs.filter((afterMs) => afterMs <= sinceMs).length
  return Math.max(past, progress.reminders + 1)
}

/** When the next reminder is due; `null` when there is none before the deadline. */
function reminderMs({ progress, terms }: DecisionInput): number | null {
  const afterMs = terms.remindersMs[progress.reminders]
  if (
    !terms.wantsAnswer ||
    afterMs === undefined ||
    progress.firstAcceptedAtMs === null ||
    progress.acceptedAtMs === null
  )
    return null
  const dueMs = progress.firstAcceptedAtMs + afterMs
  return terms.untilMs !== null && dueMs >= terms.untilMs ? null : dueMs
}

/** The state of a delivery that is not sent now after all. */
export function waiting(state: DeliveryState): DeliveryState {
  return state === 'sending' ? 'queued' : state
}
