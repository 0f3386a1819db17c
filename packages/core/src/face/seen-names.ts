/** Names at first; a power of two. */
const firstSize = 1_024

/**
 * Remembers which names came before, in 16 to 32 bytes each, whatever their length: an import may have millions. It keeps 53 bits of
 * their hash; that one of a million is taken for another happens once in 18,000 imports, and costs no more than a wrong count.
 */
export class SeenNames {
  /** Open addressing; 0 is free. */
  #hashes = new Float64Array(firstSize)
  #count = 0

  /** @returns whether it is new */
  add(name: string): boolean {
    if (this.#count * 2 >= this.#hashes.length) this.#grow()
    const isNew = put(this.#hashes, hashOf(name))
    if (isNew) this.#count += 1
    return isNew
  }

  #grow(): void {
    const larger = new Float64Array(this.#hashes.length * 2)
    for (const hash of this.#hashes) if (hash !== 0) put(larger, hash)
    this.#hashes = larger
  }
}

/** A whole number from 1 to 2⁵³: cyrb53, two multiplying hashes of 32 bits that are mixed at the end. */
function hashOf(name: string): number {
  let one = 0xde_ad_be_ef
  let other = 0x41_c6_ce_57
  for (let place = 0; place < name.length; place += 1) {
    // Units of UTF-16, all of them: halves of a pair are told apart too.
    const unit = name.charCodeAt(place)
    one = Math.imul(one ^ unit, 2_654_435_761)
    other = Math.imul(other ^ unit, 1_597_334_677)
  }
  const low = mixed(one, other)
  const high = mixed(other, low)
  return (high >>> 11) * 2 ** 32 + (low >>> 0) + 1
}

function mixed(one: number, other: number): number {
  return Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909)
}

function put(hashes: Float64Array, hash: number): boolean {
  let place = hash % hashes.length
  while (hashes[place] !== 0) {
    if (hashes[place] === hash) return false
    place = (place + 1) % hashes.length
  }
  hashes[place] = hash
  return true
}
