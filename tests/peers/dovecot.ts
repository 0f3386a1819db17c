import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createTransport } from 'nodemailer'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

const run = promisify(execFile)

/** A private Dovecot at work. Whoever logs in has a mailbox, `name+anything@any.domain` is the one of `name`. */
export interface Dovecot {
  /** IMAP port on 127.0.0.1, without encryption. */
  readonly imapPort: number
  /** LMTP port on 127.0.0.1, for a mail server that delivers here. */
  readonly lmtpPort: number
  /** The password of everybody. */
  readonly password: string
  /** Delivers a mail as a mail server does. */
  deliver(mail: { readonly from: string; readonly to: string; readonly raw: string }): Promise<void>
  /** Ends it with all its connections; the mailboxes stay. */
  stop(): Promise<void>
  /** Starts it again, on the same ports. */
  start(): Promise<void>
  /** What Dovecot wrote into its log. */
  log(): Promise<string>
  close(): Promise<void>
}

/**
 * Tells why tests with Dovecot cannot run here.
 *
 * @returns undefined when they can; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoDovecot(): string | undefined {
  const isInstalled = findService('dovecot') !== undefined
  if (isInstalled && process.getuid?.() === 0) return undefined
  const reason = isInstalled
    ? 'Dovecot is started as root here, so a real mailbox is not tested; run the tests as root'
    : explainMissing('dovecot')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/** Settings of the configuration to replace or add, to try something out: `{ imap_capability: 'IMAP4rev1' }`. */
export interface DovecotOptions {
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts a Dovecot of its own beside any other on the machine: own configuration, mailboxes and ports, loopback only. */
export async function startDovecot({ settings = {} }: DovecotOptions = {}): Promise<Dovecot> {
  const program = findService('dovecot')
  if (program === undefined) throw new Error(explainMissing('dovecot'))
  const root = await mkdtemp(join(tmpdir(), 'invite-me-dovecot-'))
  const imapPort = await freePort()
  const lmtpPort = await freePort()
  const password = 'mailbox-password'
  await writeConfiguration(root, { imapPort, lmtpPort, password, settings })
  const readLog = () => readFile(join(root, 'dovecot.log'), 'utf8').catch(() => '')
  let stop = async () => {}
  let stopNow = () => {}
  const start = async () => {
    // In the foreground and a group of its own: connections are processes that would outlive their master.
    const options = { stdio: 'ignore', detached: true } as const
    const master = spawn(program, ['-F', '-c', join(root, 'dovecot.conf')], options)
    const gone = once(master, 'exit')
    stopNow = () => signalGroup(master.pid)
    process.once('exit', stopNow)
    stop = async () => {
      process.off('exit', stopNow)
      signalGroup(master.pid)
      await gone
      stop = async () => {}
    }
    await waitUntil('Dovecot answers', () => answers(imapPort, '* OK'), 10_000)
    await waitUntil('Dovecot takes mail', () => answers(lmtpPort, '220'), 10_000)
  }
  const close = async () => {
    await stop()
    await rm(root, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (cause) {
    const log = await readLog()
    await close()
    throw new Error(`Dovecot did not start: ${log}`, { cause })
  }
  return {
    imapPort,
    lmtpPort,
    password,
    deliver: async ({ from, raw, to }) => {
      const transport = createTransport({ host: '127.0.0.1', port: lmtpPort, lmtp: true })
      try {
        await transport.sendMail({ envelope: { from, to: [to] }, raw })
      } finally {
        transport.close()
      }
    },
    stop: () => stop(),
    start,
    log: readLog,
    close,
  }
}

function signalGroup(id: number | undefined): void {
  try {
    // Not SIGKILL: the locks it leaves on a mailbox would hold the next start up for two minutes.
    if (id !== undefined) process.kill(-id, 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
}

interface Places {
  readonly imapPort: number
  readonly lmtpPort: number
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
}

async function writeConfiguration(root: string, places: Places): Promise<void> {
  const id = async (flag: string) => Number((await run('id', [flag, 'dovecot'])).stdout)
  const owner = { uid: await id('-u'), gid: await id('-g') }
  for (const name of ['run', 'state', 'mail']) await mkdir(join(root, name))
  await chown(join(root, 'mail'), owner.uid, owner.gid)
  await chmod(root, 0o755)
  await writeFile(join(root, 'dovecot.conf'), configuration(root, owner, places))
}

function configuration(
  root: string,
  { gid, uid }: { readonly uid: number; readonly gid: number },
  { imapPort, lmtpPort, password, settings }: Places,
): string {
  const lines: Record<string, string> = {
    base_dir: join(root, 'run'),
    state_dir: join(root, 'state'),
    log_path: join(root, 'dovecot.log'),
    protocols: 'imap lmtp',
    listen: '127.0.0.1',
    ssl: 'no',
    disable_plaintext_auth: 'no',
    // The part before the @ alone names the mailbox.
    auth_username_format: '%Ln',
    recipient_delimiter: '+',
    mail_location: 'maildir:~/Maildir',
    first_valid_uid: '1',
    default_internal_user: 'dovecot',
    default_login_user: 'dovenull',
    // Tests write to a mailbox from two sides; the server should notice at once.
    mailbox_idle_check_interval: '1s',
    // Wrong passwords are part of the tests; by default Dovecot would answer them slower and slower.
    auth_failure_delay: '0',
    ...settings,
  }
  const simple = Object.entries(lines).map(([name, value]) => `${name} = ${value}`)
  return `\
${simple.join('\n')}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${join(root, 'mail')}/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtpPort}
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`
}

/** Whether what listens on this port begins with these letters. */
function answers(port: number, greeting: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isUp: boolean) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('error', () => end(false))
    socket.once('data', (data) => end(String(data).startsWith(greeting)))
  })
}
