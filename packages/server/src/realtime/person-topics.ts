import type { Clock } from '@invite-me/core'
import type { FollowedTopic } from './followed-topic.ts'
import type { LiveEngine } from './live-engine.ts'

/** Topics of people without a profile that are asked after at one look. */
const askedAtOnce = 20
/** Shortest time between two looks. */
const lookMs = 1_000

/** What {@link PersonTopics} needs. */
export interface PersonTopicsOptions {
  readonly recipients: Pick<LiveEngine['recipients'], 'get'>
  readonly clock: Pick<Clock, 'now'>
  /** Called for a topic whose person was found after it was added. */
  readonly found: (topic: FollowedTopic) => void
}

/**
 * Knows whose topic an event belongs to: events name people by their own ids, topics by the host app's. Somebody may follow
 * their topic before they have a profile; they are looked for whenever something happens to a person nobody here is.
 */
export class PersonTopics {
  readonly #options: PersonTopicsOptions
  readonly #byPerson = new Map<string, FollowedTopic>()
  /** Longest not asked after first. */
  readonly #unknown = new Set<FollowedTopic>()
  /** How many of them may have got a profile since they were asked after. */
  #stillToAsk = 0
  #isLooking = false
  #lookedAtMs = -Infinity

  constructor(options: PersonTopicsOptions) {
    this.#options = options
  }

  /** Looks whose topic it is; does nothing for topics of no person. */
  async add(topic: FollowedTopic): Promise<void> {
    if (topic.externalId === undefined) return
    this.#unknown.add(topic)
    await this.#look(topic)
  }

  remove(topic: FollowedTopic): void {
    this.#unknown.delete(topic)
    if (topic.recipientId !== undefined) this.#byPerson.delete(topic.recipientId)
    topic.recipientId = undefined
  }

  /** Their profile is gone; they may get a new one. */
  lose(topic: FollowedTopic): void {
    this.remove(topic)
    this.#unknown.add(topic)
  }

  /** The followed topic of a person. */
  of(recipientId: string): FollowedTopic | undefined {
    const topic = this.#byPerson.get(recipientId)
    if (topic === undefined) this.#stillToAsk = this.#unknown.size
    return topic
  }

  /** Asks after some of those who had no profile, when they may have one by now. */
  lookForNewcomers(): void {
    const nowMs = this.#options.clock.now()
    // A clock that was set back must not stop the looking.
    const isTooSoon = Math.abs(nowMs - this.#lookedAtMs) < lookMs
    if (this.#stillToAsk === 0 || this.#isLooking || isTooSoon) return
    this.#isLooking = true
    this.#lookedAtMs = nowMs
    const some = [...this.#unknown].slice(0, Math.min(askedAtOnce, this.#stillToAsk))
    this.#stillToAsk = Math.max(0, this.#stillToAsk - askedAtOnce)
    void this.#lookForAll(some).finally(() => {
      this.#isLooking = false
    })
  }

  async #lookForAll(topics: readonly FollowedTopic[]): Promise<void> {
    for (const topic of topics) {
      this.#unknown.delete(topic)
      this.#unknown.add(topic)
      try {
        if (await this.#look(topic)) this.#options.found(topic)
      } catch {
        // The store fails; the feed says so. It is tried again at the next look.
        this.#stillToAsk = this.#unknown.size
        return
      }
    }
  }

  async #look(topic: FollowedTopic): Promise<boolean> {
    const person = await this.#options.recipients.get(topic.externalId ?? '')
    if (person === undefined || !this.#unknown.has(topic)) return false
    this.#unknown.delete(topic)
    topic.recipientId = person.id
    this.#byPerson.set(person.id, topic)
    return true
  }
}
