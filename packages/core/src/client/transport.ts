import ky from 'ky'
import { bodyOf, bodyType, type Call } from './call.ts'
import type { ClientSettings } from './client-options.ts'
import { Deadline, unlessAborted } from './deadline.ts'
import { readBody } from './read-body.ts'
import { readReply, unusable, type Try } from './read-reply.ts'
import { writeQuery } from './request-path.ts'
import { pauseBeforeRetry, type Trouble } from './retry-rule.ts'
import { InviteMeError } from '../model/error.ts'

/** Speaks with the server: deadlines, repetition, and errors made again as they were thrown there. */
export class Transport {
  readonly #settings: ClientSettings
  readonly #ending = new AbortController()

  constructor(settings: ClientSettings) {
    this.#settings = settings
  }

  /** Aborts once the client was stopped. */
  get ended(): AbortSignal {
    return this.#ending.signal
  }

  /** Ends everything under way with `STOPPED`, and refuses what comes later. */
  stop(): void {
    this.#ending.abort()
  }

  /**
   * Does a request, and again after trouble that may pass; see `pauseBeforeRetry`.
   *
   * @throws InviteMeError what the server said; `SERVER_UNREACHABLE` when nothing came of it, `WAIT_ABORTED` by the call's signal,
   *   `STOPPED` after `stop`
   */
  async call<Value = void>(call: Call<Value>): Promise<Value> {
    const { clock } = this.#settings
    if (call.absent !== undefined && typeof call.path === 'object' && call.path.isEmpty)
      return call.absent.value
    let troubledSince: number | undefined
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(call)
      if (outcome.kind === 'done') return outcome.value
      troubledSince ??= clock.now()
      const pauseMs = this.#pauseAfter(call, outcome.trouble, {
        tries,
        troubledForMs: clock.now() - troubledSince,
      })
      if (pauseMs === undefined) throw outcome.error
      await this.pause(pauseMs, call.signal)
    }
  }

  /**
   * Waits.
   * @throws InviteMeError `WAIT_ABORTED` or `STOPPED`, at once
   */
  async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { ended } = this
    await new Promise<void>((resolve) => {
      const callOff = this.#settings.clock.schedule(ms, finish)
      function finish(): void {
        callOff()
        ended.removeEventListener('abort', finish)
        signal?.removeEventListener('abort', finish)
        resolve()
      }
      ended.addEventListener('abort', finish)
      signal?.addEventListener('abort', finish)
      if (ended.aborted || signal?.aborted === true) finish()
    })
    this.#refuseEnded(signal)
  }

  #pauseAfter(
    call: Call<unknown>,
    trouble: Trouble,
    state: { readonly tries: number; readonly troubledForMs: number },
  ): number | undefined {
    // What was streamed is gone.
    if (call.stream !== undefined) return undefined
    const { retries, patienceMs, random } = this.#settings
    return pauseBeforeRetry(trouble, {
      ...state,
      retries,
      isRepeatable: call.isRepeatable ?? call.method === 'GET',
      patienceMs: call.isPatient === true ? patienceMs : 0,
      fraction: random.fraction(),
    })
  }

  async #try<Value>(call: Call<Value>): Promise<Try<Value>> {
    this.#refuseEnded(call.signal)
    const { clock, timeoutMs, url } = this.#settings
    const deadline = new Deadline(clock, timeoutMs + (call.waitMs ?? 0))
    const signals = [deadline.signal, this.ended, ...(call.signal === undefined ? [] : [call.signal])]
    const signal = AbortSignal.any(signals)
    deadline.run()
    try {
      return await unlessAborted(signal, this.#exchange(call, deadline, signal))
    } catch (cause) {
      this.#refuseEnded(call.signal)
      if (cause instanceof InviteMeError) throw cause
      const problem = deadline.signal.aborted ? 'it did not answer in time' : 'it cannot be reached'
      return unusable(url, problem, { cause })
    } finally {
      deadline.end()
    }
  }

  async #exchange<Value>(call: Call<Value>, deadline: Deadline, signal: AbortSignal): Promise<Try<Value>> {
    const { url, fetch, clock } = this.#settings
    const headers = await this.#headers(call)
    const path = typeof call.path === 'string' ? call.path : call.path.write()
    const wait = call.waitMs === undefined ? {} : { wait: `${String(Math.round(call.waitMs / 1_000))}s` }
    const response = await ky(`${url}${path}${writeQuery({ ...call.query, ...wait })}`, {
      method: call.method,
      headers,
      ...bodyOf(call, deadline),
      fetch,
      signal,
      // A key must not follow to a server nobody named.
      redirect: 'manual',
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
    })
    const text = await readBody(response, signal)
    return readReply(call, { response, text }, { url, nowMs: clock.now() })
  }

  async #headers(call: Call<unknown>): Promise<Headers> {
    const token = await this.#token()
    const headers = new Headers({ accept: 'application/json, application/problem+json' })
    try {
      headers.set('authorization', `Bearer ${token}`)
    } catch {
      // The runtime's own error would repeat the key.
      throw new InviteMeError('OPTIONS_INVALID', '"key" gave something that cannot be a key.', {
        field: 'key',
      })
    }
    const type = bodyType(call)
    if (type !== undefined) headers.set('content-type', type)
    return headers
  }

  async #token(): Promise<string> {
    const { key } = this.#settings
    if (typeof key === 'string') return key
    try {
      return await key()
    } catch (cause) {
      throw new InviteMeError(
        'UNAUTHENTICATED',
        'The function "key" failed, so there is no key to call with.',
        {
          field: 'key',
          cause,
        },
      )
    }
  }

  #refuseEnded(signal: AbortSignal | undefined): void {
    if (this.ended.aborted)
      throw new InviteMeError('STOPPED', 'This client was stopped; make a new one with connect.')
    if (signal?.aborted === true)
      throw new InviteMeError('WAIT_ABORTED', 'The wait was called off. What was waited for goes on.', {
        cause: signal.reason,
      })
  }
}
