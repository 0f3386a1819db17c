import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { afterEach, expect, test } from 'vitest'
import { startSmtpSink, type SinkOptions } from '../../../../tests/peers/smtp-sink.ts'
import { waitUntil } from '../../../../tests/peers/wait-until.ts'
import { SmtpPool, type PoolOptions } from './smtp-pool.ts'

const closers: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function open(
  change: Partial<PoolOptions> = {},
  sinkOptions: SinkOptions = {},
  connection: object = {},
) {
  const sink = await startSmtpSink(sinkOptions)
  const pool = new SmtpPool({
    Connection: SMTPConnection,
    connection: { host: '127.0.0.1', port: sink.port, socketCloseTimeout: 0, ...connection },
    auth: undefined,
    maxLines: 2,
    mailsPerLine: 100,
    ...change,
  })
  closers.push(
    () => sink.close(),
    () => pool.close(),
  )
  const send = (to = 'ann@guests.test', signal: AbortSignal = AbortSignal.timeout(5_000)) => {
    const departure = { isOut: false }
    const mail = { envelope: { from: 'a@dinner.test', to }, bytes: Buffer.from('Subject: x\r\n\r\nx\r\n') }
    return { departure, done: pool.send(mail, departure, signal) }
  }
  return { pool, sink, send }
}

test('a line is renewed after its number of mails', async () => {
  const { send, sink } = await open({ maxLines: 1, mailsPerLine: 3 })
  await Promise.all(Array.from({ length: 7 }, () => send().done))
  expect(sink.counts).toEqual({ accepted: 7, connections: 3 })
})

test('a line carries on after a mail was refused', async () => {
  const { send, sink } = await open(
    { maxLines: 1 },
    {
      fault: ({ moment, recipient }) =>
        moment === 'recipient' && recipient.startsWith('bad')
          ? { at: moment, reply: '550 5.1.1 No' }
          : undefined,
    },
  )
  const outcomes = await Promise.allSettled(
    [send('ann@g.test'), send('bad@g.test'), send('bob@g.test')].map(({ done }) => done),
  )
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(sink.counts.connections).toBe(1)
})

test('lines that nobody uses are left, and new ones opened when they are needed', async () => {
  let ended = 0
  class WatchedConnection extends SMTPConnection {
    constructor(options: object) {
      super(options)
      this.once('end', () => {
        ended += 1
      })
    }
  }
  const { send, sink } = await open({ Connection: WatchedConnection }, {}, { socketTimeout: 300 })
  await send().done
  await waitUntil('the idle line is left', () => ended === 1, 5_000)
  await send().done
  expect(sink.counts).toEqual({ accepted: 2, connections: 2 })
})

test('who is called off while waiting is forgotten, and the others get their turn', async () => {
  let goOn = false
  const { send, sink } = await open(
    { maxLines: 1 },
    { fault: ({ moment }) => (moment === 'message' && !goOn ? { at: 'message', act: 'hold' } : undefined) },
  )
  const [held, waiting] = [new AbortController(), new AbortController()]
  const first = send('ann@g.test', held.signal)
  const second = send('bob@g.test', waiting.signal)
  const third = send('eve@g.test')
  await waitUntil('the first mail is out', () => sink.received.length === 1, 5_000)
  waiting.abort()
  await expect(second.done).rejects.toMatchObject({ code: 'EABORT' })
  goOn = true
  held.abort()
  await expect(first.done).rejects.toMatchObject({ code: 'EABORT' })
  await third.done
  expect([first, second, third].map(({ departure }) => departure.isOut)).toEqual([true, false, true])
  expect(sink.mails.map(({ to }) => to[0])).toEqual(['eve@g.test'])
})

test('closing lets a mail under way arrive and sends nothing that waits', async () => {
  const { pool, send, sink } = await open({ maxLines: 1 })
  const first = send('ann@g.test')
  const second = send('bob@g.test')
  await waitUntil('there is a line', () => sink.counts.connections === 1, 5_000)
  pool.close()
  await expect(second.done).rejects.toMatchObject({ code: 'ECONNECTION' })
  await first.done
  await expect(send().done).rejects.toMatchObject({ code: 'ECONNECTION' })
  expect(sink.mails.map(({ to }) => to[0])).toEqual(['ann@g.test'])
})
