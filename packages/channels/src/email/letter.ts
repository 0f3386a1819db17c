import { Readable } from 'node:stream'
import type { Departure } from './mail-transport.ts'

/** The bytes of one mail on their way. Sees whether they began to leave, and tells when the last has left. */
export class Letter extends Readable {
  readonly #bytes: Buffer
  readonly #departure: Departure
  #isBegun = false

  constructor(bytes: Buffer, departure: Departure) {
    super()
    this.#bytes = bytes
    this.#departure = departure
  }

  /** True once the server has asked for the mail. */
  get isBegun(): boolean {
    return this.#isBegun
  }

  /** True while the server has a part of the mail only. */
  get isUnderWay(): boolean {
    return this.#isBegun && !this.#departure.isOut
  }

  override _read(): void {
    this.#isBegun = true
    this.push(this.#bytes)
    this.push(null)
  }

  /** The library pipes a mail through a stream of its own, which adds the final dot as its last chunk. */
  override pipe<Destination extends NodeJS.WritableStream>(
    destination: Destination,
    options?: { readonly end?: boolean },
  ): Destination {
    const last = destination instanceof Readable ? destination : this
    last.once('end', () => {
      this.#departure.isOut = true
    })
    return super.pipe(destination, options)
  }
}
