import { boundedMap } from '../shared/bounded-map.ts'
import type { PartPlace } from './inbound-sms.ts'

/** Texts that are waited for at once; of more the oldest is given up. */
const mostTexts = 1_000

/** A text of which not all parts have come. */
interface Gathering {
  readonly parts: Map<number, string>
  readonly giveUp: () => void
}

/** A text all parts of which have come. */
export interface WholeText {
  readonly text: string
  /** Forgets its parts. Until then the last part may come again, which gives the same text. */
  forget(): void
}

/** Puts the parts of long texts together. */
export interface PartGatherer {
  /**
   * Takes a part.
   *
   * @param from who sent it, to whom: parts of different people have nothing to do with each other
   * @returns `undefined` while parts are missing
   */
  add(from: string, part: PartPlace, text: string): WholeText | undefined
  /** Forgets everything. */
  clear(): void
}

/** How long parts are waited for, and what becomes of a text whose rest never came. */
export interface GatherOptions {
  readonly waitMs: number
  /** Gets what there is, with `…` where something is missing. */
  readonly incomplete: (from: string, text: string) => void
}

/** Makes a gatherer. A part that comes twice counts once; one that cannot be is a text of its own. */
export function partGatherer({ incomplete, waitMs }: GatherOptions): PartGatherer {
  const timers = new Set<NodeJS.Timeout>()
  const waiting = boundedMap<string, Gathering>(mostTexts, ({ giveUp }) => giveUp())

  const begin = (key: string, from: string, count: number): Gathering => {
    const parts = new Map<number, string>()
    const end = (): void => {
      clearTimeout(timer)
      timers.delete(timer)
      waiting.delete(key)
    }
    const timer = setTimeout(() => {
      end()
      incomplete(from, join(parts, count))
    }, waitMs)
    timers.add(timer)
    const gathering = { parts, giveUp: end }
    waiting.set(key, gathering)
    return gathering
  }
  return {
    add: (from, { count, place, reference }, text) => {
      if (count < 2 || place < 1 || place > count) return { text, forget: () => undefined }
      const key = JSON.stringify([from, reference, count])
      const gathering = waiting.get(key) ?? begin(key, from, count)
      gathering.parts.set(place, text)
      if (gathering.parts.size < count) return undefined
      return { text: join(gathering.parts, count), forget: gathering.giveUp }
    },
    clear: () => {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

function join(parts: ReadonlyMap<number, string>, count: number): string {
  const places = Array.from({ length: count }, (_none, index) => parts.get(index + 1))
  return places.map((part) => part ?? '…').join('')
}
