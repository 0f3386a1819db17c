import { ImapFlow } from 'imapflow'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { InviteMeError } from '@invite-me/core/channel'
import { explainNoDovecot, startDovecot, type Dovecot } from '../../../tests/peers/dovecot.ts'
import { freePort } from '../../../tests/peers/free-port.ts'
import { waitUntil } from '../../../tests/peers/wait-until.ts'
import { pollMailbox, type MailboxOptions } from './email-imap.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
}, 20_000)

/** What is told, as one text. */
function makeLog() {
  const told: string[] = []
  const tell = (message: string, fields?: unknown) => void told.push(`${message} ${JSON.stringify(fields)}`)
  return { told, log: { warn: tell, error: tell } }
}

/** Time that runs fifty times as fast. */
const clock = {
  now: () => 0,
  schedule: (delayMs: number, run: () => void) => {
    const timer = setTimeout(run, delayMs / 50)
    return () => clearTimeout(timer)
  },
}

async function poll(options: MailboxOptions) {
  const poller = await pollMailbox({ clock, everyMs: 5_000, ...options })
  closers.push(() => poller.close())
  return poller
}

const missing = explainNoDovecot()
describe.skipIf(missing !== undefined)(
  `a mailbox of a real Dovecot${missing === undefined ? '' : ` (${missing})`}`,
  { timeout: 30_000 },
  () => {
    let dovecot: Dovecot
    beforeAll(async () => {
      dovecot = await startDovecot()
    }, 20_000)
    afterAll(() => dovecot.close())

    let people = 0
    /** A new mailbox, and how to reach it. */
    function mailbox() {
      people += 1
      const user = `guest${people}`
      const server = {
        host: '127.0.0.1',
        port: dovecot.imapPort,
        secure: false,
        auth: { user, pass: dovecot.password },
      }
      const deliver = (text: string) =>
        dovecot.deliver({
          from: 'ann@guests.test',
          to: `${user}+token@guests.test`,
          raw: `From: ann@guests.test\r\nSubject: Re: Dinner\r\n\r\n${text}\r\n`,
        })
      return { server, deliver, look: (folder = 'INBOX') => look(server, folder) }
    }

    /** Words and flags of the mails in a folder, as another program sees them. */
    async function look(server: object, folder: string): Promise<readonly string[]> {
      const client = new ImapFlow({ ...server, logger: false })
      await client.connect()
      try {
        const { exists } = await client.mailboxOpen(folder, { readOnly: true })
        if (exists === 0) return []
        const mails = await client.fetchAll('1:*', { flags: true, source: true })
        return mails.map(({ flags, source }) =>
          [
            String(source).split('\r\n\r\n')[1]?.trim().slice(0, 20),
            ...[...(flags ?? [])].filter((flag) => flag !== '\\Recent').toSorted(),
          ].join(' '),
        )
      } finally {
        await client.logout()
      }
    }

    const wordsOf = async (request: Request) => (await request.text()).split('\r\n\r\n')[1]?.trim() ?? ''

    test('mail that waits and mail that comes are handed over once, whole, and marked as read', async () => {
      const { deliver, look, server } = mailbox()
      const requests: Request[] = []
      await deliver('one')
      await poll({ ...server, everyMs: 3_000_000, receive: async (request) => requests.push(request) })
      await waitUntil('the first', () => requests.length === 1, 5_000)
      await deliver('two')
      await waitUntil('the second, without waiting for the next look', () => requests.length === 2, 5_000)
      expect(requests[0]?.headers.get('content-type')).toBe('message/rfc822')
      expect(await requests[0]?.text()).toMatch(
        /^Return-Path: <ann@guests.test>\r\nDelivered-To: guest\d+\+token@guests.test\r\n[^]*\r\n\r\none\r\n$/,
      )
      await waitUntil('both are marked', async () => String(await look()) === 'one \\Seen,two \\Seen', 5_000)
      expect(requests).toHaveLength(2)
    })

    test('mail is marked only after it was written down', async () => {
      const { deliver, look, server } = mailbox()
      await deliver('one')
      const seen: (readonly string[])[] = []
      await poll({
        ...server,
        receive: async () => {
          seen.push(await look())
        },
      })
      await waitUntil('it is marked', async () => String(await look()) === 'one \\Seen', 5_000)
      expect(seen).toEqual([['one']])
    })

    test('mail waits, in order, while the store is away', async () => {
      const { deliver, look, server } = mailbox()
      let isAway = true
      const tries: string[] = []
      const taken: string[] = []
      await deliver('one')
      await deliver('two')
      await poll({
        ...server,
        triesPerMail: 2,
        receive: async (request) => {
          const words = await wordsOf(request)
          tries.push(words)
          if (isAway) throw new InviteMeError('STORE_BUSY', 'busy')
          taken.push(words)
        },
      })
      await waitUntil('it was tried more than twice', () => tries.length > 3, 10_000)
      expect(await look()).toEqual(['one', 'two'])
      expect(new Set(tries)).toEqual(new Set(['one']))
      isAway = false
      await waitUntil('both are taken', () => taken.length === 2, 10_000)
      expect(taken).toEqual(['one', 'two'])
    })

    test('what can never be taken, and what fails again and again, is flagged and holds nothing up', async () => {
      const { deliver, look, server } = mailbox()
      const { log, told } = makeLog()
      const tries: string[] = []
      for (const words of ['refused', 'x'.repeat(5_000), 'poison', 'sound']) await deliver(words)
      await poll({
        ...server,
        maxBytes: 3_000,
        triesPerMail: 3,
        log,
        receive: async (request) => {
          const words = await wordsOf(request)
          tries.push(words)
          if (words === 'refused') throw new InviteMeError('REQUEST_INVALID', 'no mail')
          if (words === 'poison') throw new TypeError('our bug')
        },
      })
      const marked = [
        'refused \\Flagged \\Seen',
        `${'x'.repeat(20)} \\Flagged \\Seen`,
        'poison \\Flagged \\Seen',
        'sound \\Seen',
      ]
      await waitUntil('all are marked', async () => String(await look()) === String(marked), 15_000)
      expect(tries.toSorted()).toEqual(['poison', 'poison', 'poison', 'refused', 'sound'])
      expect(told).toHaveLength(3)
      expect(told.join('\n')).not.toMatch(/guests\.test|mailbox-password/)
    })

    test('a server of ours that answers by a status is understood', async () => {
      const { deliver, look, server } = mailbox()
      const statuses = [503, 500, 200]
      await deliver('one')
      await poll({ ...server, receive: async () => new Response(null, { status: statuses.shift() ?? 422 }) })
      await waitUntil('it is taken', async () => String(await look()) === 'one \\Seen', 10_000)
      expect(statuses).toEqual([])
    })

    test('taken mail is moved, into a folder made for it', async () => {
      const { deliver, look, server } = mailbox()
      await deliver('one')
      await poll({ ...server, moveTo: 'Answers', receive: async () => {} })
      await waitUntil('it is gone', async () => (await look()).length === 0, 5_000)
      expect(await look('Answers')).toEqual(['one \\Seen'])
      await deliver('two')
      await waitUntil('so is the next', async () => (await look('Answers')).length === 2, 5_000)
    })

    test('a server that goes away is waited for, and nothing is lost', async () => {
      const { deliver, server } = mailbox()
      const { log, told } = makeLog()
      const taken: string[] = []
      await deliver('one')
      await poll({ ...server, log, receive: async (request) => taken.push(await wordsOf(request)) })
      await waitUntil('the first', () => taken.length === 1, 5_000)
      await dovecot.stop()
      await waitUntil('it is missed', () => told.length > 1, 10_000)
      await dovecot.start()
      await deliver('two')
      await waitUntil('the second', () => taken.length === 2, 15_000)
      expect(taken).toEqual(['one', 'two'])
      expect(told.join('\n')).not.toMatch(/guest|password/)
    })

    test('a connection lost between writing down and marking brings the same mail once more', async () => {
      const { deliver, look, server } = mailbox()
      const taken: string[] = []
      await deliver('one')
      await poll({
        ...server,
        receive: async (request) => {
          taken.push(await request.text())
          if (taken.length > 1) return
          await dovecot.stop()
          await dovecot.start()
        },
      })
      await waitUntil('it came twice', () => taken.length === 2, 20_000)
      await waitUntil('it is marked', async () => String(await look()) === 'one \\Seen', 5_000)
      expect(taken).toHaveLength(2)
      expect(taken[0]).toBe(taken[1])
    })

    test('a server that does not call is looked at in turn', async () => {
      const deaf = await startDovecot({ settings: { imap_capability: 'IMAP4rev1 LITERAL+ UIDPLUS' } })
      closers.push(() => deaf.close())
      const taken: string[] = []
      await poll({
        host: '127.0.0.1',
        port: deaf.imapPort,
        secure: false,
        auth: { user: 'ann', pass: deaf.password },
        receive: async (request) => taken.push(await wordsOf(request)),
      })
      await deaf.deliver({ from: 'a@b.test', to: 'ann@guests.test', raw: 'From: a@b.test\r\n\r\none\r\n' })
      await waitUntil('it is found', () => taken.length > 0, 10_000)
      expect(taken).toEqual(['one'])
    })

    test('a wrong password is said at once, and not repeated', async () => {
      const { server } = mailbox()
      const refused = poll({
        ...server,
        auth: { user: 'ann', pass: 'not-the-word' },
        receive: async () => {},
      })
      await expect(refused).rejects.toMatchObject({ code: 'OPTIONS_INVALID', field: 'auth' })
      await expect(refused).rejects.not.toThrow(/not-the-word|ann/)
    })

    test('a mailbox that is not there is said at once', async () => {
      const { server } = mailbox()
      await expect(poll({ ...server, mailbox: 'Nowhere', receive: async () => {} })).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        field: 'mailbox',
      })
    })

    test('closing waits for the mail under way, and for nothing else', async () => {
      const { deliver, look, server } = mailbox()
      await deliver('one')
      await deliver('two')
      let finish = () => {}
      const begun: string[] = []
      const poller = await poll({
        ...server,
        receive: async (request) => {
          begun.push(await wordsOf(request))
          await new Promise<void>((resolve) => {
            finish = resolve
          })
        },
      })
      await waitUntil('the first has begun', () => begun.length === 1, 5_000)
      const closed = Promise.all([poller.close(), poller.close()])
      finish()
      await closed
      expect(begun).toEqual(['one'])
      expect(await look()).toEqual(['one \\Seen', 'two'])
    })

    test('closing does not wait for ever', async () => {
      const { deliver, look, server } = mailbox()
      await deliver('one')
      let hasBegun = false
      const poller = await poll({
        ...server,
        receive: () => {
          hasBegun = true
          return new Promise(() => {})
        },
      })
      await waitUntil('it has begun', () => hasBegun, 5_000)
      await poller.close()
      expect(await look()).toEqual(['one'])
    })
  },
)

