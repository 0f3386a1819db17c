import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallLedger } from './call-ledger.ts'
import { slowMs } from './fault-plan.ts'

/** A provider at work on loopback. */
export interface Provider {
  readonly port: number
  close(): Promise<void>
}

/**
 * Starts an HTTP provider that fails by plan. It knows a message by the header `x-address`; the message itself follows only
 * after `100 Continue`, so that a caller knows whether its bytes had left when a connection is cut.
 */
export async function startHttpProvider(ledger: CallLedger): Promise<Provider> {
  const server = createServer({ keepAliveTimeout: 60_000 })
  server.on('checkContinue', (request, response) => {
    void answer(ledger, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

async function answer(ledger: CallLedger, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = ledger.begin('hook', String(request.headers['x-address']))
  const { socket } = request
  socket.once('close', call.end)
  request.on('error', () => undefined)
  const finish = (status: number, headers: Readonly<Record<string, string>> = {}) => {
    call.settle()
    socket.off('close', call.end)
    response.writeHead(status, headers).end()
  }
  const cut = () => {
    call.settle()
    socket.destroy()
  }
  if (call.fault === 'cut-before') {
    cut()
    return
  }
  response.writeContinue()
  const isComplete = await readToEnd(request)
  if (!isComplete) return
  call.arrive(String(request.headers['x-idempotency-key']))
  switch (call.fault) {
    case 'cut-after':
      cut()
      break
    case 'silent':
      call.take()
      cut()
      break
    case 'limited':
      finish(429, { 'retry-after': '1' })
      break
    case 'broken':
      finish(503)
      break
    case 'refused':
      finish(410)
      break
    case 'slow':
      call.take()
      setTimeout(finish, slowMs, 200)
      break
    case 'ok':
      call.take()
      finish(200)
      break
  }
}

/** @returns whether the whole message came, rather than the end of its sender */
async function readToEnd(request: IncomingMessage): Promise<boolean> {
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) void chunk
    return request.complete
  } catch {
    return false
  }
}
