import type { ClaimedPosting } from '../ports/store.ts'
import type { WebhookPost } from '../ports/webhook-post.ts'
import type { World } from '../ports/world.ts'
import { judgePost } from '../rules/webhook-retry.ts'
import { sharePosts } from '../rules/webhook-shares.ts'
import { postEvent } from './post-event.ts'
import { SettledPosts } from './settled-posts.ts'
import { isWorthAWord } from '../rules/worth-a-word.ts'

/** Events looked at in one transaction, and postings it makes, at most. */
const mostEvents = 500
const mostPostings = 5_000
/** How long a posting belongs to the process that took it: four times what a post may take. */
const leaseMs = 60_000
/** Pause between two looks, so that what happens meanwhile is looked at together. */
const companyMs = 10
/** How long postings that have ended are kept to be seen. */
const keptMs = 30 * 86_400_000
/** Pause between two looks for those that are older, while few are; and most deleted at once. */
const prunePauseMs = 60_000
const prunedAtOnce = 500

/**
 * Tells endpoints of events: makes postings of what is new in the outbox, posts what is due, and writes down how it ended. Runs in
 * every process that does chores; several share the work by leases. A process that dies leaves its posts to be made again,
 * under the same ids.
 */
export class WebhookRelay {
  readonly #world: World
  readonly #post: WebhookPost
  readonly #settled: SettledPosts
  readonly #underWay = new Map<string, number>()
  readonly #work = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #isRunning = false
  #isLooking = false
  #lookAgain = false
  #looking: Promise<void> = Promise.resolve()
  #lookedMs = -Infinity
  #readTo = -1
  #prunedMs = -Infinity
  #failures = 0
  #callOffSoon: (() => void) | undefined
  #callOffPoll: () => void = () => undefined
  #callOffDue: () => void = () => undefined

  constructor(world: World, post: WebhookPost) {
    this.#world = world
    this.#post = post
    this.#settled = new SettledPosts(world, this.#stopping.signal)
  }