describe('without a mailbox', () => {
  const auth = { user: 'ann', pass: 'mailbox-password' }

  test('a server that cannot be reached is tried again, with growing pauses', async () => {
    const { log, told } = makeLog()
    const pauses: number[] = []
    const port = await freePort()
    const poller = await pollMailbox({
      host: '127.0.0.1',
      port,
      secure: false,
      auth,
      log,
      clock: {
        now: () => 0,
        schedule: (delayMs, run) => {
          pauses.push(delayMs)
          const timer = setTimeout(run, 0)
          return () => clearTimeout(timer)
        },
      },
      receive: async () => {},
    })
    await waitUntil('twelve tries', () => told.length >= 12, 10_000)
    await poller.close()
    expect(pauses.slice(0, 11)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000,
    ])
    expect(told[0]).toContain('ECONNREFUSED')
    expect(told.join('\n')).not.toMatch(/mailbox-password|127\.0\.0\.1/)
  })

  test('an access token is asked for with every connection', async () => {
    const tokens: unknown[] = []
    class Client {
      readonly #options: { readonly auth?: unknown }
      constructor(options: object) {
        this.#options = options
      }
      on() {}
      async connect() {
        tokens.push(this.#options.auth)
        throw new Error('no network')
      }
      mailboxOpen = () => Promise.reject(new Error('unused'))
      mailboxCreate = this.mailboxOpen
      search = this.mailboxOpen
      fetchOne = this.mailboxOpen
      messageFlagsAdd = this.mailboxOpen
      messageMove = this.mailboxOpen
      logout = this.mailboxOpen
      close() {}
    }
    let number = 0
    await poll({
      host: 'imap.guests.test',
      auth: { user: 'ann', accessToken: async () => `token-${(number += 1)}` },
      imapflow: { ImapFlow: Client },
      receive: async () => {},
    })
    await waitUntil('two tries', () => tokens.length >= 2, 5_000)
    expect(tokens.slice(0, 2)).toEqual([
      { user: 'ann', accessToken: 'token-1' },
      { user: 'ann', accessToken: 'token-2' },
    ])
  })

  test('says what to install when imapflow is missing', async () => {
    vi.doMock('imapflow', () => {
      throw new Error('Cannot find package')
    })
    await expect(poll({ host: 'imap.guests.test', auth, receive: async () => {} })).rejects.toMatchObject({
      code: 'PEER_MISSING',
      message: expect.stringContaining('npm i imapflow'),
    })
    vi.doUnmock('imapflow')
  })
})
