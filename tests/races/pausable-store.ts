import type { Store, StoreOpener } from '@invite-me/core'

type StoreParts = Parameters<Parameters<Store['transaction']>[0]>[0]

/** A place in a transaction where it stands still until it may go on. */
export interface Pause {
  /** Resolves when a transaction has come there. */
  readonly reached: Promise<void>
  go(): void
}

/** A store whose transactions can be stopped between two statements, as a slow process is. */
export interface PausableStore extends StoreOpener {
  /** Stops the next transaction that has done this; what comes after it passes. */
  pauseAfter<Part extends keyof StoreParts>(part: Part, method: keyof StoreParts[Part] & string): Pause
  /** Has the next transaction that does this be written, but told to have failed: its connection broke after the commit. */
  loseCommitAfter<Part extends keyof StoreParts>(part: Part, method: keyof StoreParts[Part] & string): void
  /** Resolves when something was done outside a transaction the next time. */
  seen<Part extends keyof StoreParts>(part: Part, method: keyof StoreParts[Part] & string): Promise<void>
}

/** Makes one of a store. */
export function pausableStore(opener: StoreOpener): PausableStore {
  const pauses = new Map<string, { readonly reach: () => void; readonly gone: Promise<void> }>()
  const losing = new Set<string>()
  const watched = new Map<string, () => void>()

  const passed = async (name: string, isLosing: () => void): Promise<void> => {
    if (losing.delete(name)) isLosing()
    const pause = pauses.get(name)
    if (pause === undefined) return
    pauses.delete(name)
    pause.reach()
    await pause.gone
  }
  const transaction =
    (store: Store): Store['transaction'] =>
    async (work, options) => {
      let isLost = false
      const onCall = (name: string) =>
        passed(name, () => {
          isLost = true
        })
      const result = await store.transaction((parts) => work(through(parts, onCall)), options)
      if (isLost) throw new Error('The script says that the connection broke at the commit.')
      return result
    }
  const outside = async (name: string): Promise<void> => {
    watched.get(name)?.()
  }

  return {
    open: async () => {
      const store = await opener.open()
      const own = { transaction: transaction(store), close: () => store.close() }
      return { ...own, ...restOf(store), ...through(store, outside), ...own }
    },
    pauseAfter: (part, method) => {
      const reached = Promise.withResolvers<void>()
      const gone = Promise.withResolvers<void>()
      pauses.set(`${part}.${method}`, { reach: reached.resolve, gone: gone.promise })
      return { reached: reached.promise, go: gone.resolve }
    },
    loseCommitAfter: (part, method) => {
      losing.add(`${part}.${method}`)
    },
    seen: (part, method) =>
      new Promise((resolve) => {
        watched.set(`${part}.${method}`, resolve)
      }),
  }
}

function restOf({ notifier, now }: Store): Pick<Store, 'notifier' | 'now'> {
  return { ...(notifier !== undefined && { notifier }), ...(now !== undefined && { now }) }
}

/** Every part, since those of a transaction are looked up one by one. A new one cannot be forgotten: the compiler asks for it. */
const partNames = Object.keys({
  recipients: true,
  messages: true,
  deliveries: true,
  invitations: true,
  links: true,
  edits: true,
  inbound: true,
  inbox: true,
  receipts: true,
  outbox: true,
  keys: true,
  erasure: true,
  webhooks: true,
  audit: true,
  schedules: true,
  segments: true,
  tallies: true,
  templates: true,
} satisfies Readonly<Record<keyof StoreParts, true>>) as readonly (keyof StoreParts)[]

/** The same parts; after each call `onCall` has its turn. */
function through(parts: StoreParts, onCall: (name: string) => Promise<void>): StoreParts {
  return Object.fromEntries(
    partNames.map((part) => [
      part,
      new Proxy(parts[part], {
        get: (target, method): unknown => {
          const member: unknown = Reflect.get(target, method)
          if (typeof member !== 'function') return member
          return async (...values: readonly unknown[]): Promise<unknown> => {
            const result: unknown = await Reflect.apply(member, target, values)
            await onCall(`${part}.${String(method)}`)
            return result
          }
        },
      }),
    ]),
  ) as unknown as StoreParts
}
