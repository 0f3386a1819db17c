/** Randomness from a cryptographic source; tests inject a seeded one. */
export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array
  /** A number in [0, 1), for jitter only. */
  fraction(): number
}
