/** A map that forgets its oldest entries, so that what strangers send cannot fill the memory. */
export interface BoundedMap<Key, Value> {
  get(key: Key): Value | undefined
  /** Puts an entry, which is then the newest. */
  set(key: Key, value: Value): void
  delete(key: Key): void
}

/**
 * Makes such a map.
 *
 * @param most entries it holds at most, 1 or more
 * @param forgotten is told of each entry that had to go because there were too many
 */
export function boundedMap<Key, Value>(
  most: number,
  forgotten: (value: Value) => void = () => undefined,
): BoundedMap<Key, Value> {
  const entries = new Map<Key, Value>()
  return {
    get: (key) => entries.get(key),
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      const [oldest] = entries
      if (entries.size <= most || oldest === undefined) return
      entries.delete(oldest[0])
      forgotten(oldest[1])
    },
    delete: (key) => {
      entries.delete(key)
    },
  }
}
