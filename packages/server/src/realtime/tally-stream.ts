import { InviteMeError, type InviteMe, type Tally } from '@invite-me/core'
import type { LiveConnection } from './connections.ts'
import { mayFollow } from './live-caller.ts'
import type { Introduction } from './live-session.ts'
import type { LiveWorld } from './live-world.ts'

/** How long nothing is sent before a comment shows that the stream lives; proxies often cut after 30 to 60 s. */
const beatMs = 25_000
/** A client that reads nothing for so long is given up. */
const slowMs = 30_000

/** Who follows the tally of which question. */
export interface TallyRequest extends Introduction {
  readonly messageId: string
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/**
 * Follows the tally of a question as server-sent events: now and after each change, at most one a second. The stream ends when nobody
 * is left to answer.
 *
 * @throws InviteMeError `FORBIDDEN`, `RATE_LIMITED` when they have too many connections, `STOPPED`, and what `tallies` throws
 */
export async function streamTallies(
  world: LiveWorld,
  inviteMe: Pick<InviteMe, 'invitations'>,
  { messageId, caller, credential, signal }: TallyRequest,
): Promise<ReadableStream<Uint8Array>> {
  if (!mayFollow(caller, `question:${messageId}`))
    throw new InviteMeError('FORBIDDEN', 'This token does not let you follow this question.', {
      field: 'messageId',
    })
  const { connections } = world
  if (connections.isClosed)
    throw new InviteMeError('STOPPED', 'The server is stopping. Connect again in a moment.')
  if (!connections.hasRoom(caller))
    throw new InviteMeError(
      'RATE_LIMITED',
      'There are too many live connections: end some, or try again later.',
    )
  const stream = new TallyStream(world, caller.expiresAt)
  connections.add(stream)
  connections.identify(stream, caller, credential)
  try {
    const ended = AbortSignal.any([signal, stream.signal])
    return await stream.open(inviteMe.invitations.tallies(messageId, { signal: ended }))
  } catch (error) {
    stream.revoke()
    throw error
  }
}

/** The tallies of one question on their way to one client. */
class TallyStream implements LiveConnection {
  readonly #world: LiveWorld
  readonly #expiresAt: Date | null
  readonly #end = new AbortController()
  readonly #encoder = new TextEncoder()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #wroteAtMs: number

  constructor(world: LiveWorld, expiresAt: Date | null) {
    this.#world = world
    this.#expiresAt = expiresAt
    this.#wroteAtMs = world.clock.now()
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** @returns the body, once there is a first tally: an unknown question has none */
  async open(tallies: AsyncIterable<Tally>): Promise<ReadableStream<Uint8Array>> {
    const iterator = tallies[Symbol.asyncIterator]()
    let next: Promise<IteratorResult<Tally>> | undefined = Promise.resolve(await iterator.next())
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: async () => {
          const asked = next ?? iterator.next()
          next = undefined
          // Ended by the signal, it has nothing more to say.
          const found = await asked.catch(() => undefined)
          if (found === undefined || found.done === true) return this.#close()
          this.#write(`data: ${JSON.stringify(found.value)}\n\n`)
        },
        cancel: () => this.revoke(),
      },
      { highWaterMark: 0 },
    )
  }

  look(nowMs: number): void {
    if (nowMs >= (this.#expiresAt?.getTime() ?? Infinity)) return this.revoke()
    const sinceMs = nowMs - this.#wroteAtMs
    const isRead = (this.#controller?.desiredSize ?? 0) >= 0
    if (!isRead && sinceMs > slowMs) return this.revoke()
    if (isRead && sinceMs >= beatMs) this.#write(': still here\n\n')
  }

  revoke(): void {
    this.#end.abort()
    this.#close()
  }

  bye(): void {
    if (!this.signal.aborted) this.#write(`retry: ${this.#world.reconnectAfterMs()}\n\n`)
    this.revoke()
  }

  #write(text: string): void {
    if (this.signal.aborted) return
    this.#wroteAtMs = this.#world.clock.now()
    this.#controller?.enqueue(this.#encoder.encode(text))
  }

  #close(): void {
    this.#world.connections.remove(this)
    this.#end.abort()
    try {
      this.#controller?.close()
    } catch {
      // The client closed it first, or it was closed before.
    }
  }
}
