import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** Starting the sources takes a second or two on a busy machine. */
const timeoutMs = 60_000
const bin = fileURLToPath(new URL('bin.ts', import.meta.url))

let folder: string
const children = new Set<ChildProcessWithoutNullStreams>()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-cli-'))
})

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
      await once(child, 'close')
  }
  children.clear()
  rmSync(folder, { recursive: true, force: true })
})

function start(...argv: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--conditions=@invite-me/source', bin, ...argv], {
    cwd: folder,
    env: { TMPDIR: folder, INVITE_ME_PORTAL_URL: 'http://127.0.0.1:9/' },
  })
  children.add(child)
  return child
}

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function finish(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  await once(child, 'close')
  return { code: child.exitCode, ...texts }
}

const run = (...argv: readonly string[]): Promise<Finished> => finish(start(...argv))

/** Reads the documents a child prints, one after the other. */
function documentsOf(child: ChildProcessWithoutNullStreams): () => Promise<Record<string, unknown>> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async () => {
    const { value } = await lines.next()
    // Nothing more is read as an empty document, which no test expects.
    const document: unknown = JSON.parse(value ?? '{}')
    return Object.fromEntries(Object.entries(document ?? {}))
  }
}

const people = [
  'id,name,email,opted_out',
  'ann,Ann Öz,ann@guests.test,',
  'bo,"Bo ""Bobby"" Li",bo@guests.test,yes',
  'cy,Cy',
  'di,"Di\u001b[31m\nRed",di@guests.test,',
  'ann,Ann Özil,ann@guests.test,',
].join('\n')

/** An SMTP server that keeps what it is given. */
async function createMailbox(): Promise<{
  readonly port: number
  readonly next: () => Promise<string>
  close(): Promise<void>
}> {
  const mails = new PassThrough({ objectMode: true })
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.write(Buffer.concat(chunks).toString())
        done()
      })
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const address = server.server.address()
  const reader = mails[Symbol.asyncIterator]()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    next: async () => String((await reader.next()).value),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

