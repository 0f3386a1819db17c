import { FrameRing } from './frame-ring.ts'
import type { TopicSubscription } from './topic-subscription.ts'

const personal = 'user:'

/** A topic somebody follows, with what is kept of it. Made and dropped by the hub alone. */
export class FollowedTopic {
  readonly name: string
  readonly subscriptions: Set<TopicSubscription> = new Set()
  /** Set once it is open. */
  ring: FrameRing = new FrameRing(0)
  /** Resolves when it can be followed. */
  opened: Promise<void> = Promise.resolve()
  isOpen = false
  /** Followers who wait for it to open. */
  joining = 0
  isReading = false
  /** The person's own id in the store, for a `user:` topic of somebody who has a profile. */
  recipientId: string | undefined

  constructor(name: string) {
    this.name = name
  }

  /** Whose topic it is: their `externalId`; `undefined` for other topics. */
  get externalId(): string | undefined {
    return this.name.startsWith(personal) ? this.name.slice(personal.length) : undefined
  }
}
