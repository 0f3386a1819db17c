import type { Lane } from '../model/lane.ts'
import type { WorkItem } from '../model/work-item.ts'
import type { SpanAttributes } from './tracer.ts'

/** A hint that something falls due; the store's due index is the truth, so a lost hint is late, never lost. */
export interface DueHint {
  readonly lane: Lane
  /** Channel whose work it is; empty for the engine's own chores. */
  readonly channel: string
  /** Milliseconds since the epoch; a consumer is not called before. */
  readonly dueAt: number
  /** The work by name, all of this lane and channel; absent: look for yourself. */
  readonly items?: readonly WorkItem[]
}

/** What a queue keeps to; the contract suite tests what is promised and skips, by name, what is not. */
export interface QueuePromises {
  /** A hint whose consumer failed or died is delivered again. */
  readonly redelivers: boolean
  /** A hint survives the death of the process that published it. */
  readonly survivesProcess: boolean
  /**
   * Each hint goes to one consumer, items and all: a relay publishes work by name, and dispatchers take what they are handed
   * instead of looking for it.
   */
  readonly carriesWork: boolean
}

/** Wakes dispatchers when work falls due, or hands it to them. */
export interface Queue {
  readonly promises: QueuePromises
  /** What the span of a hint that is published, or taken, says of the queue; ids, names and numbers. */
  spanAttributes?(act: 'publish' | 'take', lane: Lane): SpanAttributes
  /** Announces work; returns when the queue has it. */
  publish(hints: readonly DueHint[]): Promise<void>
  /** Calls `handle` for hints that are due; a rejected promise is a refusal. Returns a function that stops the calls. */
  consume(handle: (hints: readonly DueHint[]) => Promise<void>): Promise<() => Promise<void>>
  /** Finishes the calls under way, then releases everything. */
  close(): Promise<void>
}
