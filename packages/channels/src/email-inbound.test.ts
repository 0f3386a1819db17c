import { createConnection } from 'node:net'
import nodemailer from 'nodemailer'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { InviteMeError } from '@invite-me/core/channel'
import { listenForMail, type MailListener, type MailListenerOptions } from './email-inbound.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

async function listen(options: Partial<MailListenerOptions> = {}): Promise<MailListener> {
  const listener = await listenForMail({ port: 0, receive: async () => {}, ...options })
  closers.push(() => listener.close())
  return listener
}

interface Mail {
  readonly to?: string | readonly string[]
  readonly from?: string
  readonly text?: string
}

/** @returns the server's answer, `250 2.0.0 Taken` or `451 …` */
async function post(
  { port }: MailListener,
  { from = 'ann@guests.test', text = 'Yes', to = 'reply+token123@guests.test' }: Mail = {},
): Promise<string> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port })
  try {
    const sent = await transport.sendMail({
      envelope: { from, to: [to].flat() },
      from: 'Ann <ann@guests.test>',
      subject: 'Re: Dinner',
      text,
    })
    return String(sent.response)
  } catch (error) {
    return String((error as { response?: string }).response ?? error)
  } finally {
    transport.close()
  }
}

describe('mail that comes in', () => {
  test('is handed over as a request, with its envelope', async () => {
    const requests: Request[] = []
    const listener = await listen({ receive: async (request) => requests.push(request) })
    expect(await post(listener)).toBe('250 2.0.0 Taken')
    const [request] = requests
    expect(request?.method).toBe('POST')
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      'content-type': 'message/rfc822',
      'x-envelope-from': 'ann@guests.test',
      'x-envelope-to': 'reply+token123@guests.test',
    })
    expect(await request?.text()).toMatch(/^From: Ann[^]*Subject: Re: Dinner[^]*Yes/)
  })

  test('is accepted only when it was written down', async () => {
    const done: string[] = []
    const listener = await listen({
      receive: async () => {
        await new Promise((resolve) => setImmediate(resolve))
        done.push('written')
      },
    })
    expect(await post(listener)).toMatch(/^250/)
    expect(done).toEqual(['written'])
  })

  test('from nobody says so', async () => {
    const senders: (string | null)[] = []
    const listener = await listen({
      receive: async ({ headers }) => senders.push(headers.get('x-envelope-from')),
    })
    await post(listener, { from: '' })
    expect(senders).toEqual([''])
  })

  test('for two of ours is handed over twice', async () => {
    const recipients: (string | null)[] = []
    const listener = await listen({
      receive: async ({ headers }) => recipients.push(headers.get('x-envelope-to')),
    })
    await post(listener, { to: ['reply+one@guests.test', 'bounce+two@guests.test'] })
    expect(recipients).toEqual(['reply+one@guests.test', 'bounce+two@guests.test'])
  })

  test.each(['ann@guests.test', 'postmaster@guests.test', 'reply@guests.test', 'xreply+token@guests.test'])(
    'for %s is refused',
    async (to) => {
      const receive = vi.fn<MailListenerOptions['receive']>(async () => {})
      const listener = await listen({ receive })
      expect(await post(listener, { to })).toMatch(/^550 5\.1\.1/)
      expect(receive).not.toHaveBeenCalled()
    },
  )

  test('is ours where the host app says so', async () => {
    const listener = await listen({ accepts: (address) => address.endsWith('@answers.test') })
    expect(await post(listener, { to: 'x@answers.test' })).toMatch(/^250/)
    expect(await post(listener)).toMatch(/^550/)
  })
})

describe('nothing is lost: the sender keeps the mail', () => {
  test.each<readonly [string, MailListenerOptions['receive']]>([
    ['when it cannot be written down', () => Promise.reject(new Error('disk full'))],
    ['when the store is busy', () => Promise.reject(new InviteMeError('STORE_BUSY', 'busy'))],
    [
      'when we have a bug',
      () => {
        throw new TypeError('bug')
      },
    ],
    ['when another server says 503', async () => new Response(null, { status: 503 })],
  ])('%s', async (_name, receive) => {
    expect(await post(await listen({ receive }))).toMatch(/^451 4\.3\.0/)
  })

  test('when writing it down takes too long', async () => {
    let signal: AbortSignal | undefined
    const listener = await listen({
      receiveTimeoutMs: 50,
      receive: (request) => {
        signal = request.signal
        return new Promise(() => {})
      },
    })
    expect(await post(listener)).toMatch(/^451/)
    expect(signal?.aborted).toBe(true)
  })

  test('one of two recipients fails: both come again', async () => {
    const listener = await listen({
      receive: ({ headers }) =>
        headers.get('x-envelope-to')?.startsWith('bounce')
          ? Promise.reject(new Error('no'))
          : Promise.resolve(),
    })
    expect(await post(listener, { to: ['reply+one@guests.test', 'bounce+two@guests.test'] })).toMatch(/^451/)
  })
})

