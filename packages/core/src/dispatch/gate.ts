import PQueue from 'p-queue'
import type { SendOutcome } from '../model/outcome.ts'
import type { Lane } from '../model/lane.ts'
import type { Channel } from '../ports/channel.ts'
import type { World } from '../ports/world.ts'
import { AddressBuckets, type BucketRequest, type Reservations } from './address-buckets.ts'
import { bookOutcome, circuitState, closedCircuit, type Circuit } from '../rules/circuit.ts'
import { bookEmpty, noCredits, shareSlots, type LaneCredits } from '../rules/lane-shares.ts'
import { fullBucket, refill, take, untilNextToken, type RateBucket } from '../rules/rate-bucket.ts'

const defaultConcurrency = 10
/** Clocks are corrected by a little all the time. */
const toleratedStepMs = 1_000

/** How one channel is driven by this dispatcher: how many sends at once, how fast, and whether at all. */
export class Gate {
  readonly channel: Channel
  readonly #world: World
  readonly #sends: PQueue
  readonly #concurrency: number
  #circuit: Circuit = closedCircuit
  readonly #addresses: AddressBuckets
  #bucket: RateBucket | undefined
  #pausedUntilMs = 0
  #latestMs = -Infinity
  #credits: LaneCredits = noCredits
  #editCredit = 0
  /** Places kept for what is being taken. */
  #kept = 0

  constructor(world: World, channel: Channel) {
    this.channel = channel
    this.#world = world
    this.#concurrency = channel.limits?.concurrency ?? defaultConcurrency
    this.#sends = new PQueue({ concurrency: this.#concurrency })
    this.#addresses = new AddressBuckets(channel)
  }

  /** Whether the provider is called at present. */
  get circuit(): 'closed' | 'open' | 'half_open' {
    return circuitState(this.#circuit, this.#now())
  }

  /** Sends that were begun and have not ended. */
  get sending(): number {
    return this.#sends.pending
  }

  /** How many more deliveries may be taken now. */
  freeSlots(): number {
    const now = this.#now()
    const state = this.circuit
    if (state === 'open' || now < this.#pausedUntilMs) return 0
    const held = this.#sends.size + this.#sends.pending + this.#kept
    if (state === 'half_open') return held === 0 ? 1 : 0
    return Math.max(0, Math.min(this.#concurrency - held, this.#tokens(now) - this.#kept))
  }

  /**
   * Keeps free places while deliveries for them are taken, so that whoever takes others at the same time does not count on them.
   *
   * @returns gives them back; by then the sends have begun
   */
  keepPlaces(count: number): () => void {
    this.#kept += count
    return () => {
      this.#kept -= count
    }
  }

  /** When a slot may free itself by time alone; `undefined` when only a finished send frees one. */
  reopensAtMs(): number | undefined {
    const now = this.#now()
    const { rate } = this.channel.limits ?? {}
    const moments = [this.circuit === 'open' ? (this.#circuit.retryAtMs ?? 0) : 0, this.#pausedUntilMs]
    if (rate !== undefined && this.#bucket !== undefined)
      moments.push(now + untilNextToken(refill(this.#bucket, rate, now), rate))
    const latest = Math.max(...moments)
    return latest > now ? latest : undefined
  }

  /** Divides slots over the lanes; see `shareSlots`. */
  share(slots: number): LaneCredits {
    const { quota, credits } = shareSlots(this.#credits, slots)
    this.#credits = credits
    return quota
  }

  /** Of free slots, those that edits are offered before sends: half of them over time, so that neither keeps the other waiting. */
  shareOfEdits(slots: number): number {
    const owed = this.#editCredit + slots / 2
    this.#editCredit = owed % 1
    return Math.floor(owed)
  }

  /** Books a lane that had less work than its share. */
  bookEmpty(lane: Lane): void {
    this.#credits = bookEmpty(this.#credits, lane)
  }

  /** Milliseconds until a send to this address may leave by the channel's inner limits; see {@link AddressBuckets}. */
  reserve(request: BucketRequest, reserved: Reservations): number {
    return this.#addresses.reserve(request, reserved, this.#now())
  }

  /** Keeps what was reserved, once the look that did is written down. */
  keep(reserved: Reservations): void {
    this.#addresses.keep(reserved, this.#now())
  }

  /** Runs a send as soon as a place is free, urgent lanes first. */
  run(lane: Lane, address: string, send: () => Promise<void>): Promise<void> {
    if (this.#bucket !== undefined) this.#bucket = take(this.#bucket, 1)
    this.#addresses.book(address, this.#now())
    return this.#sends.add(send, { priority: -lane })
  }

  /** Learns from an outcome. Returns the circuit's state when it changed. */
  learn(outcome: SendOutcome): 'closed' | 'open' | undefined {
    const now = this.#now()
    if (outcome.status === 'rate_limited' && outcome.scope !== 'recipient')
      this.#pausedUntilMs = Math.max(this.#pausedUntilMs, now + outcome.retryAfterMs)
    const before = this.#circuit.retryAtMs
    this.#circuit = bookOutcome(this.#circuit, outcome, now, this.#world.settings.policies.circuit)
    if (this.#circuit.retryAtMs === before) return undefined
    return this.#circuit.retryAtMs === null ? 'closed' : 'open'
  }

  /** Resolves when no send is under way. */
  idle(): Promise<void> {
    return this.#sends.onIdle()
  }

  /** When the clock was set back, a pause counted by it would last that much longer; it ends instead. */
  #now(): number {
    const now = this.#world.clock.now()
    if (now < this.#latestMs - toleratedStepMs) {
      this.#pausedUntilMs = Math.min(this.#pausedUntilMs, now)
      const { retryAtMs } = this.#circuit
      if (retryAtMs !== null) this.#circuit = { ...this.#circuit, retryAtMs: Math.min(retryAtMs, now) }
    }
    this.#latestMs = now
    return now
  }

  #tokens(now: number): number {
    const { rate } = this.channel.limits ?? {}
    if (rate === undefined) return Infinity
    this.#bucket = this.#bucket === undefined ? fullBucket(rate, now) : refill(this.#bucket, rate, now)
    return Math.floor(this.#bucket.tokens)
  }
}
