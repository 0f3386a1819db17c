import { InviteMeError, isInviteMeError } from '@invite-me/core'
import { carryOut } from './carry-out.ts'
import type { LiveConnection } from './connections.ts'
import { mayFollow, type LiveCaller } from './live-caller.ts'
import {
  closeCodes,
  readClientMessage,
  refOf,
  type ClientMessage,
  type CloseReason,
  type MessageOf,
} from './live-protocol.ts'
import type { LiveWorld } from './live-world.ts'
import { MessageAllowance } from './message-allowance.ts'
import { SocketOutbox, type LiveSocket } from './socket-outbox.ts'
import { TopicPump } from './topic-pump.ts'

/** A client that has not said who it is by then is sent away. */
const authenticateMs = 5_000
const pingMs = 25_000
/** A client nothing was heard of for so long is gone. */
const silentMs = 60_000
/** A client that reads nothing for so long is given up. */
const slowMs = 30_000
/** How long before its end a token's holder is told to bring a new one. */
const noticeMs = 60_000
/** How long a client may take to close its side. */
const closingMs = 2_000
/** Messages in a row that cannot be used. */
const mostUnusable = 5
/** Messages of one client that wait to be carried out. */
const mostWaiting = 256

/** Said before who it is: the caller and what they showed. */
export interface Introduction {
  readonly caller: LiveCaller
  readonly credential: string
}

/** One socket, from its opening to its end. Messages of a client are carried out one after the other. */
export class LiveSession implements LiveConnection {
  readonly #world: LiveWorld
  readonly #socket: LiveSocket
  readonly #refused: () => void
  readonly #outbox: SocketOutbox
  readonly #pump: TopicPump
  readonly #allowance: MessageAllowance
  #caller: LiveCaller | undefined
  #turn: Promise<void> = Promise.resolve()
  #waiting = 0
  #unusable = 0
  #heardAtMs: number
  #pingedAtMs: number
  #hasNotice = false
  #isEnding = false
  #callOff: (() => void) | undefined

  /** @param refused called when a credential was shown that may not be used */
  constructor(world: LiveWorld, socket: LiveSocket, refused: () => void) {
    const now = (): number => world.clock.now()
    this.#world = world
    this.#socket = socket
    this.#refused = refused
    this.#outbox = new SocketOutbox(socket, now, () => this.#pump.run())
    this.#pump = new TopicPump(this.#outbox, (error) => this.#failed(error))
    this.#allowance = new MessageAllowance(now())
    this.#heardAtMs = now()
    this.#pingedAtMs = now()
  }

