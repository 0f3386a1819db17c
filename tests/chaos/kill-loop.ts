import type { InviteMe } from '@invite-me/core'
import type { CallLedger } from './call-ledger.ts'
import { acceptPlanned } from './engine.ts'
import type { Moment } from './hook-channel.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'
import type { WorkerNews, WorkerOptions } from './worker.ts'

/** Messages of a worker's pipe that wait for its word at once. */
const mostUnanswered = 50
const moments: readonly Moment[] = ['before-call', 'before-answer', 'after-answer']

/** What a kill loop is run with. */
export interface KillLoopOptions {
  readonly messages: number
  readonly kills: number
  readonly random: () => number
  readonly worker: WorkerOptions
  /** An engine of the parent on the same file that accepts and does not send. */
  readonly doorkeeper: InviteMe
  readonly ledger: CallLedger
}

/** What the clients were told, and what happened to the workers. */
export interface KillLog {
  /** Ids of the messages by their place in the plan, as told to whoever sent them: the promise to be kept. */
  readonly accepted: ReadonlyMap<number, string>
  readonly acceptedByPipe: number
  readonly kills: number
  /** Kills that hit a worker with a call under way at a provider. */
  readonly killsWithCalls: number
  /** From the start of a worker after a kill to its first call at a provider. */
  readonly restartMs: readonly number[]
}

/**
 * Sends messages through workers that are killed again and again, half of them over the worker's pipe and half through
 * another engine on the same file, and leaves the last worker at work.
 */
export async function runKillLoop(options: KillLoopOptions): Promise<{
  readonly log: KillLog
  readonly worker: WorkerProcess
}> {
  const { messages, kills, random, ledger } = options
  const clients = new Clients(options)
  const restartMs: number[] = []
  let killsWithCalls = 0
  let worker = await clients.startWorker()
  for (let kill = 1; kill <= kills; kill += 1) {
    const feeding = clients.feed(Math.floor((messages * kill) / (kills + 1)))
    const { abandoned } = ledger
    const killing = killInTime(worker, random, ledger)
    await worker.gone
    killing.callOff()
    const begin = performance.now()
    // Some die at a point of their own choosing, soon after they begin.
    const moment = kill % 3 === 0 ? moments[Math.floor(random() * moments.length)] : undefined
    const killAt = moment === undefined ? {} : { killAt: { moment, passes: 1 + Math.floor(random() * 150) } }
    void ledger.nextCall().then(() => restartMs.push(performance.now() - begin))
    worker = await clients.startWorker(kill === kills ? {} : killAt)
    await feeding
    if (ledger.abandoned > abandoned) killsWithCalls += 1
  }
  await clients.feed(messages)
  await clients.allAccepted()
  const { accepted, acceptedByPipe } = clients
  return { log: { accepted, acceptedByPipe, kills, killsWithCalls, restartMs }, worker }
}

/**
 * Kills a worker after a while: one of four from when its engine is open, while it may still take up the work of those before it,
 * the others from its next call at a provider, since a busy machine takes its time until then.
 */
function killInTime(
  worker: WorkerProcess,
  random: () => number,
  ledger: CallLedger,
): { readonly callOff: () => void } {
  const afterMs = 50 + random() * 750
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const arm = (): void => {
    if (!isOver) timer = setTimeout(worker.signal, afterMs, 'SIGKILL')
  }
  const begin = random() < 0.25 ? Promise.resolve() : Promise.race([ledger.nextCall(), worker.gone])
  void begin.then(arm)
  return {
    callOff: () => {
      isOver = true
      clearTimeout(timer)
    },
  }
}

/** Those who send: they keep what they were promised, and ask again, with the same key, what they got no answer to. */
class Clients {
  readonly accepted = new Map<number, string>()
  acceptedByPipe = 0
  readonly #options: KillLoopOptions
  readonly #unanswered = new Set<number>()
  readonly #refusals: string[] = []
  #next = 0
  #goal = 0
  #worker: WorkerProcess | undefined
  #tellAllAccepted: () => void = () => undefined

  constructor(options: KillLoopOptions) {
    this.#options = options
  }

  async startWorker(more: Partial<WorkerOptions> = {}): Promise<WorkerProcess> {
    const worker = await startWorker({ ...this.#options.worker, ...more }, (news) => {
      this.#hear(news)
    })
    this.#worker = worker
    for (const index of this.#unanswered) worker.accept(index)
    this.#pour()
    return worker
  }

  /** Lets messages be sent up to a place in the plan; waits for those that take the other way in. */
  async feed(goal: number): Promise<void> {
    const doorkeeperShare: number[] = []
    for (let index = this.#goal; index < goal; index += 1) if (index % 2 === 1) doorkeeperShare.push(index)
    this.#goal = goal
    this.#pour()
    const sender = async () => {
      for (let index = doorkeeperShare.pop(); index !== undefined; index = doorkeeperShare.pop())
        this.#keep(index, await acceptPlanned(this.#options.doorkeeper, index))
    }
    await Promise.all(Array.from({ length: 10 }, sender))
  }

  /** Resolves when nobody waits for an answer any more. */
  async allAccepted(): Promise<void> {
    if (this.accepted.size < this.#options.messages)
      await new Promise<void>((resolve) => {
        this.#tellAllAccepted = resolve
      })
    if (this.#refusals.length > 0) throw new Error(`Refused: ${this.#refusals.slice(0, 3).join('; ')}`)
  }

  #pour(): void {
    while (this.#unanswered.size < mostUnanswered && this.#next < this.#goal) {
      if (this.#next % 2 === 0) {
        this.#unanswered.add(this.#next)
        this.#worker?.accept(this.#next)
      }
      this.#next += 1
    }
  }

  #hear(news: WorkerNews): void {
    if (news.kind === 'ready') return
    this.#unanswered.delete(news.index)
    if (news.kind === 'refused') this.#refusals.push(news.error)
    else {
      this.acceptedByPipe += 1
      this.#keep(news.index, news.messageId)
    }
    this.#pour()
  }

  #keep(index: number, messageId: string): void {
    this.accepted.set(index, messageId)
    if (this.accepted.size + this.#refusals.length >= this.#options.messages) this.#tellAllAccepted()
  }
}
