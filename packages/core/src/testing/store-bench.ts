import type { Store } from '../ports/store.ts'

/** An empty place to keep data in, for one question. */
export interface StorePlace {
  /** Opens the data; every call is a further connection to the same data. The contract closes what it opened. */
  open(): Promise<Store>
  /** Removes the data. */
  remove?(): Promise<void>
}

/** What a store question works on. */
export interface StoreBench {
  readonly store: Store
  /** A further connection to the same data. */
  open(): Promise<Store>
}