describe('what can never be taken is sent back', () => {
  test.each<readonly [string, MailListenerOptions['receive']]>([
    ['a refusal of ours', () => Promise.reject(new InviteMeError('REQUEST_INVALID', 'no mail'))],
    ['a 4xx of another server', async () => new Response(null, { status: 422 })],
  ])('%s', async (_name, receive) => {
    expect(await post(await listen({ receive }))).toMatch(/^554 5\.6\.0/)
  })

  test('too large a mail, announced', async () => {
    const receive = vi.fn<MailListenerOptions['receive']>(async () => {})
    const listener = await listen({ receive, maxBytes: 5_000 })
    expect(await post(listener, { text: 'x'.repeat(20_000) })).toMatch(/^552|larger than/)
    expect(receive).not.toHaveBeenCalled()
  })

  test('too large a mail, not announced', async () => {
    const receive = vi.fn<MailListenerOptions['receive']>(async () => {})
    const { port } = await listen({ receive, maxBytes: 5_000 })
    const answers = await talk(port, [
      'EHLO x',
      'MAIL FROM:<a@b.test>',
      'RCPT TO:<reply+token@b.test>',
      'DATA',
      `${'x'.repeat(20_000)}\r\n.`,
      'QUIT',
    ])
    expect(answers.join('\n')).toMatch(/^552 5\.3\.4/m)
    expect(receive).not.toHaveBeenCalled()
  })
})

describe('the listener', () => {
  test('keeps the number of connections', async () => {
    const { port } = await listen({ maxConnections: 1 })
    const first = createConnection(port, '127.0.0.1')
    closers.push(async () => void first.destroy())
    await new Promise((resolve) => first.once('data', resolve))
    expect((await talk(port, ['QUIT'])).join('\n')).toMatch(/^421/m)
  })

  test('leaves a silent connection', async () => {
    const { port } = await listen({ idleTimeoutMs: 50 })
    const socket = createConnection(port, '127.0.0.1')
    await new Promise((resolve) => socket.resume().once('close', resolve))
    expect(socket.destroyed).toBe(true)
  })

  test('survives a sender that goes away in the middle', async () => {
    const listener = await listen()
    const socket = createConnection(listener.port, '127.0.0.1')
    socket.write('EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<reply+token@b.test>\r\nDATA\r\n')
    await new Promise<void>((resolve) => {
      socket.on('data', (data) => {
        if (String(data).includes('354')) socket.write('half a li', () => socket.destroy())
      })
      socket.once('close', () => resolve())
    })
    expect(await post(listener)).toMatch(/^250/)
  })

  test('offers neither a login nor an encryption it has no certificate for', async () => {
    const { port } = await listen()
    expect((await talk(port, ['EHLO x', 'QUIT'])).join('\n')).not.toMatch(/STARTTLS|AUTH/)
  })

  test('says which port it could not have', async () => {
    const { port } = await listen()
    await expect(listen({ port })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      field: 'port',
      message: expect.stringContaining(`${port}`),
    })
  })

  test('closes twice', async () => {
    const listener = await listen()
    await Promise.all([listener.close(), listener.close()])
    await expect(post(listener)).resolves.toMatch(/ECONNREFUSED/)
  })

  test('says what to install when smtp-server is missing', async () => {
    vi.doMock('smtp-server', () => {
      throw new Error('Cannot find package')
    })
    await expect(listen()).rejects.toMatchObject({
      code: 'PEER_MISSING',
      message: expect.stringContaining('npm i smtp-server'),
    })
    vi.doUnmock('smtp-server')
  })
})

/** Says each line after the answer to the one before. @returns all lines of the server */
function talk(port: number, lines: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const heard: string[] = []
    const rest = [...lines]
    const socket = createConnection(port, '127.0.0.1')
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
    socket.on('data', (data) => {
      heard.push(...String(data).trimEnd().split('\r\n'))
      const next = /^\d{3} /.test(heard.at(-1) ?? '') ? rest.shift() : undefined
      if (next !== undefined) socket.write(`${next}\r\n`)
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(heard))
  })
}
