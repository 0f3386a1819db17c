import type { Lane } from '../model/lane.ts'
import type { NextDue } from '../ports/store.ts'

/** How long due work waits to be handed over before a dispatcher looks for it by itself, in ms; a healthy broker takes a few. */
const patienceMs = 5_000

/** A lane of a channel. */
interface Place {
  readonly channel: string
  readonly lane: Lane
}

/**
 * Tells from what is handed over, and what is not, where the handing over has come to a halt: the broker is away or takes
 * nothing, a queue of it hangs, nobody puts anything into it. The store alone tells, so the reason need not be known.
 */
export class HandedWork {
  readonly #sinceMs: number
  readonly #onSilent: (place: Place) => void
  readonly #heardAtMs = new Map<string, number>()
  readonly #silent = new Set<string>()

  /**
   * @param nowMs when the dispatcher began to listen, Unix ms
   * @param onSilent told once for each silence
   */
  constructor(nowMs: number, onSilent: (place: Place) => void) {
    this.#sinceMs = nowMs
    this.#onSilent = onSilent
  }

  /** Something was handed over: whoever does it is well. */
  hear(place: Place, nowMs: number): void {
    const key = keyOf(place)
    this.#heardAtMs.set(key, nowMs)
    this.#silent.delete(key)
  }

  /** Whether nobody hands this lane's work over; once that is so it stays so until {@link hear}. Ask only with places free. */
  isSilent(next: NextDue, nowMs: number): boolean {
    const key = keyOf(next)
    if (this.#silent.has(key)) return true
    const heardAtMs = this.#heardAtMs.get(key) ?? this.#sinceMs
    // A clock that was set back must not make the silence last.
    const isQuiet = Math.abs(nowMs - heardAtMs) >= patienceMs
    if (!isQuiet || nowMs - next.at.getTime() < patienceMs) return false
    this.#silent.add(key)
    this.#onSilent({ channel: next.channel, lane: next.lane })
    return true
  }
}

function keyOf({ channel, lane }: Place): string {
  return `${String(lane)} ${channel}`
}
