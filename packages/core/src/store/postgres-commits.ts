import type { StoreParts, TransactionOptions } from '../ports/store.ts'
import type { ClaimMemory } from './postgres-claims.ts'
import { codeOf, isWorthRetrying } from './postgres-error.ts'
import { runGroup, type Ending, type Holder, type Verdict, type Work } from './postgres-group.ts'
import { Locks } from './postgres-locks.ts'
import type { PostgresPool } from './postgres-pool.ts'
import type { PostgresSession } from './postgres-session.ts'
import { TransactionOver, Workbench } from './postgres-workbench.ts'

/** Transactions that share one commit at most; bounds how long one waits for the others. */
const mostPerCommit = 1_000
/** Groups at work at once; more only make smaller groups. */
const mostGroups = 4
/** While a group is at work, this many that wait begin another one … */
const enoughForAnother = 200
/** … or one that has waited this long, in ms. */
const patienceBesideMs = 5
/** Transactions at once that share their commit with nobody. */
const mostAlone = 4
/** How often a transaction is begun again that others were faster than. */
const mostTries = 5
/** Times a transaction that has locked something itself gives way to others of this process; then it waits in the database. */
const mostDeferrals = 20

interface Waiting {
  readonly work: Work
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
  /** Shares its commit with nobody, and waits in the database for what others have. */
  isAlone: boolean
  entanglements: number
}

/** What transactions are run with. */
export interface CommitsOptions {
  readonly pool: PostgresPool
  readonly schema: string
  readonly memory: ClaimMemory
  /** Puts a failure of the database into words. */
  readonly explain: (error: unknown) => unknown
}

/**
 * Lets transactions that wait at the same time run together and share one commit, since round trips and the wait for the
 * disk are what a transaction costs. When a group cannot be kept, those to blame are run again alone and the others
 * together, so `work` may run more than once. None is told how it ended before Postgres has committed.
 */
