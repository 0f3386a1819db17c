import type { FrameRing } from './frame-ring.ts'
import { portionOf, type TopicFrame } from './topic-frame.ts'

/** Most frames handed out at once. */
const mostFrames = 32

/** Reads a page of a topic from the store. */
export type ReadTopic = (topic: string, after: number, limit: number) => Promise<readonly TopicFrame[]>

/** A topic as a follower sees it. */
export interface FollowableTopic {
  readonly name: string
  readonly ring: FrameRing
}

/**
 * One follower's place in a topic. It is pulled: nothing is kept for a follower who does not ask, beyond what the topic keeps
 * for all of them, and one who fell behind that is served from the store.
 */
export class TopicSubscription {
  readonly #topic: FollowableTopic
  readonly #read: ReadTopic
  readonly #close: () => void
  #cursor: number
  /** Called when there may be something to take. Must not throw. */
  readonly ready: () => void

  constructor(
    topic: FollowableTopic,
    options: {
      readonly cursor: number
      readonly ready: () => void
      readonly read: ReadTopic
      readonly close: () => void
    },
  ) {
    this.#topic = topic
    this.#cursor = options.cursor
    this.#read = options.read
    this.#close = options.close
    this.ready = options.ready
  }

  get topic(): string {
    return this.#topic.name
  }

  /** Cursor of the last event that was handed out, or where following began. */
  get cursor(): number {
    return this.#cursor
  }

  /** Whether `take` would find something now. */
  get hasMore(): boolean {
    return this.#cursor < this.#topic.ring.head
  }

  /**
   * The next frames, oldest first, each handed out once; empty when there are none now. Calls must not overlap.
   *
   * @param maxBytes about as much as can be used; one frame may be larger
   */
  take(maxBytes: number): readonly TopicFrame[] | Promise<readonly TopicFrame[]> {
    const { ring } = this.#topic
    if (!this.hasMore) return []
    return this.#cursor >= ring.from
      ? this.#handOut(ring.after(this.#cursor, mostFrames), maxBytes)
      : this.#catchUp(maxBytes)
  }

  /** Follows no more; may be called twice. */
  close(): void {
    this.#close()
  }

  async #catchUp(maxBytes: number): Promise<readonly TopicFrame[]> {
    // Read before the store is: what came meanwhile is taken from the ring.
    const { from } = this.#topic.ring
    const frames = await this.#read(this.topic, this.#cursor, mostFrames)
    const portion = this.#handOut(frames, maxBytes)
    const isAll = frames.length < mostFrames && portion.length === frames.length
    if (isAll) this.#cursor = Math.max(this.#cursor, from)
    return portion
  }

  #handOut(frames: readonly TopicFrame[], maxBytes: number): readonly TopicFrame[] {
    const portion = portionOf(frames, maxBytes)
    this.#cursor = portion.at(-1)?.cursor ?? this.#cursor
    return portion
  }
}
