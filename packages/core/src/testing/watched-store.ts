import type { Store, StoreOpener } from '../ports/store.ts'

type Track = <Result>(promise: Promise<Result>) => Promise<Result>

/** Has a clock wait for everything a store is asked to do: a database answers in real time. */
export function watchedStore(opener: StoreOpener, track: Track): StoreOpener {
  return {
    open: async () => {
      const store = await opener.open()
      return {
        recipients: watched(store.recipients, track),
        messages: watched(store.messages, track),
        deliveries: watched(store.deliveries, track),
        invitations: watched(store.invitations, track),
        links: watched(store.links, track),
        edits: watched(store.edits, track),
        inbound: watched(store.inbound, track),
        inbox: watched(store.inbox, track),
        receipts: watched(store.receipts, track),
        outbox: watched(store.outbox, track),
        transaction: (work, options) => track(store.transaction(work, options)),
        close: () => track(store.close()),
      } satisfies Store
    },
  }
}

/** The same object, each of whose methods is tracked. */
function watched<Part extends object>(part: Part, track: Track): Part {
  return new Proxy(part, {
    get: (target, name): unknown => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...values: readonly unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, values)
        return result instanceof Promise ? track(result) : result
      }
    },
  })
}