export function postgresCommits({ pool, schema, memory, explain }: CommitsOptions) {
  const waiting: Waiting[] = []
  const waitingAlone: Waiting[] = []
  let alone = 0
  const locks = new Locks<Holder>()
  const benches = new WeakMap<PostgresSession, Workbench>()
  /** When the least patient of those waiting wants to begin; on the scale of `performance.now`. */
  let beginBy = Infinity
  let isBeginning = false
  let groups = 0
  let timer: NodeJS.Timeout | undefined
  let entangled: Promise<void> = Promise.resolve()

  const attempt = async (
    group: readonly Waiting[],
  ): Promise<Verdict | { readonly kind: 'refused'; readonly error: unknown }> => {
    let session: PostgresSession
    try {
      session = await pool.acquire()
    } catch (error) {
      return { kind: 'refused', error }
    }
    let bench = benches.get(session)
    if (bench === undefined) benches.set(session, (bench = new Workbench(session, { schema, memory })))
    try {
      const isStubborn =
        group.length === 1 &&
        group.some(({ entanglements, isAlone }) => isAlone || entanglements > mostDeferrals)
      return await runGroup(
        group.map(({ work }) => work),
        { bench, locks, isStubborn },
      )
    } finally {
      pool.release(session)
    }
  }

  const runTogether = async (group: readonly Waiting[], tries = 1): Promise<void> => {
    const verdict = await attempt(group)
    if (verdict.kind === 'committed') {
      for (const [place, one] of group.entries()) tell(one, verdict.endings[place])
      return
    }
    memory.clear()
    if (verdict.kind === 'refused') return refuse(group, verdict.error)
    if (verdict.kind === 'lost') {
      // An idle connection may have broken unnoticed: another one is worth a try, as long as nothing can be written twice.
      pool.distrust()
      if (!verdict.mayBeDone && tries === 1) return runTogether(group, 2)
      return refuse(group, verdict.error)
    }
    const [only] = group
    if (group.length === 1 && only !== undefined) return again(only, verdict.error, tries)
    if (isNobodysFault(verdict.error)) return refuse(group, verdict.error)
    for (const portion of portionsOf(group, verdict.suspects)) await runTogether(portion)
  }

  /** Another was faster, and this one will see it; or the two waited for each other. */
  const again = async (one: Waiting, error: unknown, tries: number): Promise<void> => {
    if (error instanceof TransactionOver) return disentangle(one, Promise.resolve())
    if (!isWorthRetrying(error) || tries >= mostTries) return refuse([one], error)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** tries))
    return runTogether([one], tries + 1)
  }

  const tell = (one: Waiting, ending: Ending | undefined): void => {
    if (ending?.kind === 'done') one.resolve(ending.result as never)
    else if (ending?.kind === 'elsewhere') runAlone(one)
    else if (ending?.kind === 'deferred') (ending.isEntangled ? disentangle : giveWay)(one, ending.until)
    else one.reject(explain(ending?.error))
  }

  /** Alone it may wait in the database, since nobody else waits for what it holds meanwhile but those who want the same. */
  const runAlone = (one: Waiting): void => {
    one.isAlone = true
    waitingAlone.push(one)
    while (alone < mostAlone && waitingAlone.length > 0) void runNextAlone()
  }

  const runNextAlone = async (): Promise<void> => {
    const one = waitingAlone.shift()
    if (one === undefined) return
    alone += 1
    try {
      await runTogether([one])
    } catch (error) {
      refuse([one], error)
    } finally {
      alone -= 1
      void runNextAlone()
    }
  }

  /** It is run with the next group once those it waits for have ended. */
  const giveWay = (one: Waiting, until: Promise<void>): void => {
    void until.then(() => {
      waiting.unshift(one)
      beginBy = 0
      arrange()
    })
  }

  /** Two that each hold what the other wants would give way to each other for ever: they run alone, one after the other. */
  const disentangle = (one: Waiting, until: Promise<void>): void => {
    one.entanglements += 1
    entangled = entangled
      .then(() => until)
      .then(() => runTogether([one]))
      .catch((error: unknown) => refuse([one], error))
  }

  const refuse = (group: readonly Waiting[], error: unknown): void => {
    for (const one of group) one.reject(explain(error))
  }

  const runNext = async (): Promise<void> => {
    isBeginning = false
    const group = waiting.splice(0, mostPerCommit)
    beginBy = waiting.length === 0 ? Infinity : 0
    if (group.length === 0) return
    groups += 1
    arrange()
    try {
      await runTogether(group)
    } catch (error) {
      refuse(group, error)
    } finally {
      groups -= 1
      arrange()
    }
  }

  /**
   * Begins when this turn of the event loop has brought all it brings, or when the least patient has waited enough. While
   * another group is at work it pays to wait for more.
   */
  const arrange = (): void => {
    clearTimeout(timer)
    if (isBeginning || waiting.length === 0 || groups >= mostGroups) return
    const besideMs = groups === 0 || waiting.length >= enoughForAnother ? 0 : patienceBesideMs
    const delayMs = Math.max(beginBy === 0 ? 0 : beginBy - performance.now(), besideMs)
    if (delayMs > 0 && waiting.length < mostPerCommit) {
      timer = setTimeout(begin, delayMs)
      return
    }
    begin()
  }
  const begin = (): void => {
    if (isBeginning || groups >= mostGroups) return
    isBeginning = true
    setImmediate(() => void runNext())
  }

  return {
    transaction<Result>(
      work: (parts: StoreParts) => Promise<Result>,
      { alone: isAlone = false, patienceMs = 0 }: TransactionOptions = {},
    ): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        const one = { work, resolve, reject, isAlone, entanglements: 0 }
        if (isAlone) {
          runAlone(one)
          return
        }
        waiting.push(one)
        const mine = patienceMs === 0 ? 0 : performance.now() + patienceMs
        const isDecided = mine >= beginBy && waiting.length !== enoughForAnother
        beginBy = Math.min(beginBy, mine)
        if (!isDecided) arrange()
      })
    },
  }
}

/** Those who are surely not to blame together, a single culprit alone, several suspects in halves. */
function portionsOf(
  group: readonly Waiting[],
  suspects: ReadonlySet<number>,
): readonly (readonly Waiting[])[] {
  const blamed = group.filter((_, place) => suspects.has(place))
  const others = group.filter((_, place) => !suspects.has(place))
  const half = Math.ceil(blamed.length / 2)
  // Nobody named, or everybody: then they are halved all the same, since a smaller group is nearer to the culprit.
  const [first, second, third] =
    blamed.length === 0
      ? [others.slice(0, others.length / 2), others.slice(others.length / 2), []]
      : [others, blamed.slice(0, half), blamed.slice(half)]
  return [first, second, third].filter((portion) => portion.length > 0)
}

/** The database is full, read-only, gone: trying it for each one alone would only take longer. */
function isNobodysFault(error: unknown): boolean {
  return /^(53...|25006|57P..|42501|42P01|3F000|3D000|28...|58...|E[A-Z]+|XX...)$/.test(codeOf(error) ?? '')
}
