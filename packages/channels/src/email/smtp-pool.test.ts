import SMTPConnection from 'nodemailer/lib/smtp-connection'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
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
  closers.push(() => sink.close())
  return { sink, ...openPool(sink.port, change, connection) }
}

function openPool(port: number, change: Partial<PoolOptions> = {}, connection: object = {}) {
  const pool = new SmtpPool({
    Connection: SMTPConnection,
    connection: { host: '127.0.0.1', port, socketCloseTimeout: 0, ...connection },
    auth: undefined,
    maxLines: 2,
    mailsPerLine: 100,
    ...change,
  })
  closers.push(() => pool.close())
  const send = (
    to = 'ann@guests.test',
    signal: AbortSignal = AbortSignal.timeout(5_000),
    bytes = Buffer.from('Subject: x\r\n\r\nx\r\n'),
  ) => {
    const departure = { isOut: false }
    return {
      departure,
      done: pool.send({ envelope: { from: 'a@dinner.test', to }, bytes }, departure, signal),
    }
  }
  return { pool, send }
}

/** A mail server that knows the five commands of long ago. `onData` is told of every piece of a mail; default it is taken. */
async function startPlainServer(onData?: (socket: Socket) => void) {
  const log = { connections: 0, commands: [] as string[], mails: [] as string[] }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    log.connections += 1
    let [text, isMail] = ['', false]
    socket.on('error', () => undefined).setEncoding('latin1')
    socket.write('220 plain\r\n')
    socket.on('data', (piece: string) => {
      text += piece
      if (isMail) onData?.(socket)
      for (;;) {
        const end = text.indexOf(isMail ? '\r\n.\r\n' : '\r\n')
        if (end === -1) return
        const line = text.slice(0, end)
        text = text.slice(end + (isMail ? 5 : 2))
        if (isMail) log.mails.push(line)
        else log.commands.push(line)
        isMail = !isMail && line === 'DATA'
        socket.write(isMail ? '354 Go on\r\n' : '250 Yes\r\n')
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { log, port: (server.address() as AddressInfo).port }
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

test('a mail refused before the server has all of it is broken off, and nothing is mixed into it', async () => {
  let goOn: (() => void) | undefined
  const { log, port } = await startPlainServer((socket) => {
    if (goOn !== undefined) return
    socket.write('552 5.3.4 Too large\r\n')
    socket.pause()
    goOn = () => void socket.resume()
  })
  const { send } = openPool(port, { maxLines: 1 })
  const large = send('ann@guests.test', AbortSignal.timeout(5_000), Buffer.alloc(16_000_000, 'x'))
  await expect(large.done).rejects.toMatchObject({ responseCode: 552 })
  goOn?.()
  await send('bob@guests.test').done
  expect(log.mails.map((mail) => mail.slice(0, 40))).toEqual(['Subject: x\r\n\r\nx'])
  expect(log.connections).toBe(2)
})

test('a server that ends a line after some mails loses none', async () => {
  let accepted = 0
  const { send, sink } = await open(
    { maxLines: 1 },
    {
      fault: ({ moment }) => {
        if (moment !== 'sender') return undefined
        accepted += 1
        return accepted === 3 ? { at: 'sender', reply: '421 Too many mails on this connection' } : undefined
      },
    },
  )
  for (const name of ['ann', 'bob', 'eve']) await send(`${name}@guests.test`).done
  expect(sink.counts).toEqual({ accepted: 3, connections: 2 })
})

test('a server that wants fewer mails is not asked again at once', async () => {
  let asked = 0
  const { send, sink } = await open(
    { maxLines: 1 },
    {
      fault: ({ moment }) => {
        if (moment !== 'sender') return undefined
        asked += 1
        return asked > 1 ? { at: 'sender', reply: '421 4.7.28 Unusual rate of mail' } : undefined
      },
    },
  )
  await send().done
  await expect(send().done).rejects.toMatchObject({ responseCode: 421 })
  expect([asked, sink.counts.connections]).toEqual([2, 1])
})

test('an address outside ASCII is not told to a server that does not know such letters', async () => {
  const plain = await startPlainServer()
  const { send } = openPool(plain.port, { maxLines: 1 })
  await expect(send('jürgen@guests.test').done).rejects.toMatchObject({ code: 'ENOUTF8' })
  await send('ann@guests.test').done
  expect(plain.log.commands.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<ann@guests.test>'])
  const modern = await open()
  await modern.send('jürgen@guests.test').done
  expect(modern.sink.mails[0]?.to).toEqual(['jürgen@guests.test'])
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
