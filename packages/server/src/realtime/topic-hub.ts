import { InviteMeError, type Clock, type DomainEvent, type Log } from '@invite-me/core'
import { FollowedTopic } from './followed-topic.ts'
import { FrameRing } from './frame-ring.ts'
import type { LiveEngine } from './live-engine.ts'
import { OutboxFeed } from './outbox-feed.ts'
import { PersonTopics } from './person-topics.ts'
import { ReadingTurns } from './reading-turns.ts'
import { frameOf, type TopicFrame } from './topic-frame.ts'
import { TopicSubscription } from './topic-subscription.ts'

/** Events read of a topic at once. */
const pageSize = 100
/** Topics read at the same moment. */
const mostReads = 4
/** Before a topic is read again after the store failed. */
const retryMs = 1_000
/** Bytes of frames kept by all topics together; whoever wants more reads the store. */
const mostBytes = 64 * 1_024 * 1_024

/** What a hub needs. */
export interface HubOptions {
  readonly engine: Pick<LiveEngine, 'topics' | 'events' | 'on' | 'recipients'>
  readonly clock: Clock
  readonly log: Log
}

/** How a topic is followed. */
export interface FollowOptions {
  /** Cursor of the last event the follower has; default from now on. */
  readonly after?: number
  /** See {@link TopicSubscription.ready}. Called only after `subscribe` resolved. */
  readonly ready: () => void
}

/**
 * Where all followers of this process meet: the outbox is read once, a topic in which something happened is read once, and
 * everybody who follows it gets the same frames. A thousand sockets on a topic cost one query an event.
 */
export class TopicHub {
  readonly #options: HubOptions
  /** In the order in which something last happened. */
  readonly #topics = new Map<string, FollowedTopic>()
  readonly #people: PersonTopics
  readonly #feed: OutboxFeed
  readonly #changed = new Set<FollowedTopic>()
  readonly #turns = new ReadingTurns(mostReads)
  #reads = 0
  #bytes = 0
  #isClosed = false

