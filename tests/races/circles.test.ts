import { randomBytes } from 'node:crypto'
import { isInviteMeError, yesNo } from '@invite-me/core'
import { sampleOutcomes, seededRandom } from '@invite-me/core/testing'
import { Client } from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { emptyWorkspace, explainNoPostgres } from '../peers/postgres-server.ts'
import { waitUntil } from '../peers/wait-until.ts'
import { aboutMessage, startProcessOn, told, type RaceProcess } from './race-bench.ts'

const missing = explainNoPostgres()
const operations = 2_000
/** Things under way at once, in both processes together: so many that they share commits. */
const atOnce = 60
const questions = 20
/** `INVITE_ME_RACES_SEED` asks for one of them again, or another. */
const seeds = (process.env['INVITE_ME_RACES_SEED'] ?? '1,2').split(',').map(Number)

interface OwnDatabase {
  readonly url: string
  /** How often two of its transactions have waited for each other. */
  circles(): Promise<number>
}

/** A database of its own on the server the tests use, since circles are counted for each database. */
async function ownDatabase(): Promise<OwnDatabase> {
  const { url } = await emptyWorkspace()
  const name = `races_${randomBytes(6).toString('hex')}`
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  await client.query(`CREATE DATABASE ${name}`)
  onTestFinished(async () => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.end()
  })
  const place = new URL(url)
  place.pathname = `/${name}`
  const counted = `
    SELECT deadlocks::int AS circles FROM pg_stat_database WHERE datname = $1
      AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = $1)`
  return {
    url: place.href,
    circles: async () => {
      let circles: number | undefined
      // A connection tells what it counted when it ends.
      await waitUntil(
        'all connections have ended',
        async () => {
          const { rows } = await client.query<{ readonly circles: number }>(counted, [name])
          circles = rows[0]?.circles
          return circles !== undefined
        },
        10_000,
      )
      return circles ?? Infinity
    },
  }
}

const person = (number: number) => ({
  externalId: `p${String(number)}`,
  routes: { chat: `a${String(number)}` },
})

describe.skipIf(missing !== undefined)(`two processes at the same twenty questions ${missing ?? ''}`, () => {
  test.each(seeds)(
    'do 2,000 things in any order, and never wait for each other in a circle (seed %i)',
    async (seed) => {
      const database = await ownDatabase()
      const place = { url: database.url, schema: 'invites' }
      const first = await startProcessOn(place)
      const processes = [first, await startProcessOn(place, { name: 'b' })]
      const random = seededRandom(seed)
      const below = (count: number): number => Math.floor(random.fraction() * count)
      for (let number = 0; number < questions; number += 1)
        await first.inviteMe.recipients.upsert(person(number))
      const people = Array.from({ length: questions }, (_, number) => person(number).externalId)
      await first.inviteMe.ask(people, 'Dinner?', { answer: yesNo(), until: '1h' })
      const ids = (await first.inviteMe.invitations.list({})).map(({ id }) => id)
      await waitUntil(
        'all are sent',
        async () => processes.reduce((sum, { chat }) => sum + chat.outbox.length, 0) === questions,
        10_000,
      )
      const sent = () => aboutMessage(`${below(2) === 0 ? 'a' : 'b'}-${String(1 + below(questions))}`)
      const value = () => (below(2) === 0 ? 'yes' : 'no')
      const address = (letter = 'a') => `${letter}${String(below(questions))}`
      const things: readonly ((process: RaceProcess) => Promise<unknown>)[] = [
        ({ inviteMe }) => inviteMe.respond(ids[below(questions)] ?? '', { kind: 'option', value: value() }),
        ({ inviteMe }) =>
          inviteMe.receive(
            'chat',
            told({
              kind: 'answer',
              reference: sent(),
              from: address(),
              input: { kind: 'option', value: value() },
            }),
          ),
        ({ inviteMe }) =>
          inviteMe.receive('chat', told({ kind: 'withdrawn', reference: sent(), from: address() })),
        ({ inviteMe }) => inviteMe.receive('chat', told({ kind: 'delivered', reference: sent() })),
        ({ inviteMe }) => inviteMe.receive('chat', told({ kind: 'read', reference: sent() })),
        ({ inviteMe }) =>
          inviteMe.receive(
            'chat',
            told({ kind: 'failed', reference: sent(), outcome: sampleOutcomes.permanent_recipient }),
          ),
        ({ inviteMe }) => inviteMe.receive('chat', told({ kind: 'complained', reference: sent() })),
        ({ inviteMe }) => inviteMe.receive('chat', told({ kind: 'opted_out', address: address() })),
        ({ inviteMe }) => inviteMe.receive('chat', told({ kind: 'opted_in', address: address() })),
        ({ inviteMe }) =>
          inviteMe.receive('chat', told({ kind: 'moved', address: address(), to: address('b') })),
        ({ inviteMe }) =>
          inviteMe.receive('chat', told({ kind: 'moved', address: address('b'), to: address() })),
        ({ inviteMe }) => inviteMe.recipients.upsert(person(below(questions))),
        ({ inviteMe }) =>
          inviteMe.ask([people[below(questions)] ?? '', { routes: { chat: address() } }], 'And?', {
            answer: yesNo(),
            until: '1h',
          }),
      ]
      const failures: string[] = []
      let left = operations
      const takeTurns = async (): Promise<void> => {
        while (left > 0) {
          left -= 1
          const process = processes[below(2)] ?? first
          await things[below(things.length)]?.(process).catch((error: unknown) => {
            failures.push(isInviteMeError(error) ? `${error.code}: ${error.message}` : String(error))
          })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, takeTurns))
      await Promise.all(processes.map(({ inviteMe }) => inviteMe.stop({ deadlineMs: 5_000 })))
      expect(failures).toEqual([])
      expect(await database.circles()).toBe(0)
    },
    120_000,
  )
})
