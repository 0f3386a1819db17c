import type { NewDomainEvent } from '../model/domain-event.ts'
import { InviteMeError } from '../model/error.ts'
import type { ClaimedDelivery, ClaimRequest, StoreParts } from '../ports/store.ts'
import { ConnectionLost, isAfterFailure, isDatabaseError } from './postgres-error.ts'
import type { Locks } from './postgres-locks.ts'
import { passingPartsThrough, performOn, type MethodCall } from './postgres-methods.ts'
import { TransactionOver, type Workbench } from './postgres-workbench.ts'

/** What somebody wants done in a transaction. */
export type Work = (parts: StoreParts) => Promise<unknown>

/**
 * How one of a group ended; `deferred`: it wants what another holds, and nothing of it was written. `isEntangled` when it held
 * something itself, so that the other may be waiting for it.
 */
export type Ending =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'deferred'; readonly until: Promise<void>; readonly isEntangled: boolean }
  /** It wants what another process holds; it was given up, and nothing of it was written. */
  | { readonly kind: 'elsewhere' }

/** How a group ended. */
export type Verdict =
  /** In the order of the works. */
  | { readonly kind: 'committed'; readonly endings: readonly Ending[] }
  /** Nothing was written. `suspects`: whose fault it may be, as places in the group; empty when it is nobody's. */
  | { readonly kind: 'undone'; readonly error: unknown; readonly suspects: ReadonlySet<number> }
  /** The connection is gone; `mayBeDone` when nobody knows whether it was written. */
  | { readonly kind: 'lost'; readonly error: unknown; readonly mayBeDone: boolean }

/** What is going on in one group; a lock is held until its group has `ended`. */
export interface Holder {
  readonly ended: Promise<void>
}

interface Member extends Holder {
  readonly place: number
  hasWritten: boolean
  hasEnded: boolean
  /** Channels and lanes of which it has claimed all that was due, each with the moment. */
  readonly emptied: Set<string>
  /** What it wants and somebody else has: until when, `elsewhere` when that is another process. */
  waitsFor: Promise<void> | 'elsewhere' | undefined
  ending: Ending | undefined
}

/** Milliseconds after which those of a group that have not ended hold up the others, and are run again alone. */
const slowMs = 1_000
/**
 * Longest that several together wait in the database, in ms: who they wait for may be waiting for one of them. Postgres finds
 * such a circle only after a second.
 */
const longestWaitMs = 300
/** Longest a transaction may take, in ms, alone or when all of its group are slow. */
const longestMs = 60_000

/** How a group is run. */
export interface GroupOptions {
  readonly bench: Workbench
  readonly locks: Locks<Holder>
  /** Waits for a lock of another group in the database instead of giving way; for those that gave way in vain. */
  readonly isStubborn: boolean
}

/**
 * Runs transactions together: at once, on one connection, in one transaction of the database, so that calls they make in
 * the same turn become one statement and all share one commit.
 *
 * They exclude each other as transactions do: one that wants a row another has locked gives way and is run later. One that
 * fails before it wrote anything fails alone. When one fails later, everything is undone; who calls sees who is to blame.
 */
export async function runGroup(works: readonly Work[], options: GroupOptions): Promise<Verdict> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const group = new Group(works.length, ended, options)
  try {
    return await group.run(works)
  } finally {
    group.releaseLocks()
    end()
  }
}

class Group {
  readonly #options: GroupOptions
  readonly #members: readonly Member[]
  readonly #events: NewDomainEvent[] = []
  readonly #suspects = new Set<number>()
  #failure: { readonly error: unknown } | undefined
  #callsUnderWay = 0
  #turn: Promise<unknown> = Promise.resolve()
  #onQuiet: () => void = () => undefined

