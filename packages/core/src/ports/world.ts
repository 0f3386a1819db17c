import type { Category } from '../model/category.ts'
import type { Originator } from '../model/message.ts'
import type { Policies } from '../model/policies.ts'
import type { Channel } from './channel.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { Notifier } from './notifier.ts'
import type { Queue } from './queue.ts'
import type { Random } from './random.ts'
import type { Store } from './store.ts'
import type { TemplateResolver } from './template-resolver.ts'
import type { Tracer } from './tracer.ts'

/** What the host app set, with defaults filled in; changed by nobody afterwards. */
export interface Settings {
  readonly policies: Policies
  /** All categories that are described, by name: the only word on what is required, urgent, and on or off for whom said nothing. */
  readonly categories: ReadonlyMap<string, Category>
  /** Order of channels for people who ranked none; the order they were given in when not set. */
  readonly order: readonly string[]
  readonly from: Originator | null
  /** BCP 47 of texts for people without a locale. */
  readonly locale: string
  /** IANA zone in which a deadline without an offset is read; `null`: the machine's. */
  readonly zone: string | null
  /** Address under which the portal is reached from outside, without a slash at the end; `null`: none. */
  readonly portalUrl: string | null
  /** How long a worker keeps what it took without a sign of life. */
  readonly leaseMs: number
  /** Longest time between two looks into the store when nothing wakes the dispatcher. */
  readonly pollMs: number
}

/** Everything the flows need from outside themselves; made once, by `createInviteMe`. */
export interface World {
  readonly settings: Settings
  readonly store: Store
  readonly queue: Queue
  /** Wakes other processes on the same store. */
  readonly notifier: Notifier
  readonly tracer: Tracer
  readonly channels: ReadonlyMap<string, Channel>
  readonly clock: Clock
  readonly random: Random
  /** Ids of new rows, in the order they are made. */
  readonly ids: { next(): string }
  readonly log: Log
  /** Looks up what other systems know about people, for templates; absent: nobody does. */
  readonly resolver?: TemplateResolver | undefined
}
