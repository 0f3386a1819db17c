import { InviteMeError } from '../model/error.ts'
import type { Lane } from '../model/lane.ts'
import type { Message } from '../model/message.ts'
import type { SendOutcome } from '../model/outcome.ts'
import type { SendContext } from '../ports/channel.ts'
import type { NextDue } from '../ports/store.ts'
import type { TraceParent } from '../ports/tracer.ts'
import type { World } from '../ports/world.ts'
import type { WorkItem } from '../model/work-item.ts'
import { newId } from '../rules/uuid.ts'
import { AbandonedWatch } from './abandoned-watch.ts'
import { followUp } from './follow-up.ts'
import { editKey, editLane, settleEdit, takeEdits, type ReadyEdit } from './edit-sent.ts'
import { Gate } from './gate.ts'
import { HandedWork } from './handed-work.ts'
import { leaveStranded } from './leave-stranded.ts'
import { rememberMessage, type MessageCache } from './message-cache.ts'
import { recoverAbandoned } from './recover.ts'
import { callChannel, sendAttempt } from './send-attempt.ts'
import { settleAttempt } from './settle-attempt.ts'
import { Stopping } from './stopping.ts'
import type { ReadySend } from './prepare-send.ts'
import { takeWork, type Lease, type Look } from './take-work.ts'
import { WaitingRoom } from './waiting-room.ts'
import { sendTraced, tellNotTaken, tellTaken } from './trace-work.ts'
import { isWorthAWord } from '../rules/worth-a-word.ts'

/** Longest pause between two tries to write an outcome down; they double from 100 ms. */
const longestSettlePauseMs = 1_000

/** How long an outcome, or the next look, waits for others to be written with it while sends are under way. */
const companyMs = 4

/** How long work that was handed over waits for a free place; then it is let go, and soon handed out again by whoever did. */
const longestHoldMs = 25_000

/** What a dispatcher tells those who made it. */
export interface DispatchHooks {
  /** After each transaction that may have made events true. */
  readonly onCommit: () => void
  /** After a message was accepted whose provider reports later: a report may have been faster than our own record. */
  readonly onAccepted: (channel: string, ids: readonly string[]) => Promise<void>
}

/** What falls due next, as the last look found it. */
interface Upcoming {
  readonly deliveries: readonly NextDue[]
  /** Of the edits of all channels; `Infinity` when there is none. */
  readonly editAtMs: number
}

/** What a dispatcher does of the work. */
export interface DispatchParts {
  /** Calls the channels. */
  readonly send: boolean
  /** Does what falls due without a channel: deadlines, reminders, the work of dead workers. */
  readonly chores: boolean
}

/** The loop that sends what is due. Several dispatchers, in this process or others, may work on one store. */
export class Dispatcher {
  readonly #world: World
  readonly #gates: ReadonlyMap<string, Gate>
  /** The name leases are taken under. A new one when nobody knows whether a look was written, so that what it took is found. */
  #worker: string
  /** Sends not yet written down, by the name they were taken under. */
  readonly #busy = new Map<string, number>()
  readonly #cache: MessageCache = new Map()
  readonly #stopping = new Stopping()
  readonly #underWay = new Set<Promise<void>>()
  readonly #hooks: DispatchHooks
  readonly #parts: DispatchParts
  /** Absent when no work is handed to it, so that it looks for all of it. */
  readonly #handed: HandedWork | undefined
  readonly #rooms: ReadonlyMap<string, WaitingRoom>
  #isRunning = false
  #isLooking = false
  #lookAgain = false
  #looking: Promise<void> = Promise.resolve()
  #callOffTimer: () => void = () => undefined
  #callOffHeartbeat: () => void = () => undefined
  readonly #abandoned: AbandonedWatch

  constructor(world: World, parts: DispatchParts, hooks: DispatchHooks) {
    this.#world = world
    this.#hooks = hooks
    this.#parts = parts
    this.#handed = world.queue.promises.carriesWork ? this.#expectWork() : undefined
    this.#worker = newId(world)
    this.#abandoned = new AbandonedWatch(world.settings.leaseMs)
    this.#gates = new Map([...world.channels].map(([name, channel]) => [name, new Gate(world, channel)]))
    this.#rooms = new Map([...this.#gates].map(([name, gate]) => [name, new WaitingRoom(world.clock, gate)]))
  }