  constructor(size: number, ended: Promise<void>, options: GroupOptions) {
    this.#options = options
    this.#members = Array.from({ length: size }, (_, place) => ({
      place,
      ended,
      hasWritten: false,
      hasEnded: false,
      emptied: new Set<string>(),
      waitsFor: undefined,
      ending: undefined,
    }))
  }

  /** Whether what another process holds is waited for in the database. */
  get #isAlone(): boolean {
    return this.#members.length === 1
  }

  async run(works: readonly Work[]): Promise<Verdict> {
    const { bench } = this.#options
    const begun = bench.begin(this.#isAlone ? undefined : longestWaitMs)
    begun.catch((error: unknown) => this.#fail(error))
    await this.#runAll(works)
    await this.#quiet()
    if (this.#failure === undefined) return this.#commit()
    await bench.rollback()
    return this.#undone(this.#failure.error)
  }

  releaseLocks(): void {
    for (const member of this.#members) this.#options.locks.releaseAll(member)
  }

  async #commit(): Promise<Verdict> {
    const { bench } = this.#options
    // Sent together: when the events fail, the commit undoes everything.
    const appended = this.#events.length === 0 ? undefined : bench.parts.appendEvents(this.#events)
    const [written, committed] = await Promise.allSettled([appended, bench.commit()])
    if (committed.status === 'fulfilled' && committed.value)
      return { kind: 'committed', endings: this.#members.map((member) => member.ending ?? unfinished) }
    const isLost = committed.status === 'rejected' && committed.reason instanceof ConnectionLost
    if (isLost) return { kind: 'lost', error: committed.reason, mayBeDone: true }
    if (committed.status === 'rejected') await bench.rollback()
    const [error] = [written, committed].flatMap((one) =>
      one.status === 'rejected' ? [one.reason as unknown] : [],
    )
    return this.#undone(error ?? unfinished.error)
  }

  #undone(error: unknown): Verdict {
    if (error instanceof ConnectionLost) return { kind: 'lost', error, mayBeDone: false }
    return { kind: 'undone', error, suspects: this.#suspects }
  }

  /** Ends when all have ended, or some take so long that the others shall not wait for them. */
  #runAll(works: readonly Work[]): Promise<void> {
    return new Promise((resolve) => {
      let left = works.length
      const begunMs = performance.now()
      const look = (): void => {
        const isAnyHeldUp = left <= works.length / 2 && works.length > 1
        const isOverdue = performance.now() - begunMs >= longestMs
        if (!isAnyHeldUp && !isOverdue && this.#failure === undefined) {
          timer = setTimeout(look, slowMs)
          return
        }
        for (const member of this.#members) if (!member.hasEnded) this.#fail(tooSlow(), member)
        resolve()
      }
      let timer = setTimeout(look, slowMs)
      const onEnd = (): void => {
        left -= 1
        if (left > 0) return
        clearTimeout(timer)
        resolve()
      }
      for (const [place, work] of works.entries()) {
        const member = this.#members[place]
        if (member !== undefined) void this.#runOne(work, member).then(onEnd)
      }
    })
  }

  async #runOne(work: Work, member: Member): Promise<void> {
    try {
      const result = await work(passingPartsThrough((call) => this.#perform(call, member)))
      member.ending = { kind: 'done', result }
    } catch (error) {
      member.ending = { kind: 'refused', error }
      if (member.hasWritten && member.waitsFor === undefined) this.#fail(error, member)
    }
    member.hasEnded = true
    if (member.waitsFor === undefined) return
    const isEntangled = this.#options.locks.heldBy(member).size > 0
    member.ending =
      member.waitsFor === 'elsewhere'
        ? { kind: 'elsewhere' }
        : { kind: 'deferred', until: member.waitsFor, isEntangled }
    if (member.hasWritten) this.#fail(new TransactionOver(), member)
  }

  async #perform(call: MethodCall, member: Member): Promise<unknown> {
    if (member.hasEnded || member.waitsFor !== undefined) throw new TransactionOver()
    this.#callsUnderWay += 1
    try {
      return await this.#do(call, member)
    } catch (error) {
      if (isDatabaseError(error) || error instanceof ConnectionLost) this.#fail(error, member)
      throw error
    } finally {
      this.#callsUnderWay -= 1
      if (this.#callsUnderWay === 0) this.#onQuiet()
    }
  }

  #do(call: MethodCall, member: Member): Promise<unknown> | undefined {
    const { part, method, values, kind } = call
    const { parts } = this.#options.bench
    if (part === 'deliveries' && method === 'lockFree')
      return this.#lockFree(values[0] as readonly string[], member)
    if (kind === 'lock') return this.#lock(call, member)
    if (kind === 'hold') return this.#hold(call, member)
    if (kind !== 'read') member.hasWritten = true
    if (part === 'deliveries' && method === 'claimDue')
      return this.#claimDue(values[0] as ClaimRequest, member)
    if (part === 'deliveries' && method === 'claimNamed') return this.#claimNamed(call, member)
    if (part === 'outbox' && method === 'append') {
      for (const event of values[0] as readonly NewDomainEvent[]) this.#events.push(event)
      return undefined
    }
    if (part === 'outbox') return this.#writeEvents().then(() => performOn(parts.parts, call))
    return kind === 'write' ? this.#inTurn(call) : performOn(parts.parts, call)
  }

  /**
   * Postgres keeps two from writing the same at once when they are on two connections. These are on one: what takes several
   * statements is done whole before the next of the kind begins.
   */
  #inTurn(call: MethodCall): Promise<unknown> {
    const mine = this.#turn.then(() => performOn(this.#options.bench.parts.parts, call))
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  /** Early only for one who reads the outbox in a transaction that wrote to it. */
  async #writeEvents(): Promise<void> {
    const events = this.#events.splice(0)
    if (events.length > 0) await this.#options.bench.parts.appendEvents(events)
  }

  async #lock(call: MethodCall, member: Member): Promise<unknown> {
    this.#giveWay(this.#options.locks.take(lockKey(call.part, String(call.values[0])), member), member)
    return this.#lockRows(call, member)
  }

  async #hold(call: MethodCall, member: Member): Promise<unknown> {
    const { locks } = this.#options
    const names = [call.values[0] as string | readonly string[]].flat()
    for (const name of names) this.#giveWay(locks.share(lockKey(call.part, name), member), member)
    return this.#lockRows(call, member)
  }

  /** @throws TransactionOver when another process has a row, and one of several may not wait for it */
  async #lockRows(call: MethodCall, member: Member): Promise<unknown> {
    const { parts, tryLock } = this.#options.bench.parts
    const trying = this.#isAlone ? undefined : tryLock(call)
    if (trying === undefined) return performOn(parts, call)
    const tried = await trying
    if (tried !== 'taken') return tried.result
    member.waitsFor = 'elsewhere'
    throw new TransactionOver()
  }

  /** @throws TransactionOver when somebody else has what is wanted, and it is not waited for in the database */
  #giveWay(other: Holder | undefined, member: Member): void {
    if (other === undefined) return
    const isOurs = other.ended === member.ended
    if (this.#options.isStubborn && !isOurs) return
    member.waitsFor = other.ended
    throw new TransactionOver()
  }

  async #lockFree(ids: readonly string[], member: Member): Promise<unknown> {
    const { bench, locks } = this.#options
    const own = new Set(locks.heldBy(member))
    const ours = ids.filter((id) => locks.take(deliveryKey(id), member) === undefined)
    const free = await bench.parts.parts.deliveries.lockFree(ours)
    const found = new Set(free.map(({ id }) => id))
    for (const id of ours)
      if (!found.has(id) && !own.has(deliveryKey(id))) locks.release(deliveryKey(id), member)
    return free
  }

  /** Whoever looks for work asks every lane twice, the second time for what the others left over. */
  async #claimDue(request: ClaimRequest, member: Member): Promise<readonly ClaimedDelivery[]> {
    const place = `${String(request.lane)} ${String(request.now.getTime())} ${request.channel}`
    if (member.emptied.has(place)) return []
    const taken = await this.#options.bench.parts.claimDue(request, this.#lockedByOthers(member))
    if (taken.length < request.limit) member.emptied.add(place)
    return taken
  }

  async #claimNamed({ values: [request] }: MethodCall, member: Member): Promise<unknown> {
    const named = request as Parameters<StoreParts['deliveries']['claimNamed']>[0]
    const locked = new Set(this.#lockedByOthers(member))
    const ids = named.ids.filter((id) => !locked.has(id))
    return this.#options.bench.parts.parts.deliveries.claimNamed({ ...named, ids })
  }

  /** On the same connection Postgres does not see them as locked. */
  #lockedByOthers(member: Member): readonly string[] {
    return this.#members.flatMap((other) =>
      other === member
        ? []
        : [...this.#options.locks.heldBy(other)].flatMap((key) =>
            key.startsWith(deliveryPrefix) ? [key.slice(deliveryPrefix.length)] : [],
          ),
    )
  }

  /** The first failure counts; what failed with it, in the same statement, is as suspicious. */
  #fail(error: unknown, member?: Member): void {
    this.#failure ??= { error }
    this.#options.bench.shut()
    if (member !== undefined && !isAfterFailure(error)) this.#suspects.add(member.place)
  }

  /** Ends when no call is under way any more: one that is sent after the transaction would be written by itself. */
  async #quiet(): Promise<void> {
    if (this.#callsUnderWay === 0) return
    await new Promise<void>((resolve) => {
      this.#onQuiet = resolve
    })
  }
}

function lockKey(part: string, name: string): string {
  return `${part}:${name}`
}

const deliveryPrefix = 'deliveries '

function deliveryKey(id: string): string {
  return `${deliveryPrefix}${id}`
}

const unfinished = {
  kind: 'refused',
  error: new InviteMeError('INTERNAL', 'A transaction ended without a result.'),
} as const

function tooSlow(): InviteMeError {
  return new InviteMeError(
    'STORE_BUSY',
    `A transaction was given up because it did not end within ${String(longestMs / 1_000)} s. Nothing of it was written; do less at once.`,
    { field: 'store' },
  )
}
