import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../../tests/peers/free-port.ts'
import { runCommand, startCommand } from '../../tests/peers/run-command.ts'
import { runScript, type RunningScript } from '../../tests/peers/run-script.ts'
import { waitUntil } from '../../tests/peers/wait-until.ts'

const here = import.meta.dirname
let folder: string
let guests: RunningScript
let replyPort: number
let environment: Readonly<Record<string, string>>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dinner-'))
  replyPort = await freePort()
  const smtpPort = await freePort()
  environment = { INVITE_ME_EMAIL_SMTP: `smtp://127.0.0.1:${smtpPort}` }
  const ports = { SMTP_PORT: String(smtpPort), REPLY_PORT: String(replyPort) }
  guests = runScript(join(here, 'guests.ts'), folder, ports)
  await guests.waitFor(['mailboxes are on'])
})
afterEach(async () => {
  await guests.end()
  await rm(folder, { recursive: true })
})

test('the run of the README: 200 are asked, those who answer are told one by one, three cannot be reached', async () => {
  const common = ['--config', join(here, 'invite-me.config.yaml'), '--db', 'dinner.db', '--json']
  const ask = startCommand(
    [
      ...['ask', '--to', join(here, 'people.csv'), '--question', 'Dinner on Friday at 8?'],
      ...['--answer', 'yes-no', '--via', 'email', '--until', '2d', '--key', 'dinner-2026', '--wait'],
      ...['--portal-port', String(await freePort()), '--listen-mail', String(replyPort), ...common],
    ],
    { folder, environment },
  )
  const told = () => ask.documents().filter(({ type }) => type === 'answer')
  // The guest server has 197 mailboxes, and every tenth mail stays unanswered.
  await waitUntil('all who answer are told', () => told().length >= 178 + 3, 40_000)
  expect(await ask.end('SIGINT')).toMatchObject({ code: 130 })

  const messageId = String(ask.documents().find(({ type }) => type === 'accepted')?.['messageId'])
  const { stdout } = await runCommand(['status', messageId, ...common], { folder, environment })
  expect(JSON.parse(stdout)).toMatchObject({
    invitations: { pending: 19, unreachable: 3, accepted: 119, declined: 59 },
    people: { length: 200 },
  })
})