describe('invite-me', { timeout: timeoutMs }, () => {
  it('prints its version', async () => {
    expect(await run('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })

  it('refuses a command it does not know', async () => {
    expect(await run('frob')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining("unknown command 'frob'"),
    })
  })

  it('stores the people of a list, reports lines that cannot be used, and lists who is there', async () => {
    writeFileSync(join(folder, 'people.csv'), people)
    const imported = await run('recipients', 'import', 'people.csv', '--json')
    expect(imported).toMatchObject({ code: 3, stderr: '' })
    expect(
      imported.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({ type: 'problem', file: 'people.csv', line: 4 }),
      expect.objectContaining({ type: 'problem', file: 'people.csv', line: 5 }),
      { type: 'report', file: 'people.csv', imported: 2, repeated: 1, refused: 2, warnings: 0 },
    ])

    const listed = await run('recipients', 'list', '--json')
    expect(listed.code).toBe(0)
    expect(JSON.parse(listed.stdout)).toMatchObject({
      hasMore: false,
      recipients: [
        { externalId: 'ann', name: 'Ann Özil', routes: [{ channel: 'email', state: 'open' }] },
        { externalId: 'bo', name: 'Bo "Bobby" Li', routes: [{ channel: 'email', state: 'opted_out' }] },
      ],
    })

    const shown = await run('recipients', 'show', 'bo')
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/bo@guests\.test +opted_out/) })
    expect(await run('recipients', 'show', 'nobody')).toMatchObject({ code: 1, stdout: '' })
  })

  it('asks, waits, and prints the answer that another process gives', async () => {
    const asking = start(
      'ask',
      '--to',
      'ann@guests.test',
      '--question',
      'Coming?',
      '--via',
      'log',
      '--wait',
      '--json',
    )
    const next = documentsOf(asking)
    const accepted = await next()
    expect(accepted).toEqual({ type: 'accepted', messageId: expect.any(String), people: 1 })

    const messageId = String(accepted['messageId'])
    const status = JSON.parse((await run('status', messageId, '--json')).stdout)
    const { invitationId } = status.people[0]
    expect(await run('respond', invitationId, 'perhaps?')).toMatchObject({ code: 2 })
    expect(await run('respond', invitationId, 'yes please')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('yes'),
    })

    expect(await next()).toMatchObject({
      type: 'answer',
      invitationId,
      to: 'ann@guests.test',
      kind: 'answered',
      value: true,
    })
    expect(await next()).toMatchObject({ type: 'summary', people: 1, answered: 1, declined: 0 })
    await once(asking, 'close')
    expect(asking.exitCode).toBe(0)

    const explained = await run('why', invitationId)
    expect(explained).toMatchObject({ code: 0, stdout: expect.stringContaining('log') })
  })

  it('serves the page people answer on', async () => {
    const asking = start(
      'ask',
      '--to',
      'log:ann',
      '--question',
      'Coming?',
      '--via',
      'log',
      '--wait',
      '--json',
      '--portal-port',
      '0',
    )
    const next = documentsOf(asking)
    const printed = createInterface({ input: asking.stderr })
    const accepted = next()
    let link: string | undefined
    for await (const line of printed) {
      link = /\[Yes\] (\S+)/.exec(line)?.[1]
      if (link !== undefined) break
    }
    await accepted
    const page = await (await fetch(String(link))).text()
    const nonce = /name="invite-me-nonce" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const fields = new URLSearchParams({ 'invite-me-nonce': nonce, answer: 'yes' })
    const posted = await fetch(String(link).replace(/\?.*/, ''), {
      method: 'POST',
      body: fields,
      redirect: 'manual',
    })
    expect(posted.status).toBeLessThan(400)
    expect(await next()).toMatchObject({ type: 'answer', kind: 'answered', value: true, via: 'portal' })
    expect(await next()).toMatchObject({ type: 'summary' })
    await once(asking, 'close')
    expect(asking.exitCode).toBe(0)
  })

  it('takes an answer by e-mail reply', async () => {
    const mailbox = await createMailbox()
    try {
      writeFileSync(
        join(folder, 'invite-me.config.yaml'),
        `channels:\n  email:\n    smtp: smtp://127.0.0.1:${mailbox.port}\n    from: dinner@guests.test\n    replyDomain: reply.guests.test\n`,
      )
      const asking = start(
        'ask',
        '--to',
        'ann@guests.test',
        '--question',
        'Coming?',
        '--wait',
        '--listen-mail',
        '0',
      )
      const remarks = createInterface({ input: asking.stderr })
      let port = 0
      for await (const line of remarks) {
        port = Number(/taken on 127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0)
        if (port > 0) break
      }
      const question = await mailbox.next()
      const replyTo = /^Reply-To:.*?(reply\+[^@\s]+@reply\.guests\.test)/im.exec(question)?.[1] ?? ''
      const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
      await transport.sendMail({
        from: 'ann@guests.test',
        to: replyTo,
        subject: 'Re: Coming?',
        text: 'No, sorry!',
      })
      transport.close()
      expect(await finish(asking)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/ann@guests\.test  no  by email/),
      })
    } finally {
      await mailbox.close()
    }
  })

  it('keeps the question when it is interrupted, and goes on with it later', async () => {
    const ask = [
      'ask',
      '--to',
      'ann@guests.test',
      '--question',
      'Coming?',
      '--via',
      'log',
      '--key',
      'dinner',
      '--wait',
      '--json',
    ]
    const first = start(...ask)
    const accepted = await documentsOf(first)()
    first.kill('SIGINT')
    await once(first, 'close')
    expect(first.exitCode).toBe(130)

    const again = start(...ask)
    const repeated = await documentsOf(again)()
    expect(repeated['messageId']).toBe(accepted['messageId'])
    again.kill('SIGTERM')
    await once(again, 'close')
    expect(again.exitCode).toBe(130)
  })

  it('hands a question over without waiting for its answer', async () => {
    const asked = await run(
      'ask',
      '--to',
      'ann@guests.test',
      '--question',
      'Coming?',
      '--via',
      'log',
      '--json',
    )
    expect(asked).toMatchObject({ code: 0, stderr: expect.stringContaining('Coming?') })
    expect(JSON.parse(asked.stdout)).toMatchObject({ deliveries: { sent: 1 }, waiting: 0, problems: [] })
  })

  it('keeps what no provider takes, and sends it when it is waited for', async () => {
    const mailbox = await createMailbox()
    try {
      const config = (port: number): void =>
        writeFileSync(
          join(folder, 'invite-me.config.yaml'),
          `channels:\n  email:\n    smtp: smtp://127.0.0.1:${port}\n    from: dinner@guests.test\n`,
        )
      config(1)
      const sent = await run(
        'send',
        '--to',
        'ann@guests.test',
        '--text',
        'At 8, then.',
        '--patience',
        '300ms',
        '--json',
      )
      expect(sent.code).toBe(1)
      const { messageId, waiting } = JSON.parse(sent.stdout)
      expect(waiting).toBe(1)
      config(mailbox.port)
      expect(await run('status', messageId, '--wait', '--json')).toMatchObject({ code: 0, stderr: '' })
      expect(await mailbox.next()).toContain('At 8, then.')
    } finally {
      await mailbox.close()
    }
  })

  it('tries itself out without a terminal', async () => {
    const tried = await run('try')
    expect(tried.code).toBe(0)
    expect(tried.stdout).toContain('answered: true (boolean) by sms')
    expect(tried.stdout).toMatch(/accepted +sms/)
    expect(tried.stdout).toContain('await inviteMe.ask(')
  })

  it('ends quietly when nobody reads its output any more', async () => {
    const child = start('status')
    child.stdout.destroy()
    expect(await finish(child)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('says what is wrong in one sentence', async () => {
    const refusals = [
      [['ask', '--to', 'ann@guests.test', '--question', '  ', '--via', 'log'], 2, 'empty'],
      [['ask', '--to', 'ann@guests.test', '--question', 'Q', '--via', 'fax'], 2, 'There is no channel "fax"'],
      [['ask', '--to', 'none.csv', '--question', 'Q', '--via', 'log'], 2, 'there is no such file'],
      [
        ['ask', '--to', 'ann@guests.test', '--question', 'Q', '--via', 'log', '--answer', 'poll:A'],
        2,
        'at least two options',
      ],
      [
        ['ask', '--to', 'ann@guests.test', '--question', 'Q', '--via', 'log', '--until', '2001-01-01T00:00Z'],
        2,
        '',
      ],
      [['why', '01998f00-0000-7000-8000-000000000000'], 1, ''],
      [['break', 'sms'], 1, 'No `invite-me try` is running'],
    ] as const
    const ends = await Promise.all(
      refusals.map(async ([argv, ...wanted]) => [argv, ...wanted, await run(...argv)] as const),
    )
    for (const [argv, code, reason, refused] of ends) {
      expect({ argv, code: refused.code, stdout: refused.stdout }).toEqual({ argv, code, stdout: '' })
      expect(refused.stderr).toMatch(/^error .+\n/)
      expect(refused.stderr).toContain(reason)
      expect(refused.stderr).not.toMatch(/\n\s+at /)
    }
  })

  it('finds a healthy installation healthy and a broken one broken', async () => {
    const healthy = await run('doctor', '--json')
    expect(healthy.code).toBe(0)
    expect(JSON.parse(healthy.stdout)).toMatchObject({ ok: true })
    writeFileSync(
      join(folder, 'notes.db'),
      'this is no database, but a text that is long enough to look like one',
    )
    const broken = await run('doctor', '--json', '--db', 'notes.db')
    expect(broken.code).toBe(1)
    expect(JSON.parse(broken.stdout)).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([expect.objectContaining({ name: 'database', status: 'broken' })]),
    })
  })
})
