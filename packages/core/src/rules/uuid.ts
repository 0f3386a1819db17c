const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/**
 * Makes a UUIDv7 (RFC 9562 §5.7): sorts by time of creation.
 *
 * @param nowMs milliseconds since the epoch, 0 to 2^48 − 1
 * @param random 10 random bytes; 74 bits of them are used
 * @returns 36 lower-case characters
 */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  const at = (index: number): string => hex[random[index] ?? 0] ?? '00'
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  const version = hex[0x70 | ((random[0] ?? 0) & 0x0f)] ?? '70'
  const variant = hex[0x80 | ((random[2] ?? 0) & 0x3f)] ?? '80'
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${at(1)}-${variant}${at(3)}-${at(4)}${at(5)}${at(6)}${at(7)}${at(8)}${at(9)}`
}

/** Makes ids that sort in the order they were made, also within one millisecond and when the clock is set back. */
export interface IdSource {
  next(): string
}

/** The 12 bits after the version count within one millisecond (RFC 9562 §6.2, method 1). */
const mostPerMs = 0x1000

/** A source of ids for one process. */
export function idSource(clock: { now(): number }, random: { bytes(count: number): Uint8Array }): IdSource {
  let lastMs = 0
  let count = 0
  return {
    next() {
      const bytes = random.bytes(10)
      const nowMs = clock.now()
      if (nowMs > lastMs) {
        lastMs = nowMs
        // Starts low, so that many fit, and not at zero, so that two processes rarely meet.
        count = bytes[1] ?? 0
      } else if (++count === mostPerMs) {
        lastMs += 1
        count = 0
      }
      bytes[0] = count >> 8
      bytes[1] = count & 0xff
      return uuidV7(lastMs, bytes)
    },
  }
}

/** Makes the id of a new row. */
export function newId(world: { readonly ids: IdSource }): string {
  return world.ids.next()
}
