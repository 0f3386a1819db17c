import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SendOutcome } from '../model/outcome.ts'
import type { NextRule, Plan } from '../model/plan.ts'
import { policiesSchema } from '../model/policies.ts'
import {
  decideAfterCrash,
  decideAfterSend,
  decideFollowUp,
  decideNextRoute,
  decideStranded,
  isFinal,
  mostLooks,
  type DecisionInput,
  type Progress,
} from './decide-next.ts'

const now = Date.UTC(2026, 10, 22, 12)
const minute = 60_000
const policies = policiesSchema.parse({})

function planOf(...nexts: readonly NextRule[]): Plan {
  return nexts.map((next, index) => ({
    channel: `channel-${String(index)}`,
    routeId: null,
    address: 'x',
    use: true,
    reason: 'carries_the_answer',
    next,
  }))
}
const unlessAccepted: NextRule = { unless: 'accepted', withinMs: null }
const unlessAnswered: NextRule = { unless: 'answered', withinMs: 30 * minute }

const fresh: Progress = {
  state: 'sending',
  reason: null,
  position: 0,
  step: 'send',
  dueAtMs: now,
  tries: 0,
  routeSinceMs: null,
  acceptedAtMs: null,
  firstAcceptedAtMs: null,
  reminders: 0,
  doubtful: false,
}
const accepted: Progress = {
  ...fresh,
  state: 'sent',
  step: 'follow_up',
  acceptedAtMs: now - minute,
  firstAcceptedAtMs: now - minute,
  routeSinceMs: now - minute,
}

function input(more: Partial<DecisionInput> = {}): DecisionInput {
  return {
    delivery: { plan: planOf(unlessAccepted, unlessAccepted) },
    progress: fresh,
    terms: { wantsAnswer: true, onUnknown: 'resend', remindersMs: [], untilMs: null },
    canFind: false,
    policies,
    nowMs: now,
    fraction: 0.5,
    ...more,
  }
}
const ok: SendOutcome = { status: 'accepted', providerMessageId: 'p1' }
const trouble: SendOutcome = { status: 'retryable', scope: 'provider' }
const dead: SendOutcome = { status: 'permanent_recipient', scope: 'recipient' }
const misconfigured: SendOutcome = { status: 'permanent_config', scope: 'sender' }

describe('after one attempt', () => {
  test('accepted and nothing more wanted: nothing is due', () => {
    const notice = { wantsAnswer: false, onUnknown: 'resend', remindersMs: [], untilMs: null } as const
    expect(decideAfterSend(input({ terms: notice }), ok)).toMatchObject({
      kind: 'sent',
      progress: { state: 'sent', dueAtMs: null },
    })
  })

  test('accepted and unanswered goes on to the next route in its time', () => {
    const decision = decideAfterSend(
      input({ delivery: { plan: planOf(unlessAnswered, unlessAccepted) } }),
      ok,
    )
    expect(decision.progress).toMatchObject({
      step: 'follow_up',
      dueAtMs: now + 30 * minute,
      acceptedAtMs: now,
    })
  })

  test('the last route has no timer: the deadline is next', () => {
    const decision = decideAfterSend(
      input({
        delivery: { plan: planOf(unlessAnswered) },
        terms: { ...input().terms, untilMs: now + 90 * minute },
      }),
      ok,
    )
    expect(decision.progress.dueAtMs).toBe(now + 90 * minute)
  })

  test('trouble on the way is retried on the same route, later each time', () => {
    const first = decideAfterSend(input(), trouble)
    expect(first).toMatchObject({ kind: 'retry', progress: { position: 0, tries: 1, state: 'queued' } })
    const last = decideAfterSend(
      input({ progress: { ...fresh, tries: policies.retry.tries - 1, routeSinceMs: now - minute } }),
      trouble,
    )
    expect(last).toMatchObject({ kind: 'fallback', progress: { position: 1, tries: 0, dueAtMs: now } })
  })

  test('a provider’s own wait is never undercut', () => {
    const decision = decideAfterSend(input(), {
      status: 'retryable',
      scope: 'provider',
      retryAfterMs: 7 * minute,
    })
    expect(decision.progress.dueAtMs).toBeGreaterThanOrEqual(now + 7 * minute)
  })

  test('a rate limit costs no try, however often', () => {
    const decision = decideAfterSend(input({ progress: { ...fresh, tries: 3 } }), {
      status: 'rate_limited',
      scope: 'provider',
      retryAfterMs: 30_000,
    })
    expect(decision).toMatchObject({ kind: 'retry', progress: { tries: 3 } })
    expect(decision.progress.dueAtMs).toBeGreaterThanOrEqual(now + 30_000)
  })

  test('a dead address goes straight to the next route', () => {
    expect(decideAfterSend(input(), dead)).toMatchObject({
      kind: 'fallback',
      progress: { position: 1, dueAtMs: now },
    })
  })

  test('a dead address on the last route ends the delivery', () => {
    expect(decideAfterSend(input({ progress: { ...fresh, position: 1 } }), dead)).toMatchObject({
      kind: 'ended',
      progress: { state: 'failed', reason: 'permanent', dueAtMs: null },
    })
  })

  test('wrong credentials burn nobody: the message waits, costs no try, and falls back only after the time of a route', () => {
    expect(decideAfterSend(input(), misconfigured)).toMatchObject({
      kind: 'retry',
      progress: { position: 0, tries: 0 },
    })
    const late = { ...fresh, routeSinceMs: now - policies.retry.withinMs }
    expect(decideAfterSend(input({ progress: late }), misconfigured)).toMatchObject({ kind: 'fallback' })
    expect(decideAfterSend(input({ progress: { ...late, position: 1 } }), misconfigured)).toMatchObject({
      kind: 'retry',
    })
  })

  test('an unknown outcome is sent again and marked, or taken as sent, as the message says', () => {
    const unknown: SendOutcome = { status: 'unknown', scope: 'provider' }
    expect(decideAfterSend(input(), unknown)).toMatchObject({
      kind: 'retry',
      progress: { doubtful: true, tries: 1 },
    })
    const assuming = { ...input().terms, onUnknown: 'assume-sent' } as const
    expect(decideAfterSend(input({ terms: assuming }), unknown)).toMatchObject({
      kind: 'sent',
      progress: { doubtful: true, state: 'sent' },
    })
  })

  test('a failing second route leaves the first one waiting for its answer', () => {
    const fellBack = { ...fresh, state: 'sent' as const, position: 1, firstAcceptedAtMs: now - minute }
    const decision = decideAfterSend(
      input({ progress: fellBack, terms: { ...input().terms, untilMs: now + minute } }),
      dead,
    )
    expect(decision).toMatchObject({
      kind: 'wait',
      progress: { state: 'sent', step: 'follow_up', dueAtMs: now + minute },
    })
  })
})

