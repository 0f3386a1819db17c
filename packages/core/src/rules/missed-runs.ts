import { lateAfterMs, mostCaughtUp, mostCounted, type Schedule } from '../model/schedule.ts'
import type { Moments } from './next-run.ts'

/** What a schedule does now that it is due. */
export interface DueDecision {
  /** The run to be made now, and the moments before it that it stands for. */
  readonly fire: { readonly atMs: number; readonly missed: number } | undefined
  /** Moments nobody makes up for, from the first one on. */
  readonly skipped: { readonly atMs: number; readonly count: number } | undefined
  /** The next moment; `undefined`: this was the last. */
  readonly nextMs: number | undefined
}

/** Of a schedule, what decides how it goes on. */
export type Timing = Pick<Schedule, 'starts' | 'ends' | 'missed' | 'jitterMs'>

/** The first moment after another one, between a schedule's start and end. */
export function nextMoment(
  moments: Moments,
  { starts, ends }: Pick<Timing, 'starts' | 'ends'>,
  afterMs: number,
): number | undefined {
  const next = moments.next(starts === null ? afterMs : Math.max(afterMs, starts.getTime() - 1))
  return next === undefined || (ends !== null && next > ends.getTime()) ? undefined : next
}

/**
 * Decides what becomes of a moment that has come, and of those after it that have passed as well because nobody was there or the clock
 * was set forward. Nothing passes without a word: every moment is run for, stood for by another run, or told of as skipped.
 *
 * @param dueMs the earliest moment that has not been run for; not after `nowMs`, less its jitter
 */
export function decideDue(moments: Moments, timing: Timing, dueMs: number, nowMs: number): DueDecision {
  const onTimeFromMs = nowMs - lateAfterMs - timing.jitterMs
  const next = (afterMs: number): number | undefined => nextMoment(moments, timing, afterMs)
  const fire = (atMs: number, missed: number): DueDecision => ({
    fire: { atMs, missed },
    skipped: undefined,
    nextMs: next(atMs),
  })
  const skipTo = (nextMs: number | undefined): DueDecision => ({
    fire: undefined,
    skipped: { atMs: dueMs, count: countMoments(next, dueMs, nextMs ?? onTimeFromMs) },
    nextMs,
  })
  if (dueMs >= onTimeFromMs) return fire(dueMs, 0)
  if (timing.missed === 'skip') return skipTo(next(onTimeFromMs - 1))
  const caughtUp = lastMoments(
    next,
    { fromMs: dueMs, toMs: nowMs },
    timing.missed === 'all' ? mostCaughtUp : 1,
  )
  const [first = dueMs] = caughtUp
  if (timing.missed === 'once') return fire(first, first === dueMs ? 0 : countMoments(next, dueMs, first))
  return first === dueMs ? fire(dueMs, 0) : skipTo(first)
}

type Next = (afterMs: number) => number | undefined

/** Moments from one of them to before another time; {@link mostCounted} stands for that many or more. */
function countMoments(next: Next, fromMs: number, beforeMs: number): number {
  let count = 0
  for (let at: number | undefined = fromMs; at !== undefined && at < beforeMs; at = next(at)) {
    count += 1
    if (count === mostCounted) break
  }
  return count
}

/** The last moments of a span, oldest first, without walking through all of it. */
function lastMoments(
  next: Next,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  wanted: number,
): readonly number[] {
  for (let spanMs = wanted * 120_000; ; spanMs *= 4) {
    const beginMs = Math.max(fromMs, toMs - spanMs)
    const found: number[] = []
    for (let at = next(beginMs - 1); at !== undefined && at <= toMs; at = next(at)) found.push(at)
    if (found.length >= wanted || beginMs === fromMs) return found.slice(-wanted)
  }
}
