import type { Clock, Log } from '@invite-me/core'
import type { Connections } from './connections.ts'
import type { IdentifyCaller } from './live-caller.ts'
import type { LiveEngine } from './live-engine.ts'
import type { LiveLimits } from './live-limits.ts'
import type { TopicHub } from './topic-hub.ts'

/** What every live connection of a process shares. */
export interface LiveWorld {
  readonly engine: LiveEngine
  readonly hub: TopicHub
  readonly connections: Connections
  readonly identify: IdentifyCaller
  readonly limits: LiveLimits
  readonly clock: Clock
  readonly log: Log
  /** How long somebody should wait before they connect again: different for each, so that they do not come all at once. */
  readonly reconnectAfterMs: () => number
}