  #expectWork(): HandedWork {
    return new HandedWork(this.#world.clock.now(), ({ channel, lane }) => {
      this.#world.log.warn('Due work is not handed over; it is looked for in the store until it is again', {
        channel,
        lane,
      })
    })
  }

  /** Whether a channel's provider is called at present. */
  circuit(channel: string): 'closed' | 'open' | 'half_open' {
    return this.#gates.get(channel)?.circuit ?? 'closed'
  }

  /** Begins to work. */
  start(): void {
    if (this.#isRunning || !(this.#parts.send || this.#parts.chores)) return
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

  /**
   * Takes work of one lane that was named by a queue, as places become free. What others have by now, or what finds no place in
   * time, is let go: it is still due in the store.
   *
   * @returns when it was taken or let go, and is safe without the queue
   * @throws InviteMeError `STOPPED` when the engine stops: somebody else shall have it at once
   */
  async takeNamed(place: Pick<NextDue, 'channel' | 'lane'>, items: readonly WorkItem[]): Promise<void> {
    const gate = this.#gates.get(place.channel)
    const room = this.#rooms.get(place.channel)
    const giveUpAtMs = this.#world.clock.now() + longestHoldMs
    let rest = items
    this.#handed?.hear(place, this.#world.clock.now())
    while (this.#isRunning && gate !== undefined && room !== undefined && rest.length > 0) {
      const places = await room.places(place.lane, rest.length, giveUpAtMs)
      if (places === undefined) break
      const named = rest.slice(0, places.count)
      rest = rest.slice(named.length)
      const taking = this.#takeSends(gate, this.#lease(), { named }).finally(() => {
        places.giveBack()
        // Some may have been kept for nothing.
        room.look()
      })
      if ((await taking) > 0) this.#hooks.onCommit()
      this.#handed?.hear(place, this.#world.clock.now())
    }
    if (!this.#isRunning)
      throw new InviteMeError('STOPPED', 'The engine stops and takes no more work; hand it to another one.')
  }

  /** Spares the next look the reading of a message that was just written. */
  expect(message: Message): void {
    if (this.#isRunning) rememberMessage(this.#cache, message)
  }

  /** Takes no more work and lets what is under way finish; aborts it after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isRunning = false
    this.#callOffTimer()
    for (const room of this.#rooms.values()) room.close()
    await this.#looking
    const callOff = this.#world.clock.schedule(deadlineMs, () => {
      this.#stopping.begin()
    })
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay)
    callOff()
    this.#callOffHeartbeat()
  }

  async #look(): Promise<void> {
    let next: Upcoming | undefined
    while (this.#lookAgain && this.#isRunning) {
      this.#lookAgain = false
      try {
        next = await this.#findUpcoming()
        this.#abandoned.hear(this.#world.clock.now())
        if (await this.#takeEverywhere(next)) this.#lookAgain = true
      } catch (error) {
        this.#abandoned.fail()
        this.#world.log.error('The store could not be read for due work; trying again', {
          error: error instanceof Error ? error.message : 'unknown',
        })
        this.#sleep(this.#world.settings.pollMs)
        return
      }
    }
    if (this.#isRunning && next !== undefined) this.#sleepUntil(next)
  }

  /** Two small questions spare a claim for every lane of every channel. */
  async #findUpcoming(): Promise<Upcoming> {
    const { channels, store } = this.#world
    const { chores, send } = this.#parts
    const names = send ? [...channels.keys()] : []
    const editing = names.filter((name) => channels.get(name)?.edit !== undefined)
    const [deliveries, editAt] = await Promise.all([
      store.deliveries.nextDue([...(chores ? [''] : []), ...names]),
      editing.length === 0 ? undefined : store.edits.nextDueAt(editing),
    ])
    return { deliveries, editAtMs: editAt?.getTime() ?? Infinity }
  }

  /** One look at every channel and the house's chores. @returns whether anything was found */
  async #takeEverywhere({ deliveries, editAtMs }: Upcoming): Promise<boolean> {
    const lease = this.#lease()
    const nowMs = this.#world.clock.now()
    const due = Map.groupBy(
      deliveries.filter(({ at }) => at.getTime() <= nowMs),
      ({ channel }) => channel,
    )
    const gates = this.#parts.send ? [...this.#gates.values()] : []
    const found = await Promise.all([
      this.#doChores(lease, due.has('')),
      ...gates.map((gate) =>
        gate.circuit === 'open'
          ? leaveStranded(this.#world, due.get(gate.channel.name) ?? [], lease, this.#cache)
          : 0,
      ),
      ...gates.map((gate) =>
        this.#takeFor(gate, lease, { due: due.get(gate.channel.name) ?? [], hasEdits: editAtMs <= nowMs }),
      ),
    ])
    const isAny = found.some((count) => count > 0)
    if (isAny) this.#hooks.onCommit()
    return isAny
  }

  async #doChores(lease: Lease, isDue: boolean): Promise<number> {
    if (!this.#parts.chores) return 0
    const count = isDue ? await followUp(this.#world, lease, this.#cache, this.#patienceMs(0)) : 0
    return count + (await this.#recoverNowAndThen(lease))
  }

  async #recoverNowAndThen(lease: Lease): Promise<number> {
    const now = this.#world.clock.now()
    if (!this.#abandoned.isDue(now)) return 0
    // What is still being sent under an earlier name is not abandoned.
    await this.#prolong(lease)
    const recovered = await recoverAbandoned(this.#world, lease, this.#cache)
    this.#abandoned.looked(now, recovered)
    return recovered
  }

  async #takeFor(
    gate: Gate,
    lease: Lease,
    { hasEdits, due }: { readonly hasEdits: boolean; readonly due: readonly NextDue[] },
  ): Promise<number> {
    const room = this.#rooms.get(gate.channel.name)
    room?.expectEdits(hasEdits && gate.channel.edit !== undefined)
    const slots = gate.freeSlots()
    if (slots <= 0) return 0
    const lanes = this.#lanesToLookIn(due)
    const hasSends = lanes.size > 0
    if (!(hasEdits || hasSends)) return 0
    const share = gate.shareOfEdits(slots)
    const edited = hasEdits ? await this.#takeEdits(gate, share) : 0
    const count = hasSends ? await this.#takeSends(gate, lease, { lanes }) : 0
    // A share of nothing says nothing about what waits.
    const late = hasEdits && share === 0 && count === 0 ? await this.#takeEdits(gate, gate.freeSlots()) : 0
    // Those that were due may be another channel's; who waits gets what edits have left of their share.
    room?.expectEdits(edited + late > 0 || (hasEdits && share === 0 && count > 0))
    room?.look()
    return edited + count + late
  }

  /** All that have something due, or, when work is handed over, those in which that has come to a halt. */
  #lanesToLookIn(due: readonly NextDue[]): ReadonlySet<Lane> {
    const nowMs = this.#world.clock.now()
    const own = this.#handed === undefined ? due : due.filter((next) => this.#handed?.isSilent(next, nowMs))
    return new Set(own.map(({ lane }) => lane))
  }

  async #takeSends(gate: Gate, lease: Lease, wanted: Look['wanted']): Promise<number> {
    const look = { lease, cache: this.#cache, patienceMs: this.#patienceMs(0), wanted }
    const beganMs = this.#world.clock.now()
    const { sends, count, reserved } = await takeWork(this.#world, gate, look).catch(
      async (error: unknown) => {
        // It may have been written all the same, before the connection broke: nobody would send what it took.
        if (this.#worker === lease.worker) this.#worker = newId(this.#world)
        await tellNotTaken(this.#world, error, { gate, wanted, beganMs })
        throw error
      },
    )
    gate.keep(reserved)
    const isTraced = this.#world.tracer.isOn() && sends.length > 0
    const places = isTraced ? await tellTaken(this.#world, sends, { gate, wanted, beganMs }) : undefined
    for (const send of sends) this.#send(gate, send, lease.worker, places?.get(send.delivery.id))
    return count
  }

  async #takeEdits(gate: Gate, limit: number): Promise<number> {
    const { edits, count, reserved } = await takeEdits(this.#world, gate, limit)
    gate.keep(reserved)
    for (const edit of edits) this.#edit(gate, edit)
    return count
  }

  /** @param place of the trace in which it was taken; `undefined` when it is not traced, or the message alone tells */
  #send(gate: Gate, send: ReadySend, worker: string, place: TraceParent | undefined): void {
    this.#busy.set(worker, (this.#busy.get(worker) ?? 0) + 1)
    this.#run(gate, { lane: send.message.lane, address: send.outbound.to.address }, async () => {
      const stopping = this.#stopping
      const outcome = this.#world.tracer.isOn()
        ? await sendTraced(this.#world, gate.channel, send, { place, stopping })
        : await sendAttempt(this.#world, gate.channel, send, stopping)
      this.#learn(gate, outcome)
      this.#keep(this.#settle(send, outcome).finally(() => this.#letGo(worker)))
    })
  }

  #letGo(worker: string): void {
    const left = (this.#busy.get(worker) ?? 0) - 1
    if (left > 0) this.#busy.set(worker, left)
    else this.#busy.delete(worker)
  }

  /** Prolongs the leases of what is being sent; under earlier names only, given the present one. */
  async #prolong({ until, worker }: Partial<Lease> & Pick<Lease, 'until'>): Promise<void> {
    const names = [...this.#busy.keys()].filter((name) => name !== worker)
    await Promise.all(names.map((name) => this.#world.store.deliveries.heartbeat(name, until)))
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
      this.#rooms.get(gate.channel.name)?.look()
      this.wake()
    })
  }

  /**
   * An outcome is not dropped because the disk is full: no other try of this process would take the delivery up, since a
   * worker never recovers its own. Ends when the engine gives up waiting while it stops.
   */
  async #settle(send: ReadySend, outcome: SendOutcome): Promise<void> {
    const receiptId = newId(this.#world)
    for (let attempt = 1; ; attempt += 1) {
      try {
        await settleAttempt(this.#world, send, outcome, { receiptId, patienceMs: this.#patienceMs(1) })
        this.#hooks.onCommit()
        this.wake()
        if (outcome.status === 'accepted' && outcome.providerMessageId !== undefined)
          await this.#tellAccepted(send, [outcome.providerMessageId, ...(outcome.otherIds ?? [])])
        return
      } catch (error) {
        if (isWorthAWord(attempt))
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

  #sleepUntil({ deliveries, editAtMs }: Upcoming): void {
    const { clock, settings } = this.#world
    // A channel without a free place wakes the loop itself.
    const isOpen = (channel: string): boolean =>
      channel === '' || (this.#handed === undefined && (this.#gates.get(channel)?.freeSlots() ?? 0) > 0)
    const dueMs = deliveries.flatMap(({ at, channel }) => (isOpen(channel) ? at.getTime() : []))
    const reopening = [...this.#gates.values()].flatMap((gate) => gate.reopensAtMs() ?? [])
    const canEdit = [...this.#gates.values()].some(
      (gate) => gate.channel.edit !== undefined && gate.freeSlots() > 0,
    )
    const graceMs = this.#abandoned.graceEndsAt(clock.now())
    const nextMs = Math.min(...dueMs, canEdit ? editAtMs : Infinity, graceMs, ...reopening)
    const delayMs = Math.min(Math.max(nextMs - clock.now(), 1), settings.pollMs)
    this.#abandoned.expectBy(clock.now() + delayMs)
    this.#sleep(delayMs)
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
        this.#prolong({ until: this.#lease().until }).catch((error: unknown) => {
          this.#world.log.error('A sign of life could not be written', {
            error: error instanceof Error ? error.message : 'unknown',
          })
        })
        this.#beat()
      },
      { keepAlive: false },
    )
  }
}
