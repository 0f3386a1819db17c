import { boundedMap } from '../shared/bounded-map.ts'

/** Free words may be written to a person for this long after they wrote (WhatsApp's customer service window). */
const windowMs = 24 * 3_600_000
/** Taken off, so that a message does not arrive just too late. */
const marginMs = 5 * 60_000
const mostPeople = 10_000

/** Who has written lately, as far as this process knows: after a restart, nobody. */
export interface TalkWindow {
  /** The person wrote. */
  heard(address: string, nowMs: number): void
  isOpen(address: string, nowMs: number): boolean
}

/** Makes one in which nobody has written yet. */
export function talkWindow(): TalkWindow {
  const heardAt = boundedMap<string, number>(mostPeople)
  return {
    heard: (address, nowMs) => heardAt.set(address, nowMs),
    isOpen: (address, nowMs) => nowMs - (heardAt.get(address) ?? -Infinity) < windowMs - marginMs,
  }
}
