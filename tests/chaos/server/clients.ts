import { setTimeout as wait } from 'node:timers/promises'
import { plannedMessage } from '../fault-plan.ts'

/** Longest time a client goes on asking; a server that is back within it accepts everything. */
const longestMs = 90_000

/** Those who send over HTTP: they ask again, with the same key, what they got no answer to, and keep what they were promised. */
export class HttpClients {
  /** Ids of the messages by their place in the plan, as told with the status 202. */
  readonly accepted = new Map<number, string>()
  /** How often a client had to ask again. */
  repeats = 0
  /** How often each status told a client to ask again. */
  readonly refusals = new Map<number, number>()
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Sends the messages of the plan from one place to another, 20 at once. */
  async send(from: number, to: number): Promise<void> {
    let next = from
    const client = async () => {
      while (next < to) {
        next += 1
        await this.#sendOne(next - 1)
      }
    }
    await Promise.all(Array.from({ length: 20 }, client))
  }

  async #sendOne(index: number): Promise<void> {
    const giveUpAt = performance.now() + longestMs
    for (;;) {
      const messageId = await this.#ask(index)
      if (messageId !== undefined) {
        this.accepted.set(index, messageId)
        return
      }
      if (performance.now() > giveUpAt) throw new Error(`Message ${String(index)} was not accepted in time.`)
      this.repeats += 1
      await wait(50)
    }
  }

  /** @returns the message's id when the server said 202 */
  async #ask(index: number): Promise<string | undefined> {
    const { address, key, kind, via } = plannedMessage(index)
    const to = { routes: Object.fromEntries(via.map((channel) => [channel, address])) }
    const text = `Dinner on Friday at 8? (${String(index)})`
    const body =
      kind === 'notice' ? { to, content: text, via } : { to, question: text, via, answer: { type: 'yesNo' } }
    const path = kind === 'notice' ? '/v1/messages' : '/v1/invitations'
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      const answer = (await response.json()) as { readonly messageId?: string; readonly detail?: string }
      if (response.status >= 500) {
        this.refusals.set(response.status, (this.refusals.get(response.status) ?? 0) + 1)
        return undefined
      }
      if (response.status !== 202) throw new Refused(`${String(response.status)} ${answer.detail ?? ''}`)
      return answer.messageId
    } catch (error) {
      if (error instanceof Refused) throw error
      return undefined
    }
  }
}

/** A refusal no patience helps against. */
class Refused extends Error {
  override readonly name = 'Refused'
}
