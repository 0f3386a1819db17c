import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort } from '../../tests/peers/free-port.ts'
import { runCommand, startCommand, type RunningCommand } from '../../tests/peers/run-command.ts'
import { runScript, type RunningScript } from '../../tests/peers/run-script.ts'
import { waitUntil } from '../../tests/peers/wait-until.ts'

const here = import.meta.dirname
/** More mails than one run sends at once. */
const mostInHand = 20
/** A misspelt address, an impossible one, and somebody who said stop. */
const lost = ['g097', 'g134', 'g151']
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

test('the run of the README: asked, killed, gone on with, told person by person', async () => {
  const world = { folder, environment }
  const common = ['--config', join(here, 'invite-me.config.yaml'), '--db', 'dinner.db', '--json']
  const question = ['--question', 'Dinner on Friday at 8?', '--answer', 'yes-no', '--until', '2d']
  const ways = ['--via', 'email', '--portal-port', `${await freePort()}`, '--listen-mail', `${replyPort}`]
  const list = join(here, 'people.csv')
  const argv = ['ask', '--to', list, ...question, ...ways, '--key', 'dinner-2026', '--wait', ...common]
  const toldBy = (command: RunningCommand) =>
    new Map(
      command.documents().flatMap(({ kind, to, type }) => (type === 'answer' ? [[String(to), kind]] : [])),
    )

  const first = startCommand(argv, world)
  await waitUntil('some answers are told', () => toldBy(first).size >= 30, 20_000)
  await first.end('SIGKILL')
  // The guests have 197 mailboxes, every tenth mail stays unanswered, and some mails wait for the lease of the killed run.
  const second = startCommand(argv, world)
  const areTold = () => {
    const told = toldBy(second)
    return told.size >= 178 - mostInHand && lost.every((id) => told.get(id) === 'unreachable')
  }
  await waitUntil('most are told, and who is not reached', areTold, 40_000)
  expect(await second.end('SIGINT')).toMatchObject({ code: 130 })

  const messageId = String(second.documents().find(({ type }) => type === 'accepted')?.['messageId'])
  const { stdout } = await runCommand(['status', messageId, ...common], world)
  expect(JSON.parse(stdout)).toMatchObject({ people: { length: 200 }, invitations: { unreachable: 3 } })
})
