import type { StoreParts } from '../ports/store.ts'

/**
 * What a method does. `read` nothing is written · `once` by statements of which each is whole by itself · `many` by one for any
 * number of rows, together with others who do the same · `write` by several that belong together · `lock` reads for change ·
 * `hold` keeps others from locking. Outside a transaction the last four get one of their own.
 */
export type MethodKind = 'read' | 'once' | 'many' | 'write' | 'lock' | 'hold'

/** Every method of a store. A new one cannot be forgotten: the compiler asks for it. */
export const methods = {
  recipients: {
    upsert: 'write',
    byExternalIds: 'read',
    byIds: 'read',
    hold: 'hold',
    lock: 'lock',
    list: 'read',
    count: 'read',
    page: 'read',
    connectRoute: 'write',
    moveAddress: 'write',
    setRouteState: 'write',
    suppress: 'write',
    unsuppress: 'write',
    suppressed: 'read',
    suppressions: 'read',
    setPreferences: 'once',
  },
  segments: { save: 'write', byName: 'read', list: 'read', remove: 'write' },
  messages: {
    insert: 'many',
    byId: 'read',
    byIds: 'read',
    byKeys: 'read',
    list: 'read',
    lock: 'lock',
    hold: 'hold',
    reschedule: 'write',
    rescheduled: 'read',
  },
  deliveries: {
    claimDue: 'once',
    claimNamed: 'once',
    due: 'read',
    claimAbandoned: 'once',
    startAttempts: 'many',
    settle: 'many',
    heartbeat: 'once',
    nextDue: 'read',
    byIds: 'read',
    lockFree: 'lock',
    list: 'read',
    backlog: 'read',
    counts: 'read',
    attemptByProviderId: 'read',
    attempts: 'read',
    rewrite: 'many',
    replan: 'write',
  },
  invitations: {
    byId: 'read',
    byIds: 'read',
    lock: 'lock',
    byMessage: 'read',
    list: 'read',
    update: 'write',
    appendResponse: 'write',
    responses: 'read',
    byAddress: 'read',
  },
  tallies: {
    of: 'read',
    openQuorum: 'write',
    quorumFor: 'read',
    addToQuorum: 'write',
    callOff: 'write',
  },
  links: {
    issue: 'many',
    byHash: 'read',
    revoke: 'write',
    issueConnect: 'write',
    connectByHash: 'read',
    useConnect: 'write',
    issuePreferences: 'write',
    preferencesByHash: 'read',
  },
  edits: { plan: 'write', claimDue: 'once', settle: 'write', nextDueAt: 'read' },
  inbound: {
    remember: 'write',
    keepUnmatched: 'write',
    unmatchedOf: 'read',
    listUnmatched: 'read',
    dropUnmatched: 'write',
    putClarification: 'write',
    clarification: 'read',
    dropClarification: 'write',
  },
  inbox: { add: 'many', list: 'read', count: 'read', byIds: 'read', mark: 'write' },
  receipts: { append: 'many', byId: 'read', list: 'read' },
  outbox: { append: 'many', after: 'read', last: 'read', takeTurn: 'once', readTo: 'read' },
  keys: {
    insert: 'write',
    byHash: 'read',
    list: 'read',
    revoke: 'write',
    touch: 'write',
    secret: 'write',
  },
  erasure: { deliveries: 'read', overwrite: 'write', overwriteEvents: 'write', forget: 'write' },
  webhooks: {
    insert: 'write',
    update: 'write',
    secrets: 'lock',
    setSecrets: 'write',
    byId: 'read',
    list: 'read',
    remove: 'once',
    fanOut: 'write',
    waiting: 'read',
    claimDue: 'write',
    settle: 'write',
    prune: 'once',
    postings: 'read',
    replay: 'once',
  },
  schedules: {
    insert: 'write',
    update: 'write',
    lock: 'lock',
    byName: 'read',
    list: 'read',
    remove: 'once',
    claimDue: 'lock',
    nextDueAt: 'read',
    move: 'write',
    hasRun: 'read',
    addRun: 'write',
    runs: 'read',
    prune: 'once',
    zones: 'read',
    peopleOn: 'read',
  },
  templates: {
    save: 'write',
    byName: 'read',
    versions: 'read',
    list: 'read',
    remove: 'write',
    keepContents: 'write',
    contents: 'read',
  },
  audit: { append: 'write', list: 'read' },
} as const satisfies {
  readonly [Part in keyof StoreParts]: { readonly [Method in keyof StoreParts[Part]]: MethodKind }
}

/** A call of a method: which, and with what. */
export interface MethodCall {
  readonly part: keyof StoreParts
  readonly method: string
  readonly kind: MethodKind
  readonly values: readonly unknown[]
}

/** Does a call, on parts or in another way. */
export type Perform = (call: MethodCall) => Promise<unknown>

const partNames = Object.keys(methods) as readonly (keyof StoreParts)[]

/** One part of which every call goes through `perform`. */
function partThrough(part: keyof StoreParts, perform: Perform): unknown {
  const kinds: Readonly<Record<string, MethodKind>> = methods[part]
  const view: Record<string, (...values: readonly unknown[]) => Promise<unknown>> = {}
  for (const method in kinds) {
    const kind = kinds[method] ?? 'write'
    view[method] = (...values) => perform({ part, method, kind, values })
  }
  return view
}

/** Parts of a store of which every call goes through `perform`. */
export function partsThrough(perform: Perform): StoreParts {
  return Object.fromEntries(
    partNames.map((part) => [part, partThrough(part, perform)]),
  ) as unknown as StoreParts
}

/** A thing of which every call goes through `perform`. */
class View {
  readonly perform: Perform

  constructor(perform: Perform) {
    this.perform = perform
  }
}

/** The class of the views of one part. */
function viewOf(part: keyof StoreParts): typeof View {
  class PartView extends View {}
  const kinds: Readonly<Record<string, MethodKind>> = methods[part]
  for (const [method, kind] of Object.entries(kinds))
    Object.defineProperty(PartView.prototype, method, {
      value(this: View, ...values: readonly unknown[]) {
        return this.perform({ part, method, kind, values })
      },
    })
  return PartView
}

class PartsView extends View {}
for (const part of partNames) {
  const PartView = viewOf(part)
  Object.defineProperty(PartsView.prototype, part, {
    get(this: View) {
      return new PartView(this.perform)
    },
  })
}

/**
 * The same for one transaction. Every one has its own, so their methods are made once for all, and must be called on their
 * part, never taken off it.
 */
export function passingPartsThrough(perform: Perform): StoreParts {
  return new PartsView(perform) as unknown as StoreParts
}

/** Does a call on these parts. */
export function performOn(parts: StoreParts, { method, part, values }: MethodCall): Promise<unknown> {
  const target = parts[part] as unknown as Readonly<
    Record<string, (...values: readonly unknown[]) => Promise<unknown>>
  >
  if (target[method] === undefined) throw new TypeError(`The store has no ${part}.${method}.`)
  return target[method](...values)
}
