import type { Message } from '../model/message.ts'
import type { WorkItem } from '../model/work-item.ts'
import type { DueHint } from '../ports/queue.ts'
import type { World } from '../ports/world.ts'
import { Dispatcher, type DispatchHooks, type DispatchParts } from './dispatcher.ts'
import { Relay } from './relay.ts'

/** What one process does of the work, and how it is woken: by its own commits, by a queue, by other processes. */
export class Workshop {
  readonly #world: World
  readonly #dispatcher: Dispatcher
  /** Hands work to a queue that carries it; absent when there is none, or another process does it. */
  readonly #relay: Relay | undefined
  readonly #parts: DispatchParts
  #endings: Promise<readonly (() => Promise<void>)[]> | undefined

  constructor(world: World, parts: DispatchParts, hooks: DispatchHooks) {
    this.#world = world
    this.#parts = parts
    this.#relay = parts.chores && world.queue.promises.carriesWork ? new Relay(world) : undefined
    const onCommit = (): void => {
      hooks.onCommit()
      // A chore, or a send that failed, may have made the next one due.
      this.#relay?.wake()
    }
    this.#dispatcher = new Dispatcher(world, parts, { ...hooks, onCommit })
  }

  /** Begins to work, and to listen for work. */
  start(): void {
    if (this.#endings !== undefined || !(this.#parts.send || this.#parts.chores)) return
    this.#endings = this.#listen().catch((error: unknown) => {
      this.#world.log.error('Nobody tells this process of work; it looks by itself', {
        error: error instanceof Error ? error.message : 'unknown',
      })
      return []
    })
    this.#dispatcher.start()
    this.#relay?.start()
  }

  /** Looks for work now. */
  wake(): void {
    this.#dispatcher.wake()
    this.#relay?.wake()
  }

  /** Looks for work now, and tells other processes to. */
  announce(): void {
    this.wake()
    this.#world.notifier.notify('due')
  }

  /** Something was accepted here: its message need not be read again, and can be handed out. */
  expect(message: Message): void {
    this.#dispatcher.expect(message)
    this.#relay?.wake()
  }

  /** Whether a channel's provider is called at present, as far as this process knows. */
  circuit(channel: string): 'closed' | 'open' | 'half_open' {
    return this.#dispatcher.circuit(channel)
  }

  /** Takes no more work and lets what is under way finish; aborts it after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    // A broker that is away keeps the relay for seconds; meanwhile nothing more is taken.
    await Promise.all([this.#relay?.stop(), this.#dispatcher.stop(deadlineMs)])
    const endings = await this.#endings
    await Promise.allSettled((endings ?? []).map((end) => end()))
  }

  async #listen(): Promise<readonly (() => Promise<void>)[]> {
    const ended = await this.#world.notifier.listen((notice) => {
      if (notice === 'due') this.wake()
    })
    // What is handed over is for those who send; a mere hint is for anybody who works.
    if (!this.#parts.send && this.#world.queue.promises.carriesWork) return [ended]
    return [ended, await this.#world.queue.consume((hints) => this.#take(hints))]
  }

  async #take(hints: readonly DueHint[]): Promise<void> {
    if (hints.some(({ items }) => items === undefined)) this.#dispatcher.wake()
    const named = hints.filter(({ items }) => items !== undefined)
    const places = Map.groupBy(named, ({ channel, lane }) => `${String(lane)} ${channel}`)
    await Promise.all(
      [...places.values()].flatMap(([first, ...more]) =>
        first === undefined ? [] : [this.#dispatcher.takeNamed(first, itemsOf([first, ...more]))],
      ),
    )
  }
}

function itemsOf(hints: readonly DueHint[]): readonly WorkItem[] {
  return hints.flatMap(({ items = [] }) => items)
}
