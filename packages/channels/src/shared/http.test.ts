import { guardedFetch, type GuardOptions } from '@invite-me/core/guarded-fetch'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { outcomeOfSilence, request } from './http.ts'

describe('together with a guard', () => {
  const post = (url: string, options: GuardOptions, signal = AbortSignal.timeout(2_000)) =>
    request(url, { method: 'POST', body: '{}', signal, fetch: guardedFetch(options) })

  test('what was refused was not sent', async () => {
    const reply = await post('https://10.0.0.1/', {})
    expect(reply).toEqual({ ok: false, isSent: false, code: 'ADDRESS_REFUSED' })
    if (!reply.ok) expect(outcomeOfSilence(reply).status).toBe('retryable')
  })

  test('a name that is not resolved in time was not sent', async () => {
    const resolve = () => new Promise<never>(() => undefined)
    const reply = await post('https://hooks.guests.test/', { resolve }, AbortSignal.timeout(50))
    expect(reply).toMatchObject({ ok: false, isSent: false })
  })

  test('what was taken and never answered may have been sent', async () => {
    const server = createServer((incoming) => incoming.socket.destroy()).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const loopback: GuardOptions = { allowHttp: true, ports: 'any', isAllowed: () => true }
    expect(await post(`http://127.0.0.1:${String(port)}/`, loopback)).toMatchObject({
      ok: false,
      isSent: true,
    })
  })
})
