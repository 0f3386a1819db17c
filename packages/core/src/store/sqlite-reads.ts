import type BetterSqlite from 'better-sqlite3'
import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Recipient } from '../model/recipient.ts'
import type { UnmatchedFact } from '../model/unmatched-fact.ts'
import type { Suppression } from '../model/suppression.ts'
import type { ChannelAddress } from '../ports/store.ts'
import {
  toInvitation,
  toMessage,
  toRecipient,
  toRoute,
  toSuppression,
  toUnmatchedFact,
  type Row,
} from './rows.ts'

/** The reads every message passes through, prepared once: building a query costs twenty times what running it does. */
export interface SqliteReads {
  recipientsByExternalIds(externalIds: readonly string[]): readonly Recipient[]
  recipientsByIds(ids: readonly string[]): readonly Recipient[]
  suppressed(addresses: readonly ChannelAddress[]): readonly Suppression[]
  messagesByIds(ids: readonly string[]): readonly Message[]
  /** Messages accepted earlier under these keys. */
  messagesByKeys(
    keys: readonly string[],
  ): readonly { readonly key: string; readonly messageId: string; readonly request: string }[]
  invitationsByIds(ids: readonly string[]): readonly InvitationRecord[]
  unmatchedOf(channel: string, providerMessageId: string): readonly UnmatchedFact[]
}

/** Prepares the reads on a migrated database: one row a key, since within this process asking again costs nothing. */
export function prepareReads(database: BetterSqlite.Database): SqliteReads {
  const one = <Table extends 'recipients' | 'messages' | 'invitations'>(table: Table, column: string) =>
    database.prepare<[string], Row<Table>>(`SELECT * FROM ${table} WHERE ${column} = ?`)
  const recipientByExternalId = one('recipients', 'external_id')
  const recipientById = one('recipients', 'id')
  const messageById = one('messages', 'id')
  const messageByKey = one('messages', 'key')
  const invitationById = one('invitations', 'id')
  const routesOf = database.prepare<[string], Row<'routes'>>(
    'SELECT * FROM routes WHERE recipient_id = +? ORDER BY rank, id',
  )
  const suppression = database.prepare<[string, string], Row<'suppressions'>>(
    'SELECT * FROM suppressions WHERE channel = ? AND address = ? ORDER BY category',
  )
  const unmatched = database.prepare<[string, string], Row<'unmatched_facts'>>(
    'SELECT * FROM unmatched_facts WHERE channel = +? AND provider_message_id = +? ORDER BY id',
  )
  const withRoutes = (row: Row<'recipients'>): Recipient =>
    toRecipient(row, routesOf.all(row.id).map(toRoute))

  return {
    recipientsByExternalIds: (externalIds) => found(externalIds, recipientByExternalId).map(withRoutes),
    recipientsByIds: (ids) => found(ids, recipientById).map(withRoutes),
    suppressed: (addresses) =>
      addresses.flatMap(({ channel, address }) => suppression.all(channel, address)).map(toSuppression),
    messagesByIds: (ids) => found(ids, messageById).map(toMessage),
    messagesByKeys: (keys) =>
      found(keys, messageByKey).map((row) => ({
        key: row.key ?? '',
        messageId: row.id,
        request: row.request ?? '',
      })),
    invitationsByIds: (ids) => found(ids, invitationById).map(toInvitation),
    unmatchedOf: (channel, providerMessageId) =>
      unmatched.all(channel, providerMessageId).map(toUnmatchedFact),
  }
}

function found<Result>(
  keys: readonly string[],
  statement: BetterSqlite.Statement<[string], Result>,
): readonly Result[] {
  return keys.flatMap((key) => statement.get(key) ?? [])
}
