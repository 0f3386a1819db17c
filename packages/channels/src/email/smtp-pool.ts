import { Letter } from './letter.ts'
import type { Departure, MailTransport, OutgoingMail } from './mail-transport.ts'
import { aborted, closed, SmtpLine, type LineOptions } from './smtp-line.ts'

/** Options of a pool. */
export interface PoolOptions extends LineOptions {
  readonly maxLines: number
  /** Mails after which a line is renewed. */
  readonly mailsPerLine: number
}

/** Most times a mail is begun anew; more patience is the engine's part. */
const mostTries = 3

/** Wakes who waits: with a line that is free, or with none when one may be opened. */
type Turn = (line: SmtpLine | undefined) => void

/**
 * A few lines to one mail server, opened when they are needed and kept. The library's own pool is not used: it passes every
 * mail, even a finished one, through its composer and five streams, and sends 1,900 a second where its bare connection sends
 * 4,200 (measured 2026-11-22; `bench/email-rate.ts` does it again).
 */
export class SmtpPool implements MailTransport {
  readonly #options: PoolOptions
  readonly #free: SmtpLine[] = []
  readonly #waiting: Turn[] = []
  #lines = 0
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  async send(mail: OutgoingMail, departure: Departure, signal: AbortSignal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const letter = new Letter(mail.bytes, departure)
      const trouble = await this.#trySending(mail, letter, signal)
      if (trouble === undefined) return
      if (!trouble.mayTryAgain || letter.isBegun || tries >= mostTries || signal.aborted) throw trouble.error
    }
  }

  async verify(signal: AbortSignal): Promise<void> {
    const line = await SmtpLine.open(this.#options, () => undefined, signal)
    line.quit()
  }

  close(): void {
    this.#isClosed = true
    for (const line of this.#free.splice(0)) line.quit()
    for (const turn of this.#waiting.splice(0)) turn(undefined)
  }

  /** @returns undefined when it was accepted; `mayTryAgain` when a line was lost that had nothing to do with this mail */
  async #trySending({ bytes, envelope }: OutgoingMail, letter: Letter, signal: AbortSignal) {
    let line: SmtpLine
    try {
      line = await this.#takeLine(signal)
    } catch (error) {
      return { error, mayTryAgain: !this.#isClosed && isLoss(error) }
    }
    const isUsed = line.sent > 0
    try {
      await line.send({ ...envelope, size: bytes.length }, letter, signal)
      this.#giveBack(line)
      return undefined
    } catch (error) {
      // What is still being written would take the next command for a part of the mail.
      if (letter.isUnderWay) line.cut()
      if (line.isOpen) void line.reset().then(() => this.#giveBack(line))
      return { error, mayTryAgain: isUsed && (isLoss(error) || isFarewell(error)) }
    }
  }

  async #takeLine(signal: AbortSignal): Promise<SmtpLine> {
    for (;;) {
      if (signal.aborted) throw aborted()
      if (this.#isClosed) throw closed()
      const free = this.#free.pop()
      if (free !== undefined) return free
      const line =
        this.#lines < this.#options.maxLines ? await this.#openLine(signal) : await this.#turn(signal)
      if (line?.isOpen === true) return line
    }
  }

  async #openLine(signal: AbortSignal): Promise<SmtpLine> {
    this.#lines += 1
    try {
      return await SmtpLine.open(this.#options, (line) => this.#forget(line), signal)
    } catch (error) {
      this.#lines -= 1
      this.#waiting.shift()?.(undefined)
      throw error
    }
  }

  #turn(signal: AbortSignal): Promise<SmtpLine | undefined> {
    return new Promise((resolve, reject) => {
      const turn: Turn = (line) => {
        signal.removeEventListener('abort', callOff)
        resolve(line)
      }
      const callOff = () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1)
        reject(aborted())
      }
      signal.addEventListener('abort', callOff, { once: true })
      this.#waiting.push(turn)
    })
  }

  #giveBack(line: SmtpLine): void {
    if (!line.isOpen) return
    if (this.#isClosed || line.sent >= this.#options.mailsPerLine) {
      line.quit()
      return
    }
    const turn = this.#waiting.shift()
    if (turn === undefined) this.#free.push(line)
    else turn(line)
  }

  #forget(line: SmtpLine): void {
    const index = this.#free.indexOf(line)
    if (index !== -1) this.#free.splice(index, 1)
    this.#lines -= 1
    this.#waiting.shift()?.(undefined)
  }
}

/** True for a connection that went away without a word: a server that restarts, or ends lines that were long idle. */
function isLoss(error: unknown): boolean {
  const { code, originalCode, response } = Object(error) as Readonly<Record<string, unknown>>
  if (typeof response === 'string') return false
  return code === 'ECONNECTION' || originalCode === 'ECONNRESET' || originalCode === 'EPIPE'
}

/**
 * True for a server that ends a line (421, RFC 5321 §3.8): after as many mails as it takes on one, or because it restarts.
 * With a status of 4.7 it speaks of our rate or our standing, and a new line would make that worse.
 */
function isFarewell(error: unknown): boolean {
  const { response } = Object(error) as Readonly<Record<string, unknown>>
  return typeof response === 'string' && /^421(?![ -]4\.7\.)/.test(response)
}