  /** Begins; without an introduction the client has 5 seconds to authenticate. */
  open(introduction: Introduction | undefined): void {
    if (this.#world.connections.isClosed) return this.#end('restarting')
    this.#world.connections.add(this)
    if (introduction !== undefined) return this.#welcome(introduction)
    this.#callOff = this.#world.clock.schedule(authenticateMs, () => this.#end('unauthenticated'), {
      keepAlive: false,
    })
  }

  /** Takes what the client sent; `undefined` for bytes that are no text. */
  receive(text: string | undefined): void {
    if (this.#isEnding) return
    this.heard()
    try {
      if (this.#waiting >= mostWaiting || !this.#allowance.use(this.#world.clock.now())) throw tooFast()
      if (text === undefined) throw new InviteMeError('REQUEST_INVALID', 'Messages are text, not bytes.')
      this.#enqueue(readClientMessage(text))
      this.#unusable = 0
    } catch (error) {
      this.#refuse(error, {})
      this.#unusable += 1
      if (this.#unusable >= mostUnusable) this.#end('unusable')
    }
  }

  /** The client is there: it sent something, or answered a ping. */
  heard(): void {
    this.#heardAtMs = this.#world.clock.now()
  }

  /** The socket is closed, whoever closed it. */
  closed(): void {
    this.#isEnding = true
    this.#callOff?.()
    this.#pump.close()
    this.#world.connections.remove(this)
  }

  look(nowMs: number): void {
    if (this.#isEnding) return
    if (nowMs - this.#heardAtMs > silentMs) return this.#socket.terminate()
    if (this.#outbox.hasStoodStill(slowMs)) return this.#end('slow')
    const endsAtMs = this.#caller?.expiresAt?.getTime() ?? Infinity
    if (nowMs >= endsAtMs) return this.#end('unauthenticated')
    if (nowMs >= endsAtMs - noticeMs) this.#giveNotice()
    if (nowMs - this.#pingedAtMs >= pingMs) {
      this.#pingedAtMs = nowMs
      this.#socket.ping()
    }
    this.#pump.run()
  }

  revoke(): void {
    this.#end('unauthenticated')
  }

  bye(): void {
    if (this.#isEnding) return
    this.#outbox.say({ type: 'bye', reconnectAfterMs: this.#world.reconnectAfterMs() })
    this.#end('restarting')
  }

  #enqueue(message: ClientMessage): void {
    this.#waiting += 1
    this.#turn = this.#turn
      .then(async () => {
        if (!this.#isEnding) await this.#carryOut(message)
      })
      .catch((error: unknown) => this.#refuse(error, message))
      .finally(() => {
        this.#waiting -= 1
      })
  }

  async #carryOut(message: ClientMessage): Promise<void> {
    if (message.type === 'authenticate') return this.#authenticate(message)
    if (this.#caller === undefined) return this.#end('unauthenticated')
    await carryOut(
      {
        world: this.#world,
        caller: this.#caller,
        outbox: this.#outbox,
        pump: this.#pump,
        isEnding: () => this.#isEnding,
      },
      message,
    )
  }

  async #authenticate({ token, ref }: MessageOf<'authenticate'>): Promise<void> {
    const caller = await this.#identify(token)
    if (this.#isEnding || caller === undefined) return
    const before = this.#caller
    if (before !== undefined && before.id !== caller.id)
      throw new InviteMeError(
        'FORBIDDEN',
        'This is the token of somebody else; open another socket for them.',
        {
          field: 'token',
        },
      )
    this.#welcome({ caller, credential: token }, ref)
  }

  /** Who the token belongs to; a wrong one ends the socket. */
  async #identify(token: string): Promise<LiveCaller | undefined> {
    try {
      const caller = await this.#world.identify(token)
      if (caller !== undefined) return caller
    } catch (error) {
      if (!isInviteMeError(error) || error.code !== 'FORBIDDEN') throw error
      this.#refuse(error, {})
      this.#end('forbidden')
      return undefined
    }
    this.#refused()
    this.#refuse(
      new InviteMeError('UNAUTHENTICATED', 'The key or token is unknown, has expired or was revoked.', {
        field: 'token',
      }),
      {},
    )
    this.#end('unauthenticated')
    return undefined
  }

  #welcome({ caller, credential }: Introduction, ref?: string): void {
    if (!this.#world.connections.identify(this, caller, credential)) return this.#end('tooMany')
    this.#caller = caller
    this.#hasNotice = false
    this.#callOff?.()
    this.#outbox.say({ type: 'authenticated', ...refOf({ ref }), expiresAt: caller.expiresAt })
    for (const topic of this.#pump.topics()) if (!mayFollow(caller, topic)) this.#leave(topic)
  }

  #leave(topic: string): void {
    this.#pump.remove(topic)
    this.#outbox.say({ type: 'unsubscribed', topic })
  }

  #giveNotice(): void {
    const expiresAt = this.#caller?.expiresAt
    if (this.#hasNotice || expiresAt === null || expiresAt === undefined) return
    this.#hasNotice = true
    this.#outbox.say({ type: 'expiring', expiresAt })
  }

  #refuse(error: unknown, message: { readonly ref?: string | undefined }): void {
    if (this.#isEnding) return
    const known = isInviteMeError(error) ? error : undefined
    if (known === undefined) this.#failed(error)
    this.#outbox.say({
      type: 'error',
      ...refOf(message),
      code: known?.code ?? 'INTERNAL',
      detail: known?.message ?? 'Something went wrong on our side.',
      ...(known?.field !== undefined && { field: known.field }),
    })
  }

  #failed(error: unknown): void {
    this.#world.log.warn('A live socket met trouble. It stays open.', {
      error: error instanceof Error ? error.message : 'unknown',
    })
  }

  #end(reason: CloseReason): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#callOff?.()
    this.#pump.close()
    this.#socket.close(closeCodes[reason], reason)
    // One that does not read does not close either.
    this.#callOff = this.#world.clock.schedule(closingMs, () => this.#socket.terminate(), {
      keepAlive: false,
    })
  }
}

function tooFast(): InviteMeError {
  return new InviteMeError('RATE_LIMITED', 'Too many messages: 200 at once, then 20 a second.')
}
