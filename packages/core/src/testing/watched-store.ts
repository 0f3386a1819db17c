import type { Store, StoreOpener } from '../ports/store.ts'

type Track = <Result>(promise: Promise<Result>) => Promise<Result>

/** Has a clock wait for everything a store is asked to do: a database answers in real time. */
export function watchedStore(opener: StoreOpener, track: Track): StoreOpener {
  return { open: async (): Promise<Store> => watched(await opener.open(), track) }
}

/** The same object, each of whose methods is tracked, and those of its parts; a notifier only speaks to others. */
function watched<Part extends object>(part: Part, track: Track): Part {
  return new Proxy(part, {
    get: (target, name): unknown => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member === 'object' && member !== null && name !== 'notifier') return watched(member, track)
      if (typeof member !== 'function') return member
      return (...values: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, values)
        return result instanceof Promise ? track(result) : result
      }
    },
  })
}
