import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Recipient } from '../model/recipient.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { Suppression } from '../model/suppression.ts'
import type { ChannelAddress } from '../ports/store.ts'
import type { Gather } from './postgres-gather.ts'
import type { Executor, Statement, Value } from './postgres-session.ts'
import {
  toInvitation,
  toMessage,
  toRecipient,
  toRoute,
  toSuppression,
  toUnmatchedFact,
  type Row,
} from './rows.ts'

/** The reads every message passes through, a statement for any number of keys. What is found comes in the order of the keys. */
export interface PostgresReads {
  recipientsByExternalIds(externalIds: readonly string[]): Promise<readonly Recipient[]>
  recipientsByIds(ids: readonly string[]): Promise<readonly Recipient[]>
  suppressed(addresses: readonly ChannelAddress[]): Promise<readonly Suppression[]>
  messagesByIds(ids: readonly string[]): Promise<readonly Message[]>
  messagesByKeys(
    keys: readonly string[],
  ): Promise<readonly { readonly key: string; readonly messageId: string; readonly request: string }[]>
  invitationsByIds(ids: readonly string[]): Promise<readonly InvitationRecord[]>
  unmatchedOf(channel: string, providerMessageId: string): Promise<readonly UnmatchedFact[]>
}

/** Makes the reads; `gather` says whether those who read at once do it together. */
export function postgresReads(executor: Executor, gather: Gather): PostgresReads {
  const rowsOf = async <Table extends Parameters<typeof select>[0]>(
    statement: Statement,
    ...values: readonly Value[]
  ): Promise<readonly Row<Table>[]> => (await executor.query<Row<Table>>(statement, values)).rows

  const recipients = (column: 'id' | 'external_id') => {
    const statement = select('recipients', column)
    return keyed(gather, async (keys) => {
      const rows = await rowsOf<'recipients'>(statement, keys)
      const people = await withRoutes(executor, rows)
      return people.map((person) => [column === 'id' ? person.id : person.externalId, person])
    })
  }
  const messages = (statement: Statement) =>
    keyed(gather, async (ids) =>
      (await rowsOf<'messages'>(statement, ids)).map((row) => [row.id, toMessage(row)]),
    )
  const invitations = (statement: Statement) =>
    keyed(gather, async (ids) =>
      (await rowsOf<'invitations'>(statement, ids)).map((row) => [row.id, toInvitation(row)]),
    )
  const suppressed = keyed(gather, async (keys) => {
    const places = keys.map((key) => JSON.parse(key) as readonly [string, string])
    const rows = await rowsOf<'suppressions'>(
      selectSuppressed,
      places.map(([channel]) => channel),
      places.map(([, address]) => address),
    )
    return [...Map.groupBy(rows, placeKey)].map(([key, ofPlace]) => [key, ofPlace.map(toSuppression)])
  })
  const byKeys = keyed(gather, async (keys) =>
    (await rowsOf<'messages'>(selectKeys, keys)).map((row) => {
      const key = row.key ?? ''
      return [key, { key, messageId: row.id, request: row.request ?? '' }]
    }),
  )

  return {
    recipientsByExternalIds: recipients('external_id'),
    recipientsByIds: recipients('id'),
    suppressed: async (addresses) => (await suppressed(addresses.map(placeKey))).flat(),
    messagesByIds: messages(select('messages', 'id')),
    messagesByKeys: byKeys,
    invitationsByIds: invitations(select('invitations', 'id')),
    unmatchedOf: async (channel, providerMessageId) =>
      (await rowsOf<'unmatched_facts'>(selectUnmatched, channel, providerMessageId)).map(toUnmatchedFact),
  }
}

function select(
  table: 'recipients' | 'routes' | 'messages' | 'invitations' | 'suppressions' | 'unmatched_facts',
  column: string,
): Statement {
  return { name: `${table}_by_${column}`, text: `SELECT * FROM ${table} WHERE ${column} = ANY($1::text[])` }
}

/** Makes people of rows, in their order, each with their routes. */
export async function withRoutes(
  executor: Executor,
  people: readonly Row<'recipients'>[],
): Promise<readonly Recipient[]> {
  if (people.length === 0) return []
  const ids = people.map(({ id }) => id)
  const { rows } = await executor.query<Row<'routes'>>(selectRoutes, [ids])
  const byRecipient = Map.groupBy(rows, (route) => route.recipient_id)
  return people.map((row) => toRecipient(row, (byRecipient.get(row.id) ?? []).map(toRoute)))
}

const selectRoutes: Statement = {
  name: 'routes_of',
  text: 'SELECT * FROM routes WHERE recipient_id = ANY($1::text[]) ORDER BY rank, id',
}
const selectKeys: Statement = {
  name: 'messages_by_key',
  text: 'SELECT id, key, request FROM messages WHERE key = ANY($1::text[])',
}
const selectSuppressed: Statement = {
  name: 'suppressed',
  text: `SELECT s.* FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS given(channel, address)
         JOIN suppressions s ON s.channel = given.channel AND s.address = given.address ORDER BY s.category COLLATE "C"`,
}
const selectUnmatched: Statement = {
  name: 'unmatched_of',
  text: 'SELECT * FROM unmatched_facts WHERE channel = $1 AND provider_message_id = $2 ORDER BY id',
}

/** Reads what belongs to keys; each caller gets what belongs to theirs, in the order they gave them. */
function keyed<Result>(
  gather: Gather,
  read: (keys: readonly string[]) => Promise<readonly (readonly [string, Result])[]>,
): (keys: readonly string[]) => Promise<readonly Result[]> {
  const readAll = gather(async (keys: readonly string[]) => new Map(await read([...new Set(keys)])))
  return async (keys) => {
    if (keys.length === 0) return []
    const found = await readAll(keys)
    return keys.flatMap((key) => found.get(key) ?? [])
  }
}

function placeKey({ address, channel }: ChannelAddress): string {
  return JSON.stringify([channel, address])
}
