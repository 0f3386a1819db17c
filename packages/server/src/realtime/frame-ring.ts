import type { TopicFrame } from './topic-frame.ts'

/** Frames of one topic that are kept for those who follow it. */
const mostFrames = 64
/** Bytes of them; one frame alone may have more. */
const mostBytes = 256 * 1_024

/** The newest frames of a topic: everything after `from`, up to `head`. What is older is read from the store. */
export class FrameRing {
  #frames: TopicFrame[] = []
  #from: number
  #head: number
  #bytes = 0

  /** @param cursor everything up to it has happened before anybody asked */
  constructor(cursor: number) {
    this.#from = cursor
    this.#head = cursor
  }

  /** Cursor after which every event is here. */
  get from(): number {
    return this.#from
  }

  /** Cursor of the newest event that was read. */
  get head(): number {
    return this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Adds what was read after `head`, oldest first; the oldest ones give way. */
  append(frames: readonly TopicFrame[]): void {
    for (const frame of frames) {
      if (frame.cursor <= this.#head) continue
      this.#frames.push(frame)
      this.#bytes += frame.message.length
      this.#head = frame.cursor
    }
    while (this.#frames.length > mostFrames || (this.#bytes > mostBytes && this.#frames.length > 1))
      this.#drop()
  }

  /** The frames after a cursor that is not before `from`. */
  after(cursor: number, limit: number): readonly TopicFrame[] {
    const first = this.#frames.findIndex((frame) => frame.cursor > cursor)
    return first === -1 ? [] : this.#frames.slice(first, first + limit)
  }

  /** Lets all frames go; whoever wants them reads the store. */
  clear(): void {
    this.#frames = []
    this.#bytes = 0
    this.#from = this.#head
  }

  #drop(): void {
    const dropped = this.#frames.shift()
    if (dropped === undefined) return
    this.#bytes -= dropped.message.length
    this.#from = dropped.cursor
  }
}