describe('when a follow-up falls due', () => {
  const waiting = { isAnswered: false, isClosed: false }
  const plan = planOf(unlessAnswered, unlessAccepted)

  test('nobody answered in time: the next route', () => {
    const late = { ...accepted, acceptedAtMs: now - 30 * minute }
    expect(decideFollowUp(input({ delivery: { plan }, progress: late }), waiting)).toMatchObject({
      kind: 'fallback',
      progress: { position: 1, state: 'sent', acceptedAtMs: null },
    })
  })

  test('too early: it waits for the same moment', () => {
    expect(decideFollowUp(input({ delivery: { plan }, progress: accepted }), waiting)).toMatchObject({
      kind: 'wait',
      progress: { dueAtMs: now + 29 * minute },
    })
  })

  test('answered: nothing more is done', () => {
    const late = { ...accepted, acceptedAtMs: now - 30 * minute }
    expect(
      decideFollowUp(input({ delivery: { plan }, progress: late }), { isAnswered: true, isClosed: true }),
    ).toMatchObject({ kind: 'ended', progress: { dueAtMs: null, state: 'sent' } })
  })

  test.each([
    ['delivered', 'delivered', 'wait'],
    ['delivered', 'sent', 'fallback'],
    ['seen', 'delivered', 'fallback'],
    ['seen', 'read', 'wait'],
  ] as const)('unless %s: a message that is %s leads to %s', (unless, state, kind) => {
    const rules = planOf({ unless, withinMs: minute }, unlessAccepted)
    expect(
      decideFollowUp(input({ delivery: { plan: rules }, progress: { ...accepted, state } }), waiting).kind,
    ).toBe(kind)
  })

  test('a reminder goes out on the route that took it, once for each', () => {
    const terms = { ...input().terms, remindersMs: [minute, 10 * minute] }
    const first = decideFollowUp(input({ terms, progress: accepted }), waiting)
    expect(first).toMatchObject({ kind: 'remind', progress: { step: 'send', reminders: 1, position: 0 } })
    const again = decideAfterSend(input({ terms, progress: first.progress }), ok)
    expect(again.progress).toMatchObject({
      dueAtMs: accepted.firstAcceptedAtMs === null ? null : accepted.firstAcceptedAtMs + 10 * minute,
    })
  })

  test('reminders missed while nothing could be sent are made up for by one', () => {
    const terms = { ...input().terms, remindersMs: [minute, 2 * minute, 60 * minute] }
    const late = { ...accepted, firstAcceptedAtMs: now - 3 * minute }
    const { progress } = decideFollowUp(input({ terms, progress: late }), waiting)
    expect(progress).toMatchObject({ step: 'send', reminders: 2 })
  })

  test('a reminder at or after the deadline is not sent', () => {
    const terms = { ...input().terms, remindersMs: [minute], untilMs: now }
    expect(decideFollowUp(input({ terms, progress: accepted }), waiting)).toMatchObject({
      kind: 'ended',
      progress: { reason: 'deadline' },
    })
  })
})

