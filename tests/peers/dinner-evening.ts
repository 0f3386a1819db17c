import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInviteMe, type InviteMe } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import { freePort } from './free-port.ts'
import { startMailServer, type MailServer } from './mail-server.ts'
import { runCommand, startCommand, type RunningCommand } from './run-command.ts'
import { startStallingWire, type StallingWire } from './stalling-wire.ts'

const dinner = fileURLToPath(new URL('../../examples/dinner/', import.meta.url))
const list = join(dinner, 'people.csv')
const common = ['--config', join(dinner, 'invite-me.config.yaml'), '--db', 'dinner.db', '--json']

/** Everything around the dinner of `examples/dinner`: the guests' mail server, the command, its database. */
export interface DinnerEvening {
  readonly server: MailServer
  readonly wire: StallingWire
  /** Starts the one command of the story. Given again, it goes on where the run before it was. */
  ask(): RunningCommand
  /** Runs a command that tells something; rejects unless it ends well. */
  tell(...argv: readonly string[]): Promise<unknown>
  /** Opens an engine without channels on the database, at a later time when told so. */
  open(options?: { readonly laterMs?: number; readonly dispatch?: boolean }): Promise<InviteMe>
  close(): Promise<void>
}

/** @param stallAfter mails of the command after which it no more learns what the server has taken */
export async function prepareDinner({ stallAfter }: { readonly stallAfter: number }): Promise<DinnerEvening> {
  const closers: (() => Promise<unknown>)[] = []
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-dinner-'))
  closers.push(() => rm(folder, { recursive: true }))
  const [replyPort, portalPort] = [await freePort(), await freePort()]
  const server = await startMailServer({
    mailboxes: await mailboxesOf(list),
    closedDomain: 'closed.test',
    replyDomains: ['reply.dinner.test', 'bounce.dinner.test'],
    replyPort,
  })
  closers.push(() => server.close())
  const wire = await startStallingWire({ port: server.port, stallAfter })
  closers.push(() => wire.close())
  const world = { folder, environment: { INVITE_ME_EMAIL_SMTP: `smtp://127.0.0.1:${wire.port}` } }
  return {
    server,
    wire,
    ask: () => {
      const question = ['--question', 'Dinner on Friday at 8?', '--answer', 'yes-no', '--until', '2d']
      const ways = ['--via', 'email', '--portal-port', `${portalPort}`, '--listen-mail', `${replyPort}`]
      const argv = ['ask', '--to', list, ...question, ...ways, '--key', 'dinner-42', '--wait', ...common]
      const command = startCommand(argv, world)
      closers.push(() => command.end())
      return command
    },
    tell: async (...argv) => {
      const { code, stderr, stdout } = await runCommand([...argv, ...common], world)
      if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },
    open: async ({ dispatch = false, laterMs = 0 } = {}) => {
      const store = sqlite(join(folder, 'dinner.db'))
      const engine = await createInviteMe({ store, channels: [], dispatch, clock: clockAhead(laterMs) })
      closers.push(() => engine.stop())
      return engine
    },
    close: async () => {
      for (const close of closers.splice(0).toReversed()) await close()
    },
  }
}

/** Every address of the list there is: not the misspelt one, the impossible ones and the one given up since. */
async function mailboxesOf(file: string): Promise<readonly string[]> {
  const addresses = (await readFile(file, 'utf8')).match(/[^,\s"]+@[^,\s"]+/g) ?? []
  return addresses.filter((address) => !/^tom\.bakre@|^max\.long|\.\.|@old\.|@closed\./.test(address))
}

function clockAhead(laterMs: number) {
  return {
    now: () => Date.now() + laterMs,
    schedule: (delayMs: number, run: () => void) => {
      const timer = setTimeout(run, delayMs)
      return () => clearTimeout(timer)
    },
  }
}
