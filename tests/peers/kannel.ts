import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { areServicesRequired, explainMissing, findService } from '../../scripts/services.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './wait-until.ts'

/** Kannel at work: an SMS gateway that cuts texts and speaks SMPP by its own lights (https://www.kannel.org). */
export interface Kannel {
  /** Hands a text to its HTTP interface. @returns what it answered, `0: Accepted for delivery` */
  send(message: { readonly from: string; readonly to: string; readonly text: string }): Promise<string>
  close(): Promise<void>
}

/** The message centre it logs in to. */
export interface KannelOptions {
  readonly smscPort: number
  readonly systemId: string
  readonly password: string
}

/**
 * Tells why tests with Kannel cannot run here.
 *
 * @returns undefined when they can; else a sentence for the skipped test
 * @throws when they cannot and `INVITE_ME_REQUIRE_SERVICES=1` asks for them
 */
export function explainNoKannel(): string | undefined {
  if (findService('kannel') !== undefined) return undefined
  const reason = explainMissing('kannel')
  if (areServicesRequired()) throw new Error(reason)
  return reason
}

/** Starts a Kannel of its own on free ports of loopback, bound to the message centre as a transceiver. */
export async function startKannel(options: KannelOptions): Promise<Kannel> {
  const bearerbox = findService('kannel')
  if (bearerbox === undefined) throw new Error(explainMissing('kannel'))
  const folder = await mkdtemp(join(tmpdir(), 'kannel-'))
  const [admin, smsbox, http] = [await freePort(), await freePort(), await freePort()]
  const file = join(folder, 'kannel.conf')
  await writeFile(file, configuration({ admin, smsbox, http }, options))
  const children: ChildProcess[] = []
  let log = ''
  const start = (program: string): void => {
    const child = spawn(program, ['-v', '1', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: folder,
    })
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        log = (log + text).slice(-20_000)
      })
    children.push(child)
  }
  const close = async (): Promise<void> => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const ended = once(child, 'exit')
      // Its queues live in memory only, so there is nothing to end gently.
      child.kill('SIGKILL')
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    start(bearerbox)
    await waitUntil('bearerbox listens', () => isOpen(smsbox), 15_000)
    start(join(dirname(bearerbox), 'smsbox'))
    await waitUntil('smsbox listens', () => isOpen(http), 15_000)
  } catch (cause) {
    await close()
    throw new Error(`Kannel did not start: ${log.slice(-2_000)}`, { cause })
  }
  return {
    send: async ({ from, to, text }) => {
      const isGsm7 =
        !/[^\n\r !-Z\\^_a-~[\]|€@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà]/u.test(text) && !text.includes('`')
      const query = new URLSearchParams({
        username: 'tester',
        password: 'tester',
        charset: 'UTF-8',
        coding: isGsm7 ? '0' : '2',
        from,
        to,
        text,
      })
      const answer = await fetch(`http://127.0.0.1:${String(http)}/cgi-bin/sendsms?${query.toString()}`)
      return answer.text()
    },
    close,
  }
}

interface Ports {
  readonly admin: number
  readonly smsbox: number
  readonly http: number
}

function configuration(
  { admin, http, smsbox }: Ports,
  { password, smscPort, systemId }: KannelOptions,
): string {
  return `group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = tester
smsbox-port = ${smsbox}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"

group = smsc
smsc = smpp
smsc-id = peer
host = 127.0.0.1
port = ${smscPort}
transceiver-mode = true
smsc-username = "${systemId}"
smsc-password = "${password}"
system-type = ""
interface-version = 34

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = ${smsbox}
sendsms-port = ${http}
sendsms-interface = 127.0.0.1

group = sendsms-user
username = tester
password = tester
concatenation = true
max-messages = 30
`
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (isUp: boolean): void => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('error', () => end(false))
    socket.once('connect', () => end(true))
  })
}
