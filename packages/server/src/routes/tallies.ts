import { createHash } from 'node:crypto'
import { answersCsvHeader, answersCsvRow, type AnswerRow, type Tally } from '@invite-me/core'
import { z } from '@hono/zod-openapi'
import { defineRoute, reply, type Route } from '../app/route.ts'
import { watch } from '../app/wait.ts'
import { liveCallerOf } from '../realtime/create-live.ts'
import { streamTallies } from '../realtime/tally-stream.ts'
import { orNull } from '../wire/moment.ts'
import { quorumResultSchema, versionedTallySchema } from '../wire/tally.ts'
import { waitQuery } from '../wire/wait-query.ts'

/** Characters of an export that are sent at once, about. */
const chunkCharacters = 64_000

/** Most people one question may have. */
const mostCounted = 100_000
const countProblem = 'it is a whole number from 1 to 100000'

const ofMessage = {
  scope: 'read',
  problems: ['MESSAGE_UNKNOWN'],
  rename: { messageId: 'path.id', count: 'query.count', of: 'query.of' },
} as const

const tally = defineRoute({
  method: 'get',
  path: '/v1/messages/{id}/tally',
  operation: 'messages.tally',
  summary: 'How a question stands: how many in each state, and how many gave each answer',
  description:
    'Counted as of one moment. With `since` and `wait`, answers when it differs from that version, or when the time is over.',
  query: z.strictObject({ since: z.string().max(100).optional(), wait: waitQuery }),
  answers: { 200: { description: 'The tally.', schema: versionedTallySchema } },
  ...ofMessage,
  handle: async ({ inviteMe, world, path: { id }, query: { since, wait }, signal }) =>
    reply(
      200,
      await watch(
        inviteMe,
        { clock: world.clock, signal },
        since === undefined ? 0 : (wait ?? 0),
        async () => {
          const now = await inviteMe.invitations.tally(id)
          const version = versionOf(now)
          return { isDone: version !== since, found: { version, tally: now } }
        },
        ({ messageId }) => messageId === id,
      ),
    ),
})

const tallies = defineRoute({
  method: 'get',
  path: '/v1/messages/{id}/tallies',
  operation: 'messages.tallies',
  summary: 'Follow the tally of a question',
  description:
    'A stream of server-sent events: the tally now and after each change, at most one a second. It ends when nobody is left to answer; whoever connects again gets the tally as it is then.',
  answers: { 200: { description: 'Tallies, as JSON.', content: ['text/event-stream'] } },
  ...ofMessage,
  scope: 'live',
  problems: ['MESSAGE_UNKNOWN', 'STOPPED'],
  handle: async ({ world, inviteMe, path: { id }, caller, request, signal }) => {
    const credential = (request.headers.get('authorization') ?? '').replace(/^Bearer +/i, '').trim()
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // nginx would hold the events back.
      'x-accel-buffering': 'no',
    }
    // A HEAD of a stream would be a stream nobody reads.
    if (request.method === 'HEAD') {
      await inviteMe.invitations.tally(id)
      return new Response(null, { headers })
    }
    const who = { caller: liveCallerOf(caller), credential, messageId: id, signal }
    return new Response(await streamTallies(world.live.world, inviteMe, who), { headers })
  },
})

const quorum = defineRoute({
  method: 'get',
  path: '/v1/messages/{id}/quorum',
  operation: 'messages.quorum',
  summary: 'Whether so many such answers are there, or can no longer come; null while it is open',
  query: z.strictObject({
    count: z
      .string()
      .regex(/^\d{1,6}$/, countProblem)
      .transform(Number)
      .refine((count) => count >= 1 && count <= mostCounted, countProblem)
      .optional()
      .openapi({ type: 'integer', minimum: 1, maximum: mostCounted, default: 1, example: 4 }),
    of: z.string().min(1).max(100).optional().openapi({
      description:
        '`accepted` a yes, `answered` any answer, or a value. Default a yes where there is one, else any answer.',
    }),
    wait: waitQuery,
  }),
  answers: {
    200: {
      description: 'The result so far.',
      schema: z.strictObject({ result: orNull(quorumResultSchema) }).openapi('QuorumSoFar'),
    },
  },
  ...ofMessage,
  handle: async ({ inviteMe, world, path: { id }, query: { count, of, wait }, signal }) => {
    const options = of === undefined ? {} : { of }
    const look = async () => {
      const result = await inviteMe.invitations.quorumSoFar(id, count ?? 1, options)
      return { isDone: result !== undefined, found: result ?? null }
    }
    const waiting = { clock: world.clock, signal }
    const result = await watch(inviteMe, waiting, wait ?? 0, look, ({ messageId }) => messageId === id)
    return reply(200, { result })
  },
})

const answers = defineRoute({
  method: 'get',
  path: '/v1/messages/{id}/answers',
  operation: 'messages.answers',
  summary: 'What became of a question, a row a person, as a stream',
  description:
    'A stream of any length, NDJSON (default) or CSV with `format` or `Accept: text/csv`. In CSV what a spreadsheet would take for a formula begins with an apostrophe.',
  query: z.strictObject({ format: z.enum(['ndjson', 'csv']).optional() }),
  answers: { 200: { description: 'The rows.', content: ['application/x-ndjson', 'text/csv'] } },
  ...ofMessage,
  handle: async ({ inviteMe, path: { id }, query: { format }, request }) => {
    const isCsv = (format ?? preferred(request)) === 'csv'
    const rows = inviteMe.invitations.export(id)[Symbol.asyncIterator]()
    // Read before the answer begins, so that an unknown message is a 404.
    const first = await rows.next()
    return new Response(isCsv ? csv(first, rows) : ndjson(first, rows), {
      headers: {
        'content-type': isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson',
        'content-disposition': `attachment; filename="answers.${isCsv ? 'csv' : 'ndjson'}"`,
        'x-content-type-options': 'nosniff',
      },
    })
  },
})

/** `/v1/messages/{id}/tally`, `…/tallies`, `…/quorum`, `…/answers` */
export const tallyRoutes: readonly Route[] = [tally, tallies, quorum, answers]

function versionOf(counted: Tally): string {
  return createHash('sha256').update(JSON.stringify(counted)).digest('base64url').slice(0, 22)
}

function preferred({ headers }: Request): 'csv' | 'ndjson' {
  return (headers.get('accept') ?? '').toLowerCase().includes('text/csv') ? 'csv' : 'ndjson'
}

type Rows = AsyncIterator<AnswerRow>
type First = IteratorResult<AnswerRow>

function csv(first: First, rows: Rows): ReadableStream<Uint8Array> {
  return streamOf(answersCsvHeader(), first, rows, answersCsvRow)
}

function ndjson(first: First, rows: Rows): ReadableStream<Uint8Array> {
  return streamOf('', first, rows, (row) => `${JSON.stringify(row)}\n`)
}

/** Reads on only as fast as the client does. */
function streamOf(
  head: string,
  first: First,
  rows: Rows,
  write: (row: AnswerRow) => string,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let next: First | undefined = first
  let text = head
  return new ReadableStream<Uint8Array>({
    pull: async (stream) => {
      while (text.length < chunkCharacters) {
        const row = next ?? (await rows.next())
        next = undefined
        if (row.done === true) {
          if (text !== '') stream.enqueue(encoder.encode(text))
          stream.close()
          return
        }
        text += write(row.value)
      }
      stream.enqueue(encoder.encode(text))
      text = ''
    },
    cancel: async () => void (await rows.return?.()),
  })
}
