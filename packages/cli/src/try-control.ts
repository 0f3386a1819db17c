import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { InviteMeError, isInviteMeError } from '@invite-me/core/channel'
import { z } from 'zod'
import type { TryState } from './try-state.ts'

const commandSchema = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('break'), channel: z.string().min(1).max(40), isDown: z.boolean() }),
  z.strictObject({ command: z.literal('mend'), channel: z.string().min(1).max(40).optional() }),
  z.strictObject({ command: z.literal('advance'), byMs: z.number().int().min(1) }),
])

/** What another terminal may tell a running `try`. */
export type TryCommand = Readonly<z.infer<typeof commandSchema>>

/** What a running `try` answers: the channels that are broken now and its time. */
export interface TryAnswer {
  readonly broken: readonly string[]
  /** ISO 8601. */
  readonly now: string
}

const answerSchema = z.union([
  z.object({ broken: z.array(z.string()), now: z.string() }),
  z.object({ error: z.object({ message: z.string() }) }),
])

/** A running control listener. */
export interface TryControl {
  readonly state: TryState
  close(): Promise<void>
}

const longestBody = 1_000

/**
 * Listens on the loopback interface for commands of the same user. A web page cannot send any: the token is not known to
 * it, and a request that names another host is refused.
 *
 * @param obey carries a command out; what it throws is told to the other side
 */
export async function listenForTryCommands(obey: (command: TryCommand) => TryAnswer): Promise<TryControl> {
  const token = randomBytes(32).toString('base64url')
  const server = createServer((request, response) => {
    const reply = (status: number, body: object): void => {
      response
        .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
        .end(JSON.stringify(body))
    }
    if (request.method !== 'POST' || !carries(token, request)) {
      request.resume()
      reply(403, { error: { message: 'refused' } })
      return
    }
    readBody(request)
      .then((body) => reply(200, obey(commandSchema.parse(JSON.parse(body)))))
      .catch((error: unknown) => {
        const message = isInviteMeError(error) ? error.message : 'The command was not understood.'
        if (!response.headersSent) reply(400, { error: { message } })
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new InviteMeError('INTERNAL', 'The control listener has no port.')
  return {
    state: { port: address.port, token, processId: process.pid },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function carries(token: string, request: IncomingMessage): boolean {
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  const isHere = /^127\.0\.0\.1:\d+$/.test(request.headers.host ?? '')
  return isHere && given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    length += bytes.length
    if (length > longestBody) throw new InviteMeError('REQUEST_INVALID', 'The command is too long.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Tells a running `try` something.
 *
 * @throws InviteMeError `STOPPED` when it does not answer within 5 s, `REQUEST_INVALID` when it refuses
 */
export async function tellTry({ port, token }: TryState, command: TryCommand): Promise<TryAnswer> {
  let body: unknown
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(command),
      signal: AbortSignal.timeout(5_000),
    })
    body = await response.json()
  } catch (cause) {
    throw new InviteMeError(
      'STOPPED',
      'The running `invite-me try` does not answer; end it and start it again.',
      { cause },
    )
  }
  const answer = answerSchema.parse(body)
  if ('error' in answer) throw new InviteMeError('REQUEST_INVALID', answer.error.message)
  return answer
}
