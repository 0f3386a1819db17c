import type { SegmentFilter, Store } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { sqlite } from '@invite-me/core/sqlite'
import Database from 'better-sqlite3'
import { Client } from 'pg'
import { emptyWorkspace } from '../tests/peers/postgres-server.ts'
import { newId } from './new-id.ts'
import { compare, type Comparison, type Contest } from './rounds.ts'
import { withWorkspaceFile } from './workspace-file.ts'

const people = 100_000
const rounds = 5
const least = 0.15
const goal: Contest['goal'] = {
  words: `at least ${String(100 * least)} %`,
  isMet: ({ ratio }) => ratio >= least,
}

interface Question {
  readonly name: string
  readonly filter: SegmentFilter
  /** The same as somebody would write it who knows the data: one statement, no care for types that differ. */
  readonly sqlite: string
  readonly postgres: string
}

const hasTelegram = `EXISTS (SELECT 1 FROM routes WHERE recipient_id = recipients.id AND channel = 'telegram' AND state = 'open'
  AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.channel = routes.channel AND s.address = routes.address))`

const questions: readonly Question[] = [
  {
    name: 'an attribute',
    filter: { attribute: 'city', is: 'Berlin' },
    sqlite: `json_extract(attributes, '$.city') = 'Berlin'`,
    postgres: `attributes::jsonb ->> 'city' = 'Berlin'`,
  },
  { name: 'a route', filter: { has: 'telegram' }, sqlite: hasTelegram, postgres: hasTelegram },
  {
    name: 'three attributes and a route',
    filter: {
      all: [
        { attribute: 'city', in: ['Berlin', 'Rome'] },
        { attribute: 'age', atLeast: 30 },
        { attribute: 'age', lessThan: 60 },
        { has: 'telegram' },
      ],
    },
    sqlite: `json_extract(attributes, '$.city') IN ('Berlin', 'Rome') AND json_extract(attributes, '$.age') >= 30
      AND json_extract(attributes, '$.age') < 60 AND ${hasTelegram}`,
    postgres: `attributes::jsonb ->> 'city' IN ('Berlin', 'Rome') AND (attributes::jsonb ->> 'age')::int >= 30
      AND (attributes::jsonb ->> 'age')::int < 60 AND ${hasTelegram}`,
  },
]

/** People counted a second by filters, against statements written by hand, on the same 100,000 people. */
export async function segmentFilters(): Promise<readonly Comparison[]> {
  return [...(await onSqlite()), ...(await onPostgres())]
}

async function onSqlite(): Promise<readonly Comparison[]> {
  return withWorkspaceFile(async (path) => {
    const store = await sqlite(path, { synchronous: 'normal' }).open()
    await fill(store)
    const database = new Database(path, { readonly: true })
    try {
      return await askAll('SQLite', store, async (question) => {
        const statement = database.prepare<[], { count: number }>(
          `SELECT count(*) AS count FROM recipients WHERE ${question.sqlite}`,
        )
        return statement.get()?.count ?? 0
      })
    } finally {
      database.close()
      await store.close()
    }
  })
}

async function onPostgres(): Promise<readonly Comparison[]> {
  const { url, schema, remove } = await emptyWorkspace()
  const store = await postgres({ url, schema, connections: 2 }).open()
  const client = new Client({ connectionString: url, options: `-c search_path=${schema}` })
  try {
    await client.connect()
    await fill(store)
    // As a server does by itself after a while; both sides profit.
    await client.query('ANALYZE')
    return await askAll('Postgres', store, async (question) => {
      const { rows } = await client.query<{ count: string }>(
        `SELECT count(*) AS count FROM recipients WHERE ${question.postgres}`,
      )
      return Number(rows[0]?.count)
    })
  } finally {
    await client.end()
    await store.close()
    await remove()
  }
}

async function askAll(
  database: string,
  store: Store,
  byHand: (question: Question) => Promise<number>,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = []
  for (const question of questions) {
    const counts = new Set<number>()
    const timed = (count: () => Promise<number>) => async () => {
      const begin = performance.now()
      counts.add(await count())
      return people / ((performance.now() - begin) / 1_000)
    }
    comparisons.push(
      await compare({
        name: `people looked at by ${question.name}, ${database}`,
        unit: 'people/s',
        rounds,
        ours: timed(() => store.recipients.count({ filter: question.filter, categories: new Map() })),
        reference: timed(() => byHand(question)),
        goal,
      }),
    )
    if (counts.size !== 1)
      throw new Error(`${question.name}: the two sides found ${[...counts].join(' and ')}.`)
  }
  return comparisons
}

async function fill(store: Store): Promise<void> {
  const cities = ['Berlin', 'Paris', 'Rome', 'Oslo', 'Wien']
  const portion = 1_000
  for (let start = 0; start < people; start += portion) {
    const drafts = Array.from({ length: portion }, (_, index) => {
      const number = start + index
      const route = (channel: string, address: string) => ({
        channel,
        address,
        rank: 1,
        verified: false,
        state: 'open' as const,
      })
      return {
        externalId: `user-${String(number)}`,
        name: 'Ann Example',
        attributes: {
          city: cities[number % cities.length] ?? '',
          age: 18 + (number % 60),
          plan: 'basic',
          since: '2026-01-05',
        },
        routes: [
          route('email', `user-${String(number)}@guests.test`),
          ...(number % 3 === 0 ? [route('telegram', String(number))] : []),
        ],
      }
    })
    await store.transaction((parts) => parts.recipients.upsert(drafts, () => newId(Date.now()), new Date()))
  }
}
