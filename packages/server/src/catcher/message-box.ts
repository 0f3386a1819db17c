import type { CaughtMessage, CaughtReply } from './caught-message.ts'

/** Older messages are forgotten. */
const mostKept = 500

/** Messages of all fake media in the order they came, in memory, with a way to hear of every change. */
export class MessageBox {
  readonly #messages = new Map<string, CaughtMessage>()
  readonly #tokens = new Map<string, string>()
  readonly #idsByKey = new Map<string, string>()
  readonly #listeners = new Set<(message: CaughtMessage) => void>()

  /** In the order they came. */
  list(): readonly CaughtMessage[] {
    return [...this.#messages.values()]
  }

  get(id: string): CaughtMessage | undefined {
    return this.#messages.get(id)
  }

  /** The secret that ties a reply to its question; never leaves this process. */
  replyToken(id: string): string | undefined {
    return this.#tokens.get(id)
  }

  /** The id of the message that was sent under this key before. */
  idOf(idempotencyKey: string): string | undefined {
    return this.#idsByKey.get(idempotencyKey)
  }

  /** Keeps a message. */
  add(message: CaughtMessage, idempotencyKey: string, replyToken: string | undefined): void {
    this.#messages.set(message.id, message)
    this.#idsByKey.set(idempotencyKey, message.id)
    if (replyToken !== undefined) this.#tokens.set(message.id, replyToken)
    for (const [id] of this.#messages) {
      if (this.#messages.size <= mostKept) break
      this.#messages.delete(id)
      this.#tokens.delete(id)
    }
    this.#tell(message)
  }

  /** Writes a reply under its message, or what became of it, by its number. Returns that number, or `undefined` for an unknown message. */
  setReply(id: string, reply: CaughtReply, number?: number): number | undefined {
    const message = this.#messages.get(id)
    if (message === undefined) return undefined
    const replies = [...message.replies]
    replies[number ?? replies.length] = reply
    const changed = { ...message, replies }
    this.#messages.set(id, changed)
    this.#tell(changed)
    return number ?? replies.length - 1
  }

  /** Brings a message up to date: it has no buttons and links any more, and says why. Returns whether it is still here. */
  close(id: string, notice: string): boolean {
    const message = this.#messages.get(id)
    if (message === undefined) return false
    const changed = { ...message, actions: [], links: {}, notice }
    this.#messages.set(id, changed)
    this.#tell(changed)
    return true
  }

  /** Calls `listener` with every message that is new or has changed. Returns a function that ends it. */
  listen(listener: (message: CaughtMessage) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #tell(message: CaughtMessage): void {
    for (const listener of this.#listeners) listener(message)
  }
}
