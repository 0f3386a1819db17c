import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { explainNoDovecot, startDovecot, type Dovecot } from '../../../tests/peers/dovecot.ts'
import { readInvitationMail } from '../../../tests/peers/invitation-mail.ts'
import { smscAccount, startSmsc, type Smsc } from '../../../tests/peers/smsc.ts'
import { startSmtpSink, type SmtpSink } from '../../../tests/peers/smtp-sink.ts'
import { waitUntil } from '../../../tests/peers/wait-until.ts'
import { exitCodes } from './exit-code.ts'
import { runInProcess, type RunningCommand } from './run-in-process.ts'

let folder: string
let outgoing: SmtpSink
let asking: RunningCommand | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-poll-'))
  outgoing = await startSmtpSink()
})

afterEach(async () => {
  await asking?.stop()
  asking = undefined
  await outgoing.close()
  rmSync(folder, { recursive: true, force: true })
}, 20_000)

/** Asks Ann by e-mail, and fetches the replies from the mailbox these variables name. */
function ask(mailbox: Readonly<Record<string, string>>): RunningCommand {
  const imap = Object.entries(mailbox).map(([name, value]) => [`INVITE_ME_INBOUND_EMAIL_IMAP_${name}`, value])
  const environment = {
    INVITE_ME_EMAIL_SMTP: `smtp://127.0.0.1:${outgoing.port}`,
    INVITE_ME_EMAIL_FROM: 'dinner@guests.test',
    INVITE_ME_EMAIL_REPLY_ADDRESS: 'replies+{token}@guests.test',
    ...Object.fromEntries(imap),
  }
  const words = [
    'ask',
    '--to',
    'ann@guests.test',
    '--question',
    'Coming?',
    '--wait',
    '--poll',
    'email',
    '--json',
  ]
  asking = runInProcess(words, { directory: folder, environment })
  return asking
}

const missing = explainNoDovecot()
describe.skipIf(missing !== undefined)(
  `--poll email, with a real Dovecot${missing === undefined ? '' : ` (${missing})`}`,
  { timeout: 30_000 },
  () => {
    let dovecot: Dovecot
    let mailbox: Readonly<Record<string, string>>

    beforeAll(async () => {
      dovecot = await startDovecot()
      const server = { HOST: '127.0.0.1', PORT: String(dovecot.imapPort), SECURE: 'false' }
      mailbox = { ...server, AUTH_USER: 'replies', AUTH_PASS: dovecot.password }
    }, 20_000)
    afterAll(() => dovecot.close())

    it('takes the reply somebody wrote out of the mailbox', async () => {
      const { ended, documents } = ask(mailbox)
      await waitUntil('the question is sent', () => outgoing.mails.length > 0, 10_000)
      const { replyTo } = await readInvitationMail(outgoing.mails[0]?.raw ?? '')
      const raw = `From: ann@guests.test\r\nTo: ${replyTo}\r\nSubject: Re: Coming?\r\nMessage-ID: <1@guests.test>\r\n\r\nYes!\r\n`
      await dovecot.deliver({ from: 'ann@guests.test', to: replyTo, raw })
      expect(await ended).toMatchObject({ code: exitCodes.done })
      expect(documents()).toContainEqual(
        expect.objectContaining({ type: 'answer', kind: 'answered', value: true, via: 'email' }),
      )
    })

    it('says where to correct a password that is refused, and asks nobody', async () => {
      const { code, stderr } = await ask({ ...mailbox, AUTH_PASS: 'secret-7f3a' }).ended
      expect(code).toBe(exitCodes.usage)
      expect(stderr).toContain('refuses the login of the mailbox')
      expect(stderr).toContain('INVITE_ME_INBOUND_EMAIL_IMAP_AUTH_PASS')
      expect(stderr).not.toContain('7f3a')
      expect(outgoing.mails).toEqual([])
    })
  },
)

describe('--poll smpp', () => {
  let operator: Smsc

  beforeEach(async () => {
    operator = await startSmsc()
  })
  afterEach(() => operator.close())

  const ask = (...flags: readonly string[]): RunningCommand => {
    const environment = {
      INVITE_ME_SMPP_HOST: '127.0.0.1',
      INVITE_ME_SMPP_PORT: String(operator.port),
      INVITE_ME_SMPP_SYSTEM_ID: smscAccount.systemId,
      INVITE_ME_SMPP_PASSWORD: smscAccount.password,
      INVITE_ME_SMPP_SOURCE: '+4915100000000',
    }
    const words = ['ask', '--to', '+4915123456789', '--question', 'Coming?', '--wait', ...flags]
    asking = runInProcess(words, { directory: folder, environment })
    return asking
  }

  it('takes answers over the link questions leave by', async () => {
    const { ended } = ask('--poll', 'smpp')
    await operator.waitFor(1)
    expect(await operator.bring({ from: '4915123456789', text: 'Yes' })).toBe(0)
    expect(await ended).toMatchObject({
      code: exitCodes.done,
      stdout: expect.stringMatching(/✓ \+4915123456789  yes  by smpp/),
    })
  })

  it('is what a command that waits without it hints at', async () => {
    const { stderr } = ask()
    await operator.waitFor(1)
    expect(stderr()).toContain('Replies by SMS are not taken in: add --poll smpp.')
  })
})

it('--poll email without a mailbox is refused before anybody is asked', async () => {
  const { code, stderr } = await ask({}).ended
  expect(code).toBe(exitCodes.usage)
  expect(stderr).toContain(
    'Set inbound.email.imap.host in invite-me.config.yaml or INVITE_ME_INBOUND_EMAIL_IMAP_HOST.',
  )
  expect(outgoing.mails).toEqual([])
})
