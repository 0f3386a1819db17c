import type { Random } from '../ports/random.ts'

/**
 * Makes repeatable randomness: the same seed gives the same numbers and bytes. Never use it outside tests, since whoever
 * knows the seed knows every token. Two engines on one store need different seeds, or their ids collide.
 *
 * @param seed any whole number; default 1
 */
export function seededRandom(seed = 1): Random {
  // Weyl sequence through a 64-bit mixer (the finaliser constants are those of SplitMix64).
  let state = BigInt.asUintN(64, BigInt(seed) * 0x2545f4914f6cdd1dn)
  const next = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n)
    let mixed = state
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n)
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn)
    return mixed ^ (mixed >> 31n)
  }
  return {
    bytes: (count) => {
      const bytes = new Uint8Array(count)
      const words = new DataView(new ArrayBuffer(8))
      for (let at = 0; at < count; at += 8) {
        words.setBigUint64(0, next())
        bytes.set(new Uint8Array(words.buffer).subarray(0, Math.min(8, count - at)), at)
      }
      return bytes
    },
    fraction: () => Number(next() >> 11n) / 2 ** 53,
  }
}
