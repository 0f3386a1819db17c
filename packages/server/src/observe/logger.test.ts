import { describe, expect, it } from 'vitest'
import { createLogger, type Logger, type LogLevel } from './logger.ts'
import { redactFields, redactText } from './redact.ts'

function listening(level: LogLevel = 'debug'): {
  readonly log: Logger
  readonly lines: () => readonly object[]
} {
  const texts: string[] = []
  return {
    log: createLogger({
      level,
      destination: { write: (text) => texts.push(text) },
      base: { service: 'invite-me' },
    }),
    lines: () => texts.map((text) => JSON.parse(text)),
  }
}

const secret = 'imk_0123456789_abcdefghjkmnpqrstvwxyz0123456789'

describe('the log of a server', () => {
  it('is one line of JSON for each thing it says', () => {
    const { log, lines } = listening()
    log.warn('The broker is gone\nfor now', { channel: 'email', tries: 3 })
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: 'invite-me',
        pid: process.pid,
        channel: 'email',
        tries: 3,
        message: 'The broker is gone\nfor now',
      },
    ])
  })

  it('tells requests by their route, and what machines ask only when asked to', () => {
    const { log, lines } = listening('info')
    const record = { requestId: 'r-1', method: 'POST', status: 202, durationMs: 4, keyId: 'k-1' }
    log.request({ ...record, route: 'POST /v1/messages' })
    log.request({ ...record, method: 'GET', route: 'GET /readyz', status: 200, keyId: undefined })
    log.request({ ...record, method: 'GET', route: 'GET /readyz', status: 503, keyId: undefined })
    expect(lines()).toMatchObject([
      {
        level: 'info',
        requestId: 'r-1',
        route: 'POST /v1/messages',
        status: 202,
        keyId: 'k-1',
        message: 'request',
      },
      { route: 'GET /readyz', status: 503 },
    ])
  })

  it('says nothing below its level', () => {
    const { log, lines } = listening('error')
    log.info('Started')
    log.warn('Slow')
    log.error('Broken')
    expect(lines()).toMatchObject([{ message: 'Broken' }])
  })
})

describe('what is taken out', () => {
  it.each([
    [`key ${secret} was refused`],
    ['Authorization: Bearer abc.def.ghi'],
    ['connect ECONNREFUSED amqp://guest:s3cret@rabbit:5672'],
    ['GET /r/AbCdEfGhIjKlMnOpQrSt failed'],
    ['550 5.1.1 <ann@guests.test>: no such user'],
    ['the number +44 7700 900123 is not reachable'],
    ['secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLASw'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'],
  ])('of a text: %s', (text) => {
    const told = redactText(text)
    expect(told).toContain('[redacted]')
    expect(told).not.toMatch(/imk_0|abc\.def|s3cret|AbCdEfGh|ann@|7700|MfKQ9|eyJhbG/)
  })

  it('of fields, by their names and by what they hold, however deep', () => {
    const error = Object.assign(new Error('mail to ann@guests.test failed', { cause: new Error(secret) }), {
      code: 'EAUTH',
    })
    const told = JSON.stringify(
      redactFields({
        authorization: 'x',
        headers: { Cookie: 'sid=1', 'set-cookie': ['sid=1'] },
        to: 'ann',
        details: { inner: { phone: '1', note: ['ann@guests.test'] } },
        error,
      }),
    )
    expect(told).not.toMatch(/sid=1|"ann"|ann@|imk_0/)
    expect(told).toContain('"code":"EAUTH"')
  })

  it('of nothing that is needed: ids, codes, channels, routes', () => {
    const fields = {
      deliveryId: '0198a7c2-7b1e-7cc0-8000-3f5b1c9d2e4f',
      code: 'STORE_BUSY',
      channel: 'twilio-sms',
      route: 'POST /v1/invitations/{id}/response',
      count: 12,
      at: '2026-11-22T10:00:00.000Z',
      endpoint: 'https://hooks.guests.test/in',
    }
    expect(redactFields(fields)).toEqual(fields)
  })

  it('costs no more for a text somebody made long, or an object that holds itself', () => {
    const circle: Record<string, unknown> = {}
    circle['circle'] = circle
    expect(JSON.stringify(redactFields({ circle, big: '@'.repeat(1_000_000) })).length).toBeLessThan(5_000)
  })
})
