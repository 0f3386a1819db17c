import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSmtpSink } from '../../../../tests/peers/smtp-sink.ts'
import { exitCodes } from '../exit-code.ts'
import { runProgram } from '../program.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-channels-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command as somebody would who set up e-mail by the environment. */
async function run(smtp: string, ...argv: readonly string[]) {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await runProgram([...argv, '--json'], {
    stdin: Readable.from([]),
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    environment: { INVITE_ME_EMAIL_SMTP: smtp, INVITE_ME_EMAIL_FROM: 'dinner@guests.test' },
    directory: folder,
    stop: new AbortController().signal,
  })
  return { code, document: JSON.parse(stdout.join('') || 'null') as unknown, stderr: stderr.join('') }
}

describe('channels list', () => {
  it('names what can be set up and what is, and never the value of an option', async () => {
    const secret = 'smtp://user:hunter2@127.0.0.1:9'
    const { code, document } = await run(secret, 'channels', 'list')
    expect(code).toBe(exitCodes.done)
    expect(document).toMatchObject({
      channels: expect.arrayContaining([
        expect.objectContaining({ name: 'email', isSetUp: true }),
        expect.objectContaining({ name: 'log', isSetUp: false }),
        expect.objectContaining({ name: 'in-app', isSetUp: false }),
      ]),
    })
    expect(JSON.stringify(document)).not.toContain('hunter2')
  })
})

describe('channels doctor', () => {
  it('says that a channel works, and that it does not, without sending', async () => {
    const sink = await startSmtpSink()
    const healthy = await run(`smtp://127.0.0.1:${sink.port}`, 'channels', 'doctor', 'email')
    await sink.close()
    expect(healthy).toMatchObject({ code: exitCodes.done, document: { ok: true } })
    expect(sink.mails).toEqual([])
    const broken = await run(`smtp://127.0.0.1:${sink.port}`, 'channels', 'doctor')
    expect(broken).toMatchObject({ code: exitCodes.failed, document: { ok: false } })
  })
})

describe('channels test', () => {
  it('sends to the address on the line and to nobody else, and makes no database', async () => {
    const sink = await startSmtpSink()
    const { code, document } = await run(
      `smtp://127.0.0.1:${sink.port}`,
      'channels',
      'test',
      'email',
      '--to',
      'ann@guests.test',
    )
    await sink.close()
    expect({ code, document }).toMatchObject({
      code: exitCodes.done,
      document: { channel: 'email', outcome: 'accepted' },
    })
    expect(sink.mails.map(({ to }) => to)).toEqual([['ann@guests.test']])
  })

  it('tells what the provider said, once', async () => {
    const sink = await startSmtpSink({ fault: () => ({ at: 'recipient', reply: '550 5.1.1 No such user' }) })
    const { code, document } = await run(
      `smtp://127.0.0.1:${sink.port}`,
      'channels',
      'test',
      'email',
      '--to',
      'ann@guests.test',
    )
    await sink.close()
    expect({ code, document }).toMatchObject({
      code: exitCodes.failed,
      document: { outcome: 'permanent_recipient', providerCode: '550 5.1.1' },
    })
  })

  it('refuses an address that cannot be one, and a channel nobody knows', async () => {
    const impossible = await run('smtp://127.0.0.1:9', 'channels', 'test', 'email', '--to', 'ann')
    expect(impossible.code).toBe(exitCodes.usage)
    expect(impossible.stderr).toContain('ADDRESS_INVALID')
    const unknown = await run('smtp://127.0.0.1:9', 'channels', 'test', 'fax', '--to', 'ann')
    expect(unknown.code).toBe(exitCodes.usage)
  })
})