describe('after a crash', () => {
  test('it is tried again at once and marked as a possible duplicate', () => {
    expect(decideAfterCrash(input(), 1)).toMatchObject({
      kind: 'retry',
      progress: { dueAtMs: now, doubtful: true, tries: 0 },
    })
  })

  test('it takes its old place in the line, the second time a later one', () => {
    expect(decideAfterCrash(input(), 1, now - minute).progress.dueAtMs).toBe(now - minute)
    // A clock that was set back puts nothing off.
    expect(decideAfterCrash(input(), 1, now + minute).progress.dueAtMs).toBe(now)
    expect(decideAfterCrash(input(), 2, now - minute).progress.dueAtMs).toBeGreaterThanOrEqual(now)
  })

  test('a message that keeps killing its workers is given up', () => {
    expect(decideAfterCrash(input(), policies.crashes)).toMatchObject({
      kind: 'ended',
      progress: { state: 'failed', reason: 'worker_crashes' },
    })
  })
})

describe('while a provider is not working', () => {
  test('a message with another route leaves after the time of a route', () => {
    const since = (ms: number) => input({ progress: { ...fresh, state: 'queued', dueAtMs: now - ms } })
    expect(decideStranded(since(policies.retry.withinMs - 1)).kind).toBe('retry')
    expect(decideStranded(since(policies.retry.withinMs)).kind).toBe('fallback')
  })

  test('a message without another route waits as long as an outage may last', () => {
    const since = (ms: number) => input({ progress: { ...fresh, position: 1, routeSinceMs: now - ms } })
    expect(decideStranded(since(policies.retry.outageMs - 1)).kind).toBe('retry')
    expect(decideStranded(since(policies.retry.outageMs))).toMatchObject({
      kind: 'ended',
      progress: { state: 'failed' },
    })
  })
})

