import { execFile, spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'

const run = promisify(execFile)

export interface PostfixOptions {
  /** Domain whose mail is delivered; default `guests.test`. */
  readonly domain?: string
  /** Mailboxes of the domain, parts before the @; default every one, with or without `+extension`. */
  readonly users?: readonly string[]
  /** Mail for these domains is handed to an SMTP server on loopback at this port: `{ 'reply.guests.test': 2525 }`. */
  readonly relays?: Readonly<Record<string, number>>
  /** Lines for main.cf, to try a setting out: `{ message_size_limit: '20000' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A private Postfix at work. */
export interface Postfix {
  /** SMTP port on 127.0.0.1. */
  readonly port: number
  readonly domain: string
  /** The Maildir everything for the domain is delivered to. */
  readonly mailbox: string
  /** Raw mails delivered so far, without order. */
  mails(): Promise<readonly string[]>
  /** Waits until so many mails are delivered; rejects after `timeoutMs` (default 10,000). */
  waitFor(count: number, timeoutMs?: number): Promise<readonly string[]>
  /** What Postfix wrote into its log. */
  log(): Promise<string>
  close(): Promise<void>
}

/**
 * Tells why tests with Postfix cannot run here.
 *
 * @returns undefined when they can; else a sentence that says what to do
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoPostfix(): string | undefined {
  const isRoot = process.getuid?.() === 0
  const reason =
    findService('postfix') === undefined
      ? explainMissing('postfix')
      : 'Postfix starts as root only, so mail over a real server is not tested; run the tests as root'
  if (findService('postfix') !== undefined && isRoot) return undefined
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/**
 * Starts a Postfix of its own beside any other on the machine: own configuration, queue and port, loopback only.
 * Unknown users of the domain are refused with `550 5.1.1`, other domains with `554 5.7.1`.
 */
export async function startPostfix(options: PostfixOptions = {}): Promise<Postfix> {
  const { domain = 'guests.test' } = options
  const root = await mkdtemp(join(tmpdir(), 'invite-me-postfix-'))
  const mailbox = join(root, 'mail', 'new')
  const port = await freePort()
  await writeConfiguration(root, port, { ...options, domain })
  const postfix = findService('postfix')
  if (postfix === undefined) throw new Error(explainMissing('postfix'))
  // In the foreground, so that it ends with us and not as a stray daemon.
  const master = spawn(postfix, ['-c', root, 'start-fg'], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => master.once('exit', () => resolve()))
  const stopNow = () => void master.kill('SIGTERM')
  process.once('exit', stopNow)
  const readLog = () => readFile(join(root, 'log', 'postfix.log'), 'utf8').catch(() => '')
  const close = async () => {
    process.off('exit', stopNow)
    await run(postfix, ['-c', root, 'stop']).catch(stopNow)
    await ended
    await rm(root, { recursive: true, force: true })
  }
  try {
    await waitUntil(() => greets(port), 10_000)
  } catch (cause) {
    const log = await readLog()
    await close()
    throw new Error(`Postfix did not start: ${log}`, { cause })
  }
  const mails = async () => {
    const names = await readdir(mailbox).catch(() => [])
    return Promise.all(names.map((name) => readFile(join(mailbox, name), 'utf8')))
  }
  return {
    port,
    domain,
    mailbox: dirname(mailbox),
    mails,
    waitFor: async (count, timeoutMs = 10_000) => {
      await waitUntil(async () => (await readdir(mailbox).catch(() => [])).length >= count, timeoutMs)
      return mails()
    },
    log: readLog,
    close,
  }
}

interface Account {
  readonly uid: number
  readonly gid: number
}

async function accountOf(name: string): Promise<Account> {
  const id = async (flag: string) => Number((await run('id', [flag, name])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

async function writeConfiguration(
  root: string,
  port: number,
  options: PostfixOptions & { readonly domain: string },
): Promise<void> {
  const account = await accountOf('postfix')
  for (const name of ['queue', 'data', 'mail', 'log']) await mkdir(join(root, name))
  await chown(join(root, 'data'), account.uid, account.gid)
  await chown(join(root, 'mail'), account.uid, account.gid)
  await chmod(root, 0o755)
  await writeFile(join(root, 'main.cf'), mainConfiguration(root, account, options))
  await writeFile(join(root, 'master.cf'), masterConfiguration(port))
}

function mainConfiguration(
  root: string,
  { gid, uid }: Account,
  { domain, relays = {}, settings = {}, users }: PostfixOptions,
): string {
  const mailboxes =
    users === undefined
      ? `static:./`
      : `inline:{ ${users.map((user) => `{ ${user}@${domain} = ./ }`).join(', ')} }`
  const routes = Object.entries(relays).map(([name, port]) => `{ ${name} = smtp:[127.0.0.1]:${port} }`)
  const lines: Record<string, string> = {
    compatibility_level: '3.6',
    queue_directory: join(root, 'queue'),
    data_directory: join(root, 'data'),
    maillog_file: join(root, 'log', 'postfix.log'),
    maillog_file_prefixes: root,
    multi_instance_name: 'invite-me-test',
    multi_instance_enable: 'yes',
    inet_interfaces: 'loopback-only',
    inet_protocols: 'ipv4',
    myhostname: 'mail.guests.test',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    // A client of ours is not trusted more than anybody: it may write to the domains served here and to no other.
    smtpd_relay_restrictions: 'reject_unauth_destination',
    smtpd_recipient_restrictions: 'reject_unauth_destination, reject_unlisted_recipient',
    // Wrong recipients are part of the tests; by default Postfix would answer them slower and slower.
    smtpd_error_sleep_time: '0',
    smtpd_soft_error_limit: '10000',
    smtpd_hard_error_limit: '20000',
    smtpd_peername_lookup: 'no',
    recipient_delimiter: '+',
    virtual_mailbox_domains: domain ?? '',
    virtual_mailbox_base: join(root, 'mail'),
    virtual_mailbox_maps: mailboxes,
    virtual_uid_maps: `static:${uid}`,
    virtual_gid_maps: `static:${gid}`,
    virtual_minimum_uid: '1',
    relay_domains: Object.keys(relays).join(', '),
    transport_maps: routes.length === 0 ? '' : `inline:{ ${routes.join(', ')} }`,
    smtp_dns_support_level: 'disabled',
    disable_dns_lookups: 'yes',
    smtp_host_lookup: 'native',
    minimal_backoff_time: '1s',
    maximal_backoff_time: '2s',
    queue_run_delay: '1s',
    ...settings,
  }
  return Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
}

function masterConfiguration(port: number): string {
  return `\
127.0.0.1:${port} inet n - n - - smtpd
postlog   unix-dgram n - n - 1 postlogd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
anvil     unix - - n - 1 anvil
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
virtual   unix - n n - - virtual
proxymap  unix - - n - - proxymap
`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Whether an SMTP server says 220 on this port. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isUp: boolean) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('error', () => end(false))
    socket.once('data', (data) => end(String(data).startsWith('220')))
  })
}

async function waitUntil(isTrue: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
