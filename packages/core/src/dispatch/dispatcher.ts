import type { Message } from '../model/message.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'
import { followUp } from './follow-up.ts'
import { Gate } from './gate.ts'
import { leaveStranded } from './leave-stranded.ts'
import { rememberMessage, type MessageCache } from './message-cache.ts'
import { recoverAbandoned } from './recover.ts'
import { sendAttempt } from './send-attempt.ts'
import { settleAttempt } from './settle-attempt.ts'
import { Stopping } from './stopping.ts'
import { takeWork, type Lease, type ReadySend } from './take-work.ts'

/** Longest pause between two tries to write an outcome down; they double from 100 ms. */
const longestSettlePauseMs = 1_000

/** How long an outcome, or the next look, waits for others to be written with it while sends are under way. */
const companyMs = 4

/** The loop that sends what is due. Several dispatchers, in this process or others, may work on one store. */
export class Dispatcher {
  readonly #world: World
  readonly #gates: ReadonlyMap<string, Gate>
  readonly #worker: string
  readonly #cache: MessageCache = new Map()
  readonly #stopping = new Stopping()
  readonly #underWay = new Set<Promise<void>>()
  readonly #onCommit: () => void
  #isRunning = false
  #isLooking = false
  #lookAgain = false
  #looking: Promise<void> = Promise.resolve()
  #callOffTimer: () => void = () => undefined
  #callOffHeartbeat: () => void = () => undefined
  #lookedForAbandonedMs = -Infinity

  /** @param onCommit called after each transaction that may have made events true */
  constructor(world: World, onCommit: () => void) {
    this.#world = world
    this.#onCommit = onCommit
    this.#worker = newId(world)
    this.#gates = new Map([...world.channels].map(([name, channel]) => [name, new Gate(world, channel)]))
  }

  /** Whether a channel's provider is called at present. */
  circuit(channel: string): 'closed' | 'open' | 'half_open' {
    return this.#gates.get(channel)?.circuit ?? 'closed'
  }

