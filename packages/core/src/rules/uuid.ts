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

/** Makes the id of a new row from the world's clock and randomness. */
export function newId(world: {
  readonly clock: { now(): number }
  readonly random: { bytes(count: number): Uint8Array }
}): string {
  return uuidV7(world.clock.now(), world.random.bytes(10))
}
