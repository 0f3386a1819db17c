import type { ServerMessage } from './live-protocol.ts'

/** What a session needs of a socket; `ws` has it. */
export interface LiveSocket {
  readonly bufferedAmount: number
  send(data: string | Buffer, options: { readonly binary: false }, sent: (error?: Error | null) => void): void
  ping(): void
  close(code: number, reason: string): void
  /** Cuts the connection without a word. */
  terminate(): void
}

/** Bytes that may wait to be read by a client before nothing more is taken from the topics. */
const mostWaitingBytes = 64 * 1_024

/** What leaves by one socket, and how well it is read. */
export class SocketOutbox {
  readonly #socket: LiveSocket
  readonly #now: () => number
  readonly #hasRoomAgain: () => void
  #waiting = 0
  /** When something last left, or began to wait. */
  #movedAtMs: number

  /** @param hasRoomAgain called after something left; may be called often */
  constructor(socket: LiveSocket, now: () => number, hasRoomAgain: () => void) {
    this.#socket = socket
    this.#now = now
    this.#hasRoomAgain = hasRoomAgain
    this.#movedAtMs = now()
  }

  /** Bytes that may be added now; 0 when the client has to read first. */
  get room(): number {
    return Math.max(0, mostWaitingBytes - this.#socket.bufferedAmount)
  }

  send(data: string | Buffer): void {
    if (this.#waiting === 0) this.#movedAtMs = this.#now()
    this.#waiting += 1
    this.#socket.send(data, { binary: false }, () => {
      this.#waiting -= 1
      this.#movedAtMs = this.#now()
      this.#hasRoomAgain()
    })
  }

  say(message: ServerMessage): void {
    this.send(JSON.stringify(message))
  }

  /** Whether something has waited for so long without anything leaving. */
  hasStoodStill(forMs: number): boolean {
    return this.#waiting > 0 && this.#now() - this.#movedAtMs > forMs
  }
}