  /** Begins to send. */
  start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#beat()
    this.wake()
  }

  /** Looks for work now, or again when it is looking. */
  wake(): void {
    if (!this.#isRunning) return
    this.#lookAgain = true
    if (this.#isLooking) return
    this.#isLooking = true
    this.#looking = this.#look().finally(() => {
      this.#isLooking = false
    })
  }

  /** Spares the next look the reading of a message that was just written. */
  expect(message: Message): void {
    if (this.#isRunning) rememberMessage(this.#cache, message)
  }

  /** Takes no more work and lets what is under way finish; aborts it after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isRunning = false
    this.#callOffTimer()
    await this.#looking
    const callOff = this.#world.clock.schedule(deadlineMs, () => {
      this.#stopping.begin()
    })
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
    callOff()
    this.#callOffHeartbeat()
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && this.#isRunning) {
      this.#lookAgain = false
      try {
        const found = await this.#takeEverywhere()
        if (found) this.#lookAgain = true
      } catch (error) {
        this.#world.log.error('The store could not be read for due work; trying again', {
          error: error instanceof Error ? error.message : 'unknown',
        })
        this.#sleep(this.#world.settings.pollMs)
        return
      }
    }
    if (this.#isRunning) await this.#sleepUntilDue()
  }

  /** One look at every channel and the house's chores. @returns whether anything was found */
  async #takeEverywhere(): Promise<boolean> {
    const lease = this.#lease()
    const [chores, ...taken] = await Promise.all([
      this.#doChores(lease),
      ...[...this.#gates.values()].map((gate) => this.#takeFor(gate, lease)),
    ])
    if (chores || taken.some((count) => count > 0)) this.#onCommit()
    return chores || taken.some((count) => count > 0)
  }

  async #doChores(lease: Lease): Promise<boolean> {
    const count = await followUp(this.#world, lease, this.#cache, this.#patienceMs(0))
    const stranded = await this.#leaveStranded(lease)
    return (await this.#recoverNowAndThen(lease)) || count + stranded > 0
  }

  async #leaveStranded(lease: Lease): Promise<number> {
    const shut = [...this.#gates].filter(([, gate]) => gate.circuit === 'open')
    const left = await Promise.all(shut.map(([name]) => leaveStranded(this.#world, name, lease, this.#cache)))
    return left.reduce((sum, count) => sum + count, 0)
  }

  /** Dead workers are looked for at a third of the lease, so that their work goes on soon after it ran out. */
  async #recoverNowAndThen(lease: Lease): Promise<boolean> {
    const now = this.#world.clock.now()
    const isDue =
      now - this.#lookedForAbandonedMs >= Math.min(this.#world.settings.leaseMs / 3, 5_000) ||
      now < this.#lookedForAbandonedMs
    if (!isDue) return false
    const recovered = await recoverAbandoned(this.#world, lease, this.#cache)
    if (recovered === 0) this.#lookedForAbandonedMs = now
    return recovered > 0
  }

  async #takeFor(gate: Gate, lease: Lease): Promise<number> {
    if (gate.freeSlots() <= 0) return 0
    const { sends, count } = await takeWork(this.#world, gate, lease, this.#cache, this.#patienceMs(0))
    for (const send of sends) this.#send(gate, send)
    return count
  }

  #send(gate: Gate, send: ReadySend): void {
    const work = gate.run(send.message.lane, async () => {
      const outcome = await sendAttempt(
        this.#world,
        gate.channel,
        send.delivery,
        send.outbound,
        this.#stopping,
      )
      const turned = gate.learn(outcome)
      if (turned !== undefined)
        this.#world.log.warn(`The circuit of a channel is now ${turned}`, {
          channel: gate.channel.name,
          ...(outcome.status !== 'accepted' && { providerCode: outcome.providerCode }),
        })
      this.#keep(this.#settle(send, outcome))
    })
    this.#keep(work)
    // The place is free before the outcome is written down.
    void work.finally(() => {
      this.wake()
    })
  }

  /**
   * An outcome is not dropped because the disk is full: no other try of this process would take the delivery up, since a
   * worker never recovers its own. Ends when the engine gives up waiting while it stops.
   */
  async #settle(send: ReadySend, outcome: SendOutcome): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await settleAttempt(this.#world, send, outcome, this.#patienceMs(1))
        this.#onCommit()
        this.wake()
        return
      } catch (error) {
        // The first, second, fourth, eighth: a disk that is full for an hour shall not fill the log.
        if (Number.isInteger(Math.log2(attempt)))
          this.#world.log.error('An outcome could not be written', {
            deliveryId: send.delivery.id,
            attempt,
            error: error instanceof Error ? error.message : 'unknown',
          })
        if (this.#stopping.reason !== undefined) return
        const pauseMs = Math.min(50 * 2 ** attempt, longestSettlePauseMs)
        await new Promise<void>((resolve) => this.#world.clock.schedule(pauseMs, resolve))
      }
    }
  }

  /** Nobody waits for company that cannot come: only while more than `own` sends are under way. */
  #patienceMs(own: number): number {
    const sending = [...this.#gates.values()].reduce((sum, gate) => sum + gate.sending, 0)
    return sending > own ? companyMs : 0
  }

  #keep(work: Promise<void>): void {
    this.#underWay.add(work)
    const forget = () => {
      this.#underWay.delete(work)
    }
    work.then(forget, forget)
  }

  async #sleepUntilDue(): Promise<void> {
    const { clock, settings, store } = this.#world
    const due = await store.deliveries.nextDueAt(['', ...this.#openChannels()]).catch(() => undefined)
    const reopening = [...this.#gates.values()].flatMap((gate) => gate.reopensAtMs() ?? [])
    const nextMs = Math.min(due?.getTime() ?? Infinity, ...reopening)
    this.#sleep(Math.min(Math.max(nextMs - clock.now(), 1), settings.pollMs))
  }

  /** Channels with a free place; the others wake the loop themselves. */
  #openChannels(): readonly string[] {
    return [...this.#gates].filter(([, gate]) => gate.freeSlots() > 0).map(([name]) => name)
  }

  #sleep(delayMs: number): void {
    this.#callOffTimer()
    this.#callOffTimer = this.#world.clock.schedule(
      delayMs,
      () => {
        this.wake()
      },
      { keepAlive: false },
    )
  }

  #lease(): Lease {
    return { worker: this.#worker, until: new Date(this.#world.clock.now() + this.#world.settings.leaseMs) }
  }

  #beat(): void {
    this.#callOffHeartbeat = this.#world.clock.schedule(
      this.#world.settings.leaseMs / 3,
      () => {
        if (this.#underWay.size > 0) {
          this.#world.store.deliveries
            .heartbeat(this.#worker, this.#lease().until)
            .catch((error: unknown) => {
              this.#world.log.error('A sign of life could not be written', {
                error: error instanceof Error ? error.message : 'unknown',
              })
            })
        }
        this.#beat()
      },
      { keepAlive: false },
    )
  }
}
