import { faultsOf, type Fault, type ProviderName } from './fault-plan.ts'

/** What a provider saw of one message. */
export interface CallRecord {
  /** Calls that came far enough to name the recipient. */
  calls: number
  /** Calls whose message arrived to the last byte. */
  arrived: number
  /** Calls whose message the provider took: a person would have it so many times. */
  taken: number
  /** When each call began, in milliseconds since the epoch. */
  readonly begunAtMs: number[]
  /** Idempotency keys or Message-IDs it came with. */
  readonly keys: Set<string>
}

/** One call, from its beginning to its end. */
export interface Call {
  readonly fault: Fault
  arrive(key: string): void
  take(): void
  /** The provider answers, or cuts the connection by plan. */
  settle(): void
  /** The connection is gone. */
  end(): void
}

/** The providers' side of the ledger: every call, whatever becomes of the caller. */
export class CallLedger {
  readonly #seed: number
  readonly #records = new Map<string, CallRecord>()
  readonly #watchers = new Set<() => void>()
  #abandoned = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Calls whose caller went away before the provider had answered. */
  get abandoned(): number {
    return this.#abandoned
  }

  /** Begins a call; its fault is the next one planned for this message at this provider. */
  begin(provider: ProviderName, address: string): Call {
    const record = this.of(provider, address)
    const faults = faultsOf(this.#seed, provider, address)
    const fault = faults[Math.min(record.calls, faults.length - 1)] ?? 'ok'
    record.calls += 1
    record.begunAtMs.push(Date.now())
    for (const tell of this.#watchers) tell()
    let isOver = false
    return {
      fault,
      arrive: (key) => {
        record.arrived += 1
        record.keys.add(key)
      },
      take: () => {
        record.taken += 1
      },
      settle: () => {
        isOver = true
      },
      end: () => {
        if (!isOver) this.#abandoned += 1
        isOver = true
      },
    }
  }

  of(provider: ProviderName, address: string): CallRecord {
    const name = `${provider} ${address}`
    const known = this.#records.get(name)
    if (known !== undefined) return known
    const record: CallRecord = { calls: 0, arrived: 0, taken: 0, begunAtMs: [], keys: new Set() }
    this.#records.set(name, record)
    return record
  }

  /** Resolves with the next call that begins. */
  nextCall(): Promise<void> {
    return new Promise((resolve) => {
      const tell = () => {
        this.#watchers.delete(tell)
        resolve()
      }
      this.#watchers.add(tell)
    })
  }

  /** Sum of one figure over all messages. */
  total(figure: 'calls' | 'arrived' | 'taken'): number {
    return [...this.#records.values()].reduce((sum, record) => sum + record[figure], 0)
  }
}
