import { encodeCursor } from '../app/page-cursor.ts'
import type { CarriedEvent } from './live-engine.ts'

/** An event ready to leave: written once, however many read it. */
export interface TopicFrame {
  readonly cursor: number
  /** The cursor as clients see it. */
  readonly id: string
  /** The event itself as JSON, on one line. */
  readonly json: string
  /** The message a socket sends, as UTF-8. */
  readonly message: Buffer
}

/** Writes an event down for everybody who follows its topic. */
export function frameOf(topic: string, event: CarriedEvent): TopicFrame {
  const id = encodeCursor(event.cursor)
  const json = JSON.stringify(event)
  const head = `{"type":"event","topic":${JSON.stringify(topic)},"cursor":"${id}","event":`
  return { cursor: event.cursor, id, json, message: Buffer.from(`${head}${json}}`) }
}

/** The first frames that together stay within `maxBytes`; at least one, so that a large event passes too. */
export function portionOf(frames: readonly TopicFrame[], maxBytes: number): readonly TopicFrame[] {
  let bytes = 0
  const tooFar = frames.findIndex(({ message }, index) => {
    bytes += message.length
    return index > 0 && bytes > maxBytes
  })
  return tooFar === -1 ? frames : frames.slice(0, tooFar)
}
