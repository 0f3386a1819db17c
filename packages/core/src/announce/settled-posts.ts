import type { WebhookEndpoint } from '../model/webhook-endpoint.ts'
import type { ClaimedPosting, PostingOutcome } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { wantsNoMore, whyDisabled, type PostEnd } from '../rules/webhook-retry.ts'
import { isWorthAWord } from '../rules/worth-a-word.ts'

/** Outcomes written in one transaction. */
const mostAtOnce = 200
/** Tries to write them, with pauses that double from 100 ms; then their leases run out and they are posted again. */
const mostTries = 8
const firstPauseMs = 100

/** A post that ended and is not written down yet. */
interface Ended {
  readonly url: string
  readonly end: PostEnd
  readonly outcome: PostingOutcome
  readonly written: () => void
}

/** Writes down how posts ended, many in one transaction, and disables endpoints that are gone. */
export class SettledPosts {
  readonly #world: World
  readonly #stopping: AbortSignal
  readonly #ended: Ended[] = []
  #isWriting = false

  /** @param stopping when it aborts, nothing is tried again */
  constructor(world: World, stopping: AbortSignal) {
    this.#world = world
    this.#stopping = stopping
  }

  /** @returns when it is written, or given up to be posted again */
  settle({ endpoint }: ClaimedPosting, end: PostEnd, outcome: PostingOutcome): Promise<void> {
    return new Promise((written) => {
      this.#ended.push({ url: endpoint.url, end, outcome, written })
      if (this.#isWriting) return
      this.#isWriting = true
      void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    while (this.#ended.length > 0) {
      const batch = this.#ended.splice(0, mostAtOnce)
      await this.#writePatiently(batch)
      for (const { written } of batch) written()
    }
    this.#isWriting = false
  }

  async #writePatiently(batch: readonly Ended[]): Promise<void> {
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      try {
        await this.#write(batch)
        return
      } catch (error) {
        if (isWorthAWord(attempt))
          this.#world.log.error('Outcomes of webhooks could not be written', {
            attempt,
            count: batch.length,
            error: error instanceof Error ? error.message : 'unknown',
          })
      }
      if (this.#stopping.aborted) return
      if (attempt < mostTries) await this.#pause(firstPauseMs * 2 ** (attempt - 1))
    }
  }

  async #write(batch: readonly Ended[]): Promise<void> {
    const now = new Date(this.#world.clock.now())
    const disabled = await this.#world.store.transaction(async ({ webhooks }) => {
      const failing = await webhooks.settle(
        batch.map(({ outcome }) => outcome),
        now,
      )
      const ended: { readonly endpointId: string; readonly reason: string }[] = []
      for (const endpoint of failing) {
        const reason = endpoint.state === 'enabled' ? reasonToDisable(endpoint, batch, now) : undefined
        if (reason === undefined) continue
        await webhooks.update(endpoint.id, { state: 'disabled', disabledReason: reason })
        ended.push({ endpointId: endpoint.id, reason })
      }
      return ended
    })
    for (const one of disabled) this.#world.log.warn('A webhook endpoint is disabled', one)
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        callOff()
        this.#stopping.removeEventListener('abort', end)
        resolve()
      }
      const callOff = this.#world.clock.schedule(delayMs, end)
      this.#stopping.addEventListener('abort', end, { once: true })
    })
  }
}

function reasonToDisable(
  { id, url, failingSince }: WebhookEndpoint,
  batch: readonly Ended[],
  now: Date,
): string | undefined {
  // What an address answered says nothing about the one that took its place meanwhile.
  const isGone = batch.some((one) => one.outcome.endpointId === id && one.url === url && wantsNoMore(one.end))
  if (isGone) return 'it answered 410: it wants no more'
  return failingSince === null ? undefined : whyDisabled(failingSince.getTime(), now.getTime())
}