  /** Begins to post. */
  start(): void {
    if (this.#isRunning || this.#stopping.signal.aborted) return
    this.#isRunning = true
    this.wake()
  }

  /** Looks for new events and due posts soon. */
  wake(): void {
    if (!this.#isRunning || this.#callOffSoon !== undefined) return
    this.#lookAgain = true
    if (this.#isLooking) return
    const sinceMs = this.#world.clock.now() - this.#lookedMs
    if (sinceMs >= 0 && sinceMs < companyMs) this.#lookSoon(companyMs - sinceMs)
    else this.#begin()
  }

  /** Takes nothing more and lets posts under way finish; gives them up after `deadlineMs`, to be made again elsewhere. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isRunning = false
    this.#callOffTimers()
    await this.#looking
    const callOff = this.#world.clock.schedule(deadlineMs, () => {
      this.#stopping.abort()
    })
    while (this.#work.size > 0) await Promise.allSettled(this.#work)
    callOff()
    this.#stopping.abort()
  }

  #begin(): void {
    this.#isLooking = true
    this.#callOffTimers()
    this.#lookAgain = false
    this.#looking = this.#look().finally(() => {
      this.#isLooking = false
      this.#lookedMs = this.#world.clock.now()
      if (this.#lookAgain && this.#isRunning) this.#lookSoon(companyMs)
    })
  }

  async #look(): Promise<void> {
    try {
      await this.#readOutbox()
      await this.#takeDue()
      await this.#pruneNowAndThen()
      this.#failures = 0
    } catch (error) {
      this.#failures += 1
      this.#lookAgain = false
      this.#sleep(undefined)
      if (isWorthAWord(this.#failures))
        this.#world.log.error('Webhooks could not be looked for; trying again', {
          failures: this.#failures,
          error: error instanceof Error ? error.message : 'unknown',
        })
    }
  }

  /** Makes postings of what is new; the rest of a long way follows with the next look. */
  async #readOutbox(): Promise<void> {
    const { store, clock } = this.#world
    const newest = await store.outbox.last()
    if (newest === this.#readTo) return
    const { length } = await store.webhooks.waiting()
    const limit = Math.max(1, Math.min(mostEvents, Math.floor(mostPostings / Math.max(1, length))))
    const count =
      length === 0
        ? 0
        : await store.transaction((parts) => parts.webhooks.fanOut(limit, new Date(clock.now())))
    if (count === limit) this.#lookAgain = true
    // While another process reads there is nothing to do but to look whether it finished.
    else if (count !== undefined) this.#readTo = newest
  }

  async #takeDue(): Promise<void> {
    const { clock, store } = this.#world
    const waiting = await store.webhooks.waiting()
    const now = new Date(clock.now())
    const shares = sharePosts(
      waiting.map(({ endpointId, failingSince, dueAt }) => ({
        endpointId,
        isDue: dueAt !== null && dueAt <= now,
        isFailing: failingSince !== null,
        underWay: this.#underWay.get(endpointId) ?? 0,
      })),
    )
    const leaseUntil = new Date(now.getTime() + leaseMs)
    const claimed =
      shares.size === 0
        ? []
        : await store.transaction((parts) => parts.webhooks.claimDue({ shares, now, leaseUntil }))
    for (const one of claimed) this.#send(one)
    const later = waiting.flatMap(({ dueAt }) => (dueAt !== null && dueAt > now ? dueAt.getTime() : []))
    this.#sleep(later.length === 0 ? undefined : Math.min(...later) - now.getTime())
  }

  async #pruneNowAndThen(): Promise<void> {
    const { clock, store } = this.#world
    const sinceMs = clock.now() - this.#prunedMs
    if (sinceMs >= 0 && sinceMs < prunePauseMs) return
    const count = await store.webhooks.prune(new Date(clock.now() - keptMs), prunedAtOnce)
    if (count < prunedAtOnce) this.#prunedMs = clock.now()
    else this.#lookAgain = true
  }

  #send(claimed: ClaimedPosting): void {
    const { endpointId } = claimed.posting
    this.#count(endpointId, 1)
    const work = this.#postAndSettle(claimed).finally(() => {
      this.#count(endpointId, -1)
      this.#work.delete(work)
      this.wake()
    })
    this.#work.add(work)
  }

  async #postAndSettle(claimed: ClaimedPosting): Promise<void> {
    const { posting } = claimed
    const end = await postEvent(this.#world, this.#post, claimed, this.#stopping.signal)
    // Whether it arrived is not known: its lease runs out and it is posted again, under the same id.
    if (end === undefined) return
    const verdict = judgePost(end, posting.tries, this.#world.random.fraction())
    const { clock } = this.#world
    await this.#settled.settle(claimed, end, {
      id: posting.id,
      endpointId: posting.endpointId,
      tries: posting.tries,
      state: verdict.state,
      dueAt: verdict.state === 'pending' ? new Date(clock.now() + verdict.inMs) : null,
      lastStatus: end.kind === 'answered' ? end.status : null,
      lastError: verdict.state === 'delivered' ? null : verdict.error,
    })
  }

  #count(endpointId: string, change: number): void {
    const count = (this.#underWay.get(endpointId) ?? 0) + change
    if (count === 0) this.#underWay.delete(endpointId)
    else this.#underWay.set(endpointId, count)
  }

  #lookSoon(delayMs: number): void {
    this.#callOffSoon = this.#world.clock.schedule(
      delayMs,
      () => {
        this.#callOffSoon = undefined
        if (this.#isRunning) this.#begin()
      },
      { keepAlive: false },
    )
  }

  /** @param dueInMs when something falls due, if anything does */
  #sleep(dueInMs: number | undefined): void {
    const look = (): void => {
      this.wake()
    }
    const { clock, settings } = this.#world
    this.#callOffTimers()
    if (!this.#isRunning) return
    this.#callOffPoll = clock.schedule(settings.pollMs, look, { keepAlive: false })
    if (dueInMs !== undefined) this.#callOffDue = clock.schedule(dueInMs, look, { keepAlive: false })
  }

  #callOffTimers(): void {
    this.#callOffSoon?.()
    this.#callOffSoon = undefined
    this.#callOffPoll()
    this.#callOffDue()
  }
}