  constructor(options: HubOptions) {
    this.#options = options
    this.#people = new PersonTopics({
      recipients: options.engine.recipients,
      clock: options.clock,
      found: (topic) => this.#change(topic),
    })
    this.#feed = new OutboxFeed({
      ...options,
      tell: (event) => this.#tell(event),
      looked: () => this.#people.lookForNewcomers(),
    })
  }

  /** How many topics are followed. */
  get size(): number {
    return this.#topics.size
  }

  /**
   * Follows a topic. Nothing that happens after the cursor is left out, and nothing is handed out twice.
   *
   * @throws InviteMeError `REQUEST_INVALID` for a name that no topic has, or a cursor of another workspace; `STOPPED`
   */
  async subscribe(name: string, { after, ready }: FollowOptions): Promise<TopicSubscription> {
    const topic = this.#topic(name)
    topic.joining += 1
    try {
      await topic.opened
      const cursor = after ?? topic.ring.head
      if (cursor > topic.ring.head) await this.#refuseFuture(cursor)
      if (this.#isClosed) throw stopped()
      return this.#add(topic, cursor, ready)
    } finally {
      topic.joining -= 1
      this.#dropUnused(topic)
    }
  }

  /** Lets go of everything; followers get nothing more. */
  close(): void {
    this.#isClosed = true
    this.#feed.end()
    this.#topics.clear()
    this.#changed.clear()
  }

  #topic(name: string): FollowedTopic {
    if (this.#isClosed) throw stopped()
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const topic = new FollowedTopic(name)
    this.#topics.set(name, topic)
    topic.opened = this.#open(topic)
    return topic
  }

  /** The feed runs and knows whose topic it is before its beginning is read, so that nothing falls between. */
  async #open(topic: FollowedTopic): Promise<void> {
    await this.#feed.begin()
    await this.#people.add(topic)
    const { events, topics } = this.#options.engine
    const newest = await events.last()
    // Also refuses names that no topic has.
    const already = await topics.events(topic.name, { after: newest, limit: pageSize })
    topic.ring = new FrameRing(newest)
    this.#keep(
      topic,
      already.map((event) => frameOf(topic.name, event)),
    )
    topic.isOpen = true
    if (already.length === pageSize) this.#change(topic)
  }

  #add(topic: FollowedTopic, cursor: number, ready: () => void): TopicSubscription {
    const subscription: TopicSubscription = new TopicSubscription(topic, {
      cursor,
      ready,
      read: (name, after, limit) => this.#turns.take(() => this.#read(name, after, limit)),
      close: () => {
        topic.subscriptions.delete(subscription)
        this.#dropUnused(topic)
      },
    })
    topic.subscriptions.add(subscription)
    return subscription
  }

  #dropUnused(topic: FollowedTopic): void {
    if (topic.subscriptions.size > 0 || topic.joining > 0 || this.#topics.get(topic.name) !== topic) return
    this.#topics.delete(topic.name)
    this.#changed.delete(topic)
    this.#people.remove(topic)
    this.#bytes -= topic.ring.bytes
    topic.ring.clear()
    if (this.#topics.size === 0) this.#feed.end()
  }

  #tell(event: DomainEvent): void {
    if (event.topic !== undefined) this.#change(this.#topics.get(event.topic), event.cursor)
    const theirs = event.recipientId === null ? undefined : this.#people.of(event.recipientId)
    if (theirs === undefined) return
    this.#change(theirs, event.cursor)
    if (event.type === 'recipient.erased') this.#forget(theirs)
  }

  /** What was kept of somebody who is forgotten is forgotten too. */
  #forget(topic: FollowedTopic): void {
    this.#bytes -= topic.ring.bytes
    topic.ring.clear()
    this.#people.lose(topic)
  }

  #change(topic: FollowedTopic | undefined, cursor = Infinity): void {
    if (topic === undefined || (topic.isOpen && cursor <= topic.ring.head)) return
    this.#changed.add(topic)
    this.#readChanged()
  }

  #readChanged(): void {
    for (const topic of this.#changed) {
      if (this.#reads >= mostReads) return
      if (topic.isReading) continue
      this.#changed.delete(topic)
      this.#reads += 1
      topic.isReading = true
      void this.#readOn(topic).finally(() => {
        topic.isReading = false
        this.#reads -= 1
        this.#readChanged()
      })
    }
  }

  async #readOn(topic: FollowedTopic): Promise<void> {
    try {
      await topic.opened
    } catch {
      return
    }
    try {
      const frames = await this.#read(topic.name, topic.ring.head, pageSize)
      this.#keep(topic, frames)
      if (frames.length === pageSize) this.#changed.add(topic)
      if (frames.length > 0) for (const { ready } of topic.subscriptions) ready()
    } catch (error) {
      this.#options.log.warn('A live topic could not be read. It is tried again.', {
        error: error instanceof Error ? error.message : 'unknown',
      })
      this.#options.clock.schedule(retryMs, () => this.#change(this.#topics.get(topic.name)), {
        keepAlive: false,
      })
    }
  }

  async #read(name: string, after: number, limit: number): Promise<readonly TopicFrame[]> {
    const events = await this.#options.engine.topics.events(name, { after, limit })
    return events.map((event) => frameOf(name, event))
  }

  #keep(topic: FollowedTopic, frames: readonly TopicFrame[]): void {
    // Dropped while it was read.
    if (this.#topics.get(topic.name) !== topic) return
    const before = topic.ring.bytes
    topic.ring.append(frames)
    this.#bytes += topic.ring.bytes - before
    this.#topics.delete(topic.name)
    this.#topics.set(topic.name, topic)
    for (const oldest of this.#topics.values()) {
      if (this.#bytes <= mostBytes) return
      this.#bytes -= oldest.ring.bytes
      oldest.ring.clear()
    }
  }

  async #refuseFuture(cursor: number): Promise<void> {
    if (cursor <= (await this.#options.engine.events.last())) return
    throw new InviteMeError(
      'REQUEST_INVALID',
      'The cursor "after" is not of this workspace, or of a time that was undone by a restore. Read the current state and follow without one.',
      { field: 'after' },
    )
  }
}

function stopped(): InviteMeError {
  return new InviteMeError(
    'STOPPED',
    'The server is stopping. Connect again; a cursor goes on where you are.',
  )
}
