import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { startSwallowingWire } from '../../peers/swallowing-wire.ts'
import type { CalledPorts, Place } from './server-world.ts'

const run = promisify(execFile)

/** A place apart, whose network to the services can be cut. The providers stay in reach, so that work goes on blindly. */
export interface PlaceApart {
  readonly place: Place
  /** From now on nothing passes, and nobody is told. */
  cut(): Promise<void>
  /** Everything passes again. */
  mend(): Promise<void>
  close(): Promise<void>
}

/**
 * Tells why no network namespace can be made here.
 *
 * @returns undefined when one can; else a sentence
 */
export async function explainNoNamespace(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'network namespaces are made by root only'
  const probe = `invite-me-probe-${String(process.pid)}`
  try {
    await run('ip', ['netns', 'add', probe])
    await run('ip', ['netns', 'delete', probe])
    return undefined
  } catch {
    return 'the program ip is missing, or may not make network namespaces here'
  }
}

/** A machine of its own: a network namespace with a cable to the services and another one to the providers. */
export async function namespacePlace(ports: CalledPorts): Promise<PlaceApart> {
  const name = `invite-me-${String(process.pid)}`
  const cables = { services: `im${String(process.pid)}s`, providers: `im${String(process.pid)}p` }
  const closers: (() => Promise<void>)[] = [() => ip('netns', 'delete', name)]
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).toReversed()) await end().catch(() => undefined)
  }
  try {
    await ip('netns', 'add', name)
    const servicesHost = await layCable(name, cables.services, 0)
    const providersHost = await layCable(name, cables.providers, 4)
    const reach = async (host: string, port: number): Promise<number> => {
      const forwarder = await startForwarder(host, port)
      closers.push(forwarder.close)
      return forwarder.port
    }
    const place = {
      through: ['ip', 'netns', 'exec', name],
      servicesHost,
      providersHost,
      ports: {
        postgres: await reach(servicesHost, ports.postgres),
        rabbitmq: await reach(servicesHost, ports.rabbitmq),
        redis: await reach(servicesHost, ports.redis),
        http: await reach(providersHost, ports.http),
        smtp: await reach(providersHost, ports.smtp),
      },
    }
    return {
      place,
      cut: () => ip('link', 'set', cables.services, 'down'),
      mend: () => ip('link', 'set', cables.services, 'up'),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The same machine, with wires to the services that can swallow all they carry. What was swallowed never comes. */
export async function wiredPlace(ports: CalledPorts): Promise<PlaceApart> {
  const [postgres, rabbitmq, redis] = await Promise.all([
    startSwallowingWire(ports.postgres),
    startSwallowingWire(ports.rabbitmq),
    startSwallowingWire(ports.redis),
  ])
  const wires = [postgres, rabbitmq, redis]
  const here = '127.0.0.1'
  return {
    place: {
      through: [],
      servicesHost: here,
      providersHost: here,
      ports: { ...ports, postgres: postgres.port, rabbitmq: rabbitmq.port, redis: redis.port },
    },
    cut: async () => {
      for (const wire of wires) wire.swallow()
    },
    mend: async () => {
      for (const wire of wires) wire.carry()
    },
    close: async () => {
      await Promise.all(wires.map((wire) => wire.close()))
    },
  }
}

async function ip(...words: readonly string[]): Promise<void> {
  await run('ip', words)
}

/**
 * Joins a namespace to this machine by a pair of interfaces, which ends with the namespace.
 *
 * @param offset of its four addresses in a part of 198.18.0.0/15, which is reserved for tests (RFC 2544)
 * @returns the address of this machine's end
 */
async function layCable(namespace: string, name: string, offset: number): Promise<string> {
  const network = `198.18.${String(process.pid % 256)}`
  const [ours, theirs] = [`${network}.${String(offset + 1)}`, `${network}.${String(offset + 2)}`]
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', `${name}x`, 'netns', namespace)
  await ip('address', 'add', `${ours}/30`, 'dev', name)
  await ip('link', 'set', name, 'up')
  await ip('-n', namespace, 'address', 'add', `${theirs}/30`, 'dev', `${name}x`)
  await ip('-n', namespace, 'link', 'set', `${name}x`, 'up')
  await ip('-n', namespace, 'link', 'set', 'lo', 'up')
  return ours
}

/** Listens on one of this machine's addresses and passes everything on to a port of 127.0.0.1. */
async function startForwarder(
  host: string,
  port: number,
): Promise<{ readonly port: number; readonly close: () => Promise<void> }> {
  const sockets = new Set<Socket>()
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.pipe(to)
    from.on('error', () => undefined)
    from.once('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((caller) => {
    const called = connect(port, '127.0.0.1')
    join(caller, called)
    join(called, caller)
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
