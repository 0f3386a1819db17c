import type { Lane } from '../model/lane.ts'
import type { Message } from '../model/message.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { SendContext } from '../ports/channel.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'
import { followUp } from './follow-up.ts'
import { editKey, editLane, settleEdit, takeEdits, type ReadyEdit } from './edit-sent.ts'
import { Gate } from './gate.ts'
import { leaveStranded } from './leave-stranded.ts'
import { rememberMessage, type MessageCache } from './message-cache.ts'
import { recoverAbandoned } from './recover.ts'
import { callChannel, sendAttempt } from './send-attempt.ts'
import { settleAttempt } from './settle-attempt.ts'
import { Stopping } from './stopping.ts'
import type { ReadySend } from './prepare-send.ts'
import { takeWork, type Lease } from './take-work.ts'

/** Longest pause between two tries to write an outcome down; they double from 100 ms. */
const longestSettlePauseMs = 1_000

/** How long an outcome, or the next look, waits for others to be written with it while sends are under way. */
const companyMs = 4

/** What a dispatcher tells those who made it. */
export interface DispatchHooks {
  /** After each transaction that may have made events true. */
  readonly onCommit: () => void
  /** After a message was accepted whose provider reports later: a report may have been faster than our own record. */
  readonly onAccepted: (channel: string, ids: readonly string[]) => Promise<void>
}

/** The loop that sends what is due. Several dispatchers, in this process or others, may work on one store. */
export class Dispatcher {
  readonly #world: World
  readonly #gates: ReadonlyMap<string, Gate>
  readonly #worker: string
  readonly #cache: MessageCache = new Map()
  readonly #stopping = new Stopping()
  readonly #underWay = new Set<Promise<void>>()
  readonly #hooks: DispatchHooks
  #isRunning = false
  #isLooking = false
  #lookAgain = false
  #looking: Promise<void> = Promise.resolve()
  #callOffTimer: () => void = () => undefined
  #callOffHeartbeat: () => void = () => undefined
  #lookedForAbandonedMs = -Infinity

  constructor(world: World, hooks: DispatchHooks) {
    this.#world = world
    this.#hooks = hooks
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
    if (chores || taken.some((count) => count > 0)) this.#hooks.onCommit()
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
    const slots = gate.freeSlots()
    if (slots <= 0) return 0
    const share = gate.shareOfEdits(slots)
    const edited = await this.#takeEdits(gate, share)
    const { sends, count, reserved } = await takeWork(
      this.#world,
      gate,
      lease,
      this.#cache,
      this.#patienceMs(0),
    )
    gate.keep(reserved)
    for (const send of sends) this.#send(gate, send)
    // A share of nothing says nothing about what waits.
    const late = share === 0 && count === 0 ? await this.#takeEdits(gate, gate.freeSlots()) : 0
    return edited + count + late
  }

  async #takeEdits(gate: Gate, limit: number): Promise<number> {
    const { edits, count, reserved } = await takeEdits(this.#world, gate, limit)
    gate.keep(reserved)
    for (const edit of edits) this.#edit(gate, edit)
    return count
  }

  #send(gate: Gate, send: ReadySend): void {
    this.#run(gate, { lane: send.message.lane, address: send.outbound.to.address }, async () => {
      const outcome = await sendAttempt(this.#world, gate.channel, send, this.#stopping)
      this.#learn(gate, outcome)
      this.#keep(this.#settle(send, outcome))
    })
  }

  #edit(gate: Gate, ready: ReadyEdit): void {
    const { edit, planned } = ready
    const call = {
      idempotencyKey: editKey(planned),
      attempt: planned.tries,
      deliveryId: planned.deliveryId,
      make: async (context: SendContext) =>
        (await gate.channel.edit?.(edit, context)) ?? { status: 'accepted' as const },
    }
    this.#run(gate, { lane: editLane, address: edit.message.to.address }, async () => {
      const outcome = await callChannel(this.#world, gate.channel, call, this.#stopping)
      this.#learn(gate, outcome)
      this.#keep(
        settleEdit(this.#world, ready, outcome).then(
          () => {
            this.#hooks.onCommit()
            // A newer one may have waited for its end.
            this.wake()
          },
          (error: unknown) => {
            // It is still planned and comes back when its lease has run out.
            this.#world.log.error('An edit could not be written down', {
              deliveryId: planned.deliveryId,
              error: error instanceof Error ? error.message : 'unknown',
            })
          },
        ),
      )
    })
  }

  #learn(gate: Gate, outcome: SendOutcome): void {
    const turned = gate.learn(outcome)
    if (turned === undefined) return
    this.#world.log.warn(`The circuit of a channel is now ${turned}`, {
      channel: gate.channel.name,
      ...(outcome.status !== 'accepted' && { providerCode: outcome.providerCode }),
    })
  }

  #run(
    gate: Gate,
    { lane, address }: { readonly lane: Lane; readonly address: string },
    call: () => Promise<void>,
  ): void {
    const work = gate.run(lane, address, call)
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
        this.#hooks.onCommit()
        this.wake()
        if (outcome.status === 'accepted' && outcome.providerMessageId !== undefined)
          await this.#tellAccepted(send, [outcome.providerMessageId, ...(outcome.otherIds ?? [])])
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

  /** Not only reports: somebody may press a button before our own record is written. */
  async #tellAccepted({ attempt }: ReadySend, ids: readonly string[]): Promise<void> {
    if (this.#world.channels.get(attempt.channel)?.receive === undefined) return
    await this.#hooks.onAccepted(attempt.channel, ids).catch((error: unknown) => {
      this.#world.log.error('Reports that came early could not be looked for', {
        channel: attempt.channel,
        error: error instanceof Error ? error.message : 'unknown',
      })
    })
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
    const open = this.#openChannels()
    const editing = open.filter((name) => this.#world.channels.get(name)?.edit !== undefined)
    const [dueDelivery, dueEdit] = await Promise.all([
      store.deliveries.nextDueAt(['', ...open]).catch(() => undefined),
      editing.length === 0 ? undefined : store.edits.nextDueAt(editing).catch(() => undefined),
    ])
    const reopening = [...this.#gates.values()].flatMap((gate) => gate.reopensAtMs() ?? [])
    const nextMs = Math.min(dueDelivery?.getTime() ?? Infinity, dueEdit?.getTime() ?? Infinity, ...reopening)
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
