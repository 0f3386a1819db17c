import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'

/** A block of a stream of server-sent events, by its fields; a comment is the field ''. */
export type Block = Readonly<Record<string, string>>

/** Reads a stream of server-sent events over a real connection. */
export class EventReader {
  readonly response: IncomingMessage
  readonly blocks: Block[] = []
  hasEnded = false
  #rest = ''

  private constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.#read(text))
    response.on('close', () => {
      this.hasEnded = true
    })
    response.on('error', () => undefined)
  }

  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
    const asking = request(url, { headers: { accept: 'text/event-stream', ...headers } })
    asking.end()
    const [response] = await once(asking, 'response')
    return new EventReader(response)
  }

  /** The events it got, parsed. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test asks for whatever it wants to see
  get events(): readonly any[] {
    return this.blocks.flatMap(({ data }) => (data === undefined ? [] : JSON.parse(data)))
  }

  /** The id a browser would connect again with. */
  get lastId(): string | undefined {
    return this.blocks.findLast(({ id }) => id !== undefined)?.['id']
  }

  close(): void {
    this.response.destroy()
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.blocks.push(fieldsOf(block))
  }
}

function fieldsOf(block: string): Block {
  return Object.fromEntries(
    block.split('\n').map((line) => {
      const end = line.indexOf(':')
      return [line.slice(0, end), line.slice(end + 1).trimStart()]
    }),
  )
}
