import { once } from 'node:events'
import { WebSocket, type ClientOptions } from 'ws'
import { liveProtocol } from '../live-protocol.ts'
import { until } from './until.ts'

/** A message of the server. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test asks for whatever it wants to see
export type Heard = any

/** A client of live topics, over a real socket. */
export class LiveClient {
  readonly socket: WebSocket
  readonly heard: Heard[] = []
  closeCode: number | undefined
  #asked = 0

  constructor(host: string, { protocols = [liveProtocol], ...options }: ClientOptions & { protocols?: string[] } = {}) {
    this.socket = new WebSocket(`ws://${host}/v1/live`, protocols, options)
    this.socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) this.heard.push(JSON.parse(data.toString('utf8')))
    })
    this.socket.on('close', (code) => {
      this.closeCode = code
    })
    this.socket.on('error', () => undefined)
  }

  /** Opens one that says who it is in the header. */
  static async open(host: string, token: string): Promise<LiveClient> {
    const client = new LiveClient(host, { headers: { authorization: `Bearer ${token}` } })
    await once(client.socket, 'open')
    return client
  }

  say(message: unknown): void {
    this.socket.send(typeof message === 'string' || message instanceof Buffer ? message : JSON.stringify(message))
  }

  /** Says something and waits for its answer. */
  async ask(message: object): Promise<Heard> {
    const ref = `ask-${(this.#asked += 1)}`
    this.say({ ...message, ref })
    return this.hears(`the answer of ${JSON.stringify(message)}`, (one) => one.ref === ref)
  }

  async hears(what: string, isIt: (message: Heard) => boolean): Promise<Heard> {
    await until(`a client hears ${what}`, () => this.heard.some(isIt))
    return this.heard.find(isIt)
  }

  /** Data of the events it heard of a topic. */
  told(topic: string): readonly Heard[] {
    return this.heard.filter((one) => one.type === 'event' && one.topic === topic).map(({ event }) => event.data)
  }

  async isClosed(): Promise<number> {
    await until('a client is closed', () => this.closeCode !== undefined)
    return this.closeCode ?? 0
  }

  end(): void {
    this.socket.terminate()
  }
}

/** The status an attempt to open a socket is refused with. */
export async function refusedWith(host: string, options: ConstructorParameters<typeof LiveClient>[1]): Promise<number> {
  const { socket } = new LiveClient(host, options)
  const [, response] = await once(socket, 'unexpected-response')
  socket.terminate()
  return response.statusCode
}
