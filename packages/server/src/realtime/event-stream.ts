import { encodeCursor } from '../app/page-cursor.ts'
import type { LiveConnection } from './connections.ts'
import type { LiveCaller } from './live-caller.ts'
import type { LiveWorld } from './live-world.ts'
import type { TopicFrame } from './topic-frame.ts'
import type { TopicSubscription } from './topic-subscription.ts'

/** How long nothing is sent before a comment shows that the stream lives; proxies often cut after 30 to 60 s. */
const beatMs = 25_000
/** A client that reads nothing for so long is given up. */
const slowMs = 30_000
/** Bytes written at once. */
const portionBytes = 64 * 1_024

/** A topic as server-sent events (WHATWG HTML §9.2), written as fast as the client reads. */
export class EventStream implements LiveConnection {
  readonly #world: LiveWorld
  readonly #caller: LiveCaller
  readonly #subscription: TopicSubscription
  readonly #encoder = new TextEncoder()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  /** Set while the client has read everything and waits. */
  #goOn: (() => void) | undefined
  #isBeatDue = false
  #isEnded = false
  #wroteAtMs: number

  constructor(world: LiveWorld, caller: LiveCaller, subscription: TopicSubscription) {
    this.#world = world
    this.#caller = caller
    this.#subscription = subscription
    this.#wroteAtMs = world.clock.now()
  }

  /** The body of the answer; the stream ends when it is cancelled. */
  open(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
          // Tells the place even when nothing ever happens, so that a client can go on from it.
          this.#write(
            `retry: ${this.#world.reconnectAfterMs()}\nid: ${encodeCursor(this.#subscription.cursor)}\n\n`,
          )
        },
        pull: () => this.#pull(),
        cancel: () => this.#end(),
      },
      { highWaterMark: 0 },
    )
  }

  /** There may be something to write. */
  wake(): void {
    this.#goOn?.()
  }

  look(nowMs: number): void {
    if (nowMs >= (this.#caller.expiresAt?.getTime() ?? Infinity)) return this.#end()
    const sinceMs = nowMs - this.#wroteAtMs
    if (this.#goOn === undefined) {
      // Nobody took what was written last.
      if (sinceMs > slowMs) this.#cut()
      return
    }
    if (sinceMs < beatMs) return
    this.#isBeatDue = true
    this.wake()
  }

  revoke(): void {
    this.#end()
  }

  bye(): void {
    if (!this.#isEnded) this.#write(`retry: ${this.#world.reconnectAfterMs()}\n\n`)
    this.#end()
  }

  /** Called when the client has taken what was written before. */
  async #pull(): Promise<void> {
    while (!this.#isEnded) {
      if (this.#isBeatDue) {
        this.#isBeatDue = false
        return this.#write(': still here\n\n')
      }
      const frames = await this.#take()
      if (frames.length > 0 && !this.#isEnded) return this.#write(frames.map(eventOf).join(''))
      if (!this.#subscription.hasMore) await this.#untilWoken()
    }
  }

  async #take(): Promise<readonly TopicFrame[]> {
    try {
      return await this.#subscription.take(portionBytes)
    } catch (error) {
      this.#world.log.warn('A live stream was ended: its topic could not be read.', {
        error: error instanceof Error ? error.message : 'unknown',
      })
      this.#end()
      return []
    }
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#goOn = () => {
        this.#goOn = undefined
        resolve()
      }
    })
  }

  #write(text: string): void {
    this.#wroteAtMs = this.#world.clock.now()
    this.#controller?.enqueue(this.#encoder.encode(text))
  }

  #end(): void {
    if (!this.#leave()) return
    try {
      this.#controller?.close()
    } catch {
      // The client closed it first.
    }
  }

  #cut(): void {
    if (this.#leave()) this.#controller?.error(new DOMException('The client does not read.', 'TimeoutError'))
  }

  /** @returns false when it has left before */
  #leave(): boolean {
    if (this.#isEnded) return false
    this.#isEnded = true
    this.#subscription.close()
    this.#world.connections.remove(this)
    this.#goOn?.()
    return true
  }
}

function eventOf({ id, json }: TopicFrame): string {
  return `id: ${id}\ndata: ${json}\n\n`
}
