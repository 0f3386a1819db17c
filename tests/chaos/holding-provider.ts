import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Provider } from './http-provider.ts'

/** One call whose message has arrived and that waits for its answer. */
export interface HeldCall {
  readonly address: string
  /** Says that the message was taken. */
  answer(): void
}

/** A provider that reads every message and answers when it is told to. */
export interface HoldingProvider extends Provider {
  /** Calls so far, in order of arrival. */
  readonly calls: readonly HeldCall[]
  /** Resolves when so many calls have come; rejects after `timeoutMs`. */
  waitFor(count: number, timeoutMs: number): Promise<readonly HeldCall[]>
}

/** Starts an HTTP provider that holds every call. */
export async function startHoldingProvider(): Promise<HoldingProvider> {
  const calls: HeldCall[] = []
  const watchers = new Set<() => void>()
  const hold = (address: string, response: ServerResponse) => {
    calls.push({ address, answer: () => void response.writeHead(200).end() })
    for (const look of watchers) look()
  }
  const server = createServer()
  server.on('checkContinue', (request, response) => {
    response.writeContinue()
    request.on('error', () => undefined)
    request.once('end', () => {
      hold(String(request.headers['x-address']), response)
    })
    request.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    waitFor: (count, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          watchers.delete(look)
          reject(
            new Error(
              `${String(calls.length)} of ${String(count)} calls came within ${String(timeoutMs)} ms.`,
            ),
          )
        }, timeoutMs)
        const look = () => {
          if (calls.length < count) return
          watchers.delete(look)
          clearTimeout(timer)
          resolve(calls)
        }
        watchers.add(look)
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