const anyOutcome: fc.Arbitrary<SendOutcome> = fc.oneof(
  fc.constantFrom<SendOutcome>(ok, { status: 'accepted', delivered: true }, trouble, dead, misconfigured),
  fc.constantFrom<SendOutcome>(
    { status: 'opted_out', scope: 'recipient' },
    { status: 'permanent_content', scope: 'message' },
    { status: 'unknown', scope: 'provider' },
  ),
  fc
    .integer({ min: 600_000, max: 10 ** 7 })
    .map((retryAfterMs): SendOutcome => ({ status: 'rate_limited', scope: 'provider', retryAfterMs })),
)
const anyPlan = fc
  .array(
    fc.record({
      use: fc.boolean(),
      next: fc.constantFrom(unlessAccepted, unlessAnswered, {
        unless: 'delivered',
        withinMs: minute,
      } as const),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((routes): Plan =>
    routes.map(({ use, next }, index) =>
      use
        ? { channel: `c${String(index)}`, routeId: null, address: 'x', use, reason: 'needs_no_answer', next }
        : { channel: `c${String(index)}`, routeId: null, address: 'x', use, reason: 'bounced' },
    ),
  )

describe('for any plan and any outcomes', () => {
  test('a life of attempts and follow-ups comes to an end, never goes back a route, and is never due in the past', () => {
    fc.assert(
      fc.property(
        anyPlan,
        fc.array(anyOutcome, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 10 ** 8 }), { maxLength: 3 }),
        (plan, outcomes, remindersMs) => {
          const position = plan.findIndex(({ use }) => use)
          fc.pre(position !== -1)
          const untilMs = now + 40 * 86_400_000
          const terms = {
            wantsAnswer: true,
            onUnknown: 'resend' as const,
            remindersMs: remindersMs.toSorted((a, b) => a - b),
            untilMs,
          }
          let progress: Progress = { ...fresh, position }
          let clock = now
          let steps = 0
          while (progress.dueAtMs !== null && steps < 5_000) {
            clock = Math.max(clock, progress.dueAtMs)
            const canFind = progress.position % 2 === 0
            const some = {
              delivery: { plan },
              progress,
              terms,
              canFind,
              policies,
              nowMs: clock,
              fraction: 0.9,
            }
            const outcome = outcomes[steps % outcomes.length] ?? ok
            const isOver = clock >= untilMs
            const decision =
              progress.step === 'send' && !isOver
                ? decideAfterSend(some, outcome)
                : decideFollowUp(some, { isAnswered: false, isClosed: false })
            expect(decision.progress.position).toBeGreaterThanOrEqual(progress.position)
            expect(decision.progress.dueAtMs ?? Infinity).toBeGreaterThanOrEqual(clock)
            expect(plan[decision.progress.position]?.use).toBe(true)
            progress = decision.progress
            steps += 1
          }
          expect(progress.dueAtMs).toBeNull()
          expect(isFinal(progress.state) || progress.firstAcceptedAtMs !== null).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('leaving a route never lands on a skipped one', () => {
    fc.assert(
      fc.property(anyPlan, fc.nat({ max: 5 }), (plan, position) => {
        const { kind, progress } = decideNextRoute(
          input({ delivery: { plan }, progress: { ...fresh, position } }),
          'exhausted',
        )
        const isLast = plan.slice(position + 1).every(({ use }) => !use)
        expect([kind, progress.state]).toEqual(isLast ? ['ended', 'failed'] : ['fallback', 'queued'])
        expect(isLast || plan[progress.position]?.use).toBe(true)
      }),
    )
  })
})

describe('a message that may have been sent, where the provider can be asked', () => {
  const unknown: SendOutcome = { status: 'unknown', scope: 'provider' }
  const least = policiesSchema.parse({ retry: { tries: 1 } })
  const after = (
    onUnknown: 'resend' | 'assume-sent',
    canFind: boolean,
    tries: number,
    more: Partial<DecisionInput> = {},
  ) => {
    const terms = { ...input().terms, onUnknown }
    return decideAfterSend(input({ terms, canFind, progress: { ...fresh, tries }, ...more }), unknown)
  }

  test.each([
    // Its sender’s wish in doubt · whether it can be looked for · tries before · what is done
    ['resend', false, 0, 'retry'],
    ['resend', true, 0, 'retry'],
    ['resend', true, mostLooks, 'retry'],
    ['assume-sent', false, 0, 'sent'],
    ['assume-sent', true, 0, 'retry'],
    ['assume-sent', true, mostLooks - 1, 'retry'],
    ['assume-sent', true, mostLooks, 'sent'],
  ] as const)('%s, can be asked: %s, tries: %d → %s', (onUnknown, canFind, tries, kind) => {
    const decision = after(onUnknown, canFind, tries)
    expect(decision).toMatchObject({ kind, progress: { doubtful: true, position: 0 } })
    // Lists of what was sent lag behind.
    if (kind === 'retry' && canFind && tries < mostLooks)
      expect(decision.progress).toMatchObject({ tries: tries + 1, dueAtMs: now + 10_000 })
  })

  test('its sender’s wish is done at once when no try is left to look for it', () => {
    expect(after('assume-sent', true, 0, { policies: least })).toMatchObject({ kind: 'sent' })
    expect(after('resend', true, 0, { policies: least })).toMatchObject({ kind: 'fallback' })
    const late = { ...fresh, routeSinceMs: now - policies.retry.withinMs }
    expect(after('assume-sent', true, 0, { progress: late })).toMatchObject({ kind: 'sent' })
  })

  test.each([
    ['assume-sent', false, 'sent'],
    ['assume-sent', true, 'retry'],
    ['resend', false, 'retry'],
    ['resend', true, 'retry'],
  ] as const)('after a crash: %s, can be asked: %s → %s', (onUnknown, canFind, kind) => {
    const terms = { ...input().terms, onUnknown }
    const decision = decideAfterCrash(input({ terms, canFind }), 1)
    expect(decision).toMatchObject({ kind, progress: { doubtful: true, tries: 0 } })
  })

  test('every way ends: asked for ever, it is looked for at most three times', () => {
    for (const onUnknown of ['resend', 'assume-sent'] as const) {
      let progress: Progress = fresh
      const kinds: string[] = []
      for (let sends = 0; sends < 20 && progress.step === 'send' && progress.position === 0; sends += 1) {
        const terms = { ...input().terms, onUnknown }
        const decision = decideAfterSend(input({ terms, canFind: true, progress }), unknown)
        kinds.push(decision.kind)
        progress = decision.progress
      }
      const [last] = kinds.slice(-1)
      expect(kinds).toHaveLength(onUnknown === 'resend' ? policies.retry.tries : mostLooks + 1)
      expect(last).toBe(onUnknown === 'resend' ? 'fallback' : 'sent')
    }
  })
})
