import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { email } from '@invite-me/channels/email'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Environment } from '../environment.ts'
import { exitCodes } from '../exit-code.ts'
import { runInProcess } from '../run-in-process.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'invite-me-doctor-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

async function run(environment: Environment, ...argv: readonly string[]) {
  const command = runInProcess([...argv, '--json'], { directory: folder, environment })
  return { ...(await command.ended), documents: command.documents() }
}

it('says when messages wait for a channel that is not set up here', async () => {
  const settings = { smtp: 'smtp://127.0.0.1:9', from: 'dinner@guests.test' }
  const store = sqlite(join(folder, 'invite-me.db'))
  const inviteMe = await createInviteMe({ store, channels: [email(settings)], dispatch: false })
  await inviteMe.send('ann@guests.test', 'At 8.')
  await inviteMe.stop()

  const elsewhere = await run({}, 'doctor')
  expect(elsewhere).toMatchObject({ code: exitCodes.done, documents: [{ ok: true }] })
  expect(elsewhere.stdout).toContain('1 for email wait, and that is not set up here')
  const mail = { INVITE_ME_EMAIL_SMTP: settings.smtp, INVITE_ME_EMAIL_FROM: settings.from }
  expect((await run(mail, 'doctor')).stdout).not.toContain('"name":"deliveries"')
})

it('looks at the settings of the mailbox, and leaves its mail alone', async () => {
  const imap = (name: string) => `INVITE_ME_INBOUND_EMAIL_IMAP_${name}`
  const half = await run({ [imap('HOST')]: 'imap.guests.test' }, 'doctor')
  expect(half.code).toBe(exitCodes.failed)
  expect(half.stdout).toContain('"name":"mailbox","status":"broken"')
  const login = { [imap('AUTH_USER')]: 'replies@guests.test', [imap('AUTH_PASS')]: 'secret-7f3a' }
  const whole = await run({ [imap('HOST')]: 'imap.guests.test', ...login }, 'doctor')
  expect(whole).toMatchObject({ code: exitCodes.done })
  expect(whole.stdout).toContain('set up on imap.guests.test')
  expect(whole.stdout).not.toContain('7f3a')
})
