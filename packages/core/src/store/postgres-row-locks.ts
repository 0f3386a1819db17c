import type { InvitationRecord } from '../model/invitation.ts'
import type { Message } from '../model/message.ts'
import type { Recipient } from '../model/recipient.ts'
import type { Gather } from './postgres-gather.ts'
import type { MethodCall } from './postgres-methods.ts'
import { withRoutes } from './postgres-reads.ts'
import type { Executor } from './postgres-session.ts'
import { toInvitation, toMessage, type Row } from './rows.ts'

/** Reads rows and locks them until the transaction ends, in the order of their keys, whoever locks. What is not there is left out. */
export interface RowLock<Result> {
  /** Waits for whoever has one of them. */
  wait(keys: readonly string[]): Promise<readonly Result[]>
  /** @returns `taken` when somebody else has one of them; the others are locked all the same */
  attempt(keys: readonly string[]): Promise<readonly Result[] | 'taken'>
}

/** The rows that are locked on their own. */
export interface PostgresRowLocks {
  readonly invitations: RowLock<InvitationRecord>
  readonly messages: RowLock<Message>
  readonly heldMessages: RowLock<Message>
  /** By externalId, as the next. */
  readonly recipients: RowLock<Recipient>
  /** As a reference of another table to them would: they may change meanwhile, but not go. */
  readonly heldRecipients: RowLock<Recipient>
  /** Does a call that locks or holds without waiting for anybody; `undefined` for one that cannot be done so. */
  tryCall(call: MethodCall): Promise<{ readonly result: unknown } | 'taken'> | undefined
}

type Lockable = 'invitations' | 'messages' | 'recipients'

interface Locking<Table extends Lockable, Result> {
  readonly table: Table
  readonly column: 'id' | 'external_id'
  readonly strength: 'UPDATE' | 'SHARE' | 'KEY SHARE'
  readonly toResults: (rows: readonly Row<Table>[]) => Promise<readonly Result[]> | readonly Result[]
}

/** Makes them; `gather` says whether those who lock at once do it together. */
export function postgresRowLocks(executor: Executor, gather: Gather): PostgresRowLocks {
  const rowLock = <Table extends Lockable, Result>({
    table,
    column,
    strength,
    toResults,
  }: Locking<Table, Result>): RowLock<Result> => {
    const name = `${strength.toLowerCase().replace(' ', '_')}_${table}`
    const text = `SELECT * FROM ${table} WHERE ${column} = ANY($1::text[]) ORDER BY ${column} FOR ${strength}`
    const waiting = { name: `lock_${name}`, text }
    const trying = { name: `try_${name}`, text: `${text} SKIP LOCKED` }
    const existing = {
      name: `known_${table}`,
      text: `SELECT ${column} AS key FROM ${table} WHERE ${column} = ANY($1::text[])`,
    }
    type Found = ReadonlyMap<string, Result | 'taken'>
    const read = async (statement: typeof waiting, keys: readonly string[]): Promise<Map<string, Result>> => {
      const { rows } = await executor.query<Row<Table> & { readonly [key: string]: unknown }>(statement, [
        keys,
      ])
      const results = await toResults(rows)
      return new Map(results.map((result, index) => [String(rows[index]?.[column]), result]))
    }
    const waitForAll = gather((keys: readonly string[]): Promise<Found> => read(waiting, distinct(keys)))
    const tryAll = gather(async (keys: readonly string[]): Promise<Found> => {
      const wanted = distinct(keys)
      const found: Map<string, Result | 'taken'> = await read(trying, wanted)
      const missing = wanted.filter((key) => !found.has(key))
      if (missing.length === 0) return found
      const { rows } = await executor.query<{ readonly key: string }>(existing, [missing])
      for (const { key } of rows) found.set(key, 'taken')
      return found
    })
    return {
      wait: async (keys) => {
        const found = keys.length === 0 ? undefined : await waitForAll(keys)
        return keys.flatMap((key) => ownOf(found?.get(key)))
      },
      attempt: async (keys) => {
        const found = keys.length === 0 ? undefined : await tryAll(keys)
        if (keys.some((key) => found?.get(key) === 'taken')) return 'taken'
        return keys.flatMap((key) => ownOf(found?.get(key)))
      },
    }
  }

  const messages = { table: 'messages', column: 'id', toResults: toMessages } as const
  const recipients = {
    table: 'recipients',
    column: 'external_id',
    toResults: (rows: readonly Row<'recipients'>[]) => withRoutes(executor, rows),
  } as const
  const locks = {
    invitations: rowLock({
      table: 'invitations',
      column: 'id',
      strength: 'UPDATE',
      toResults: (rows) => rows.map(toInvitation),
    }),
    messages: rowLock({ ...messages, strength: 'UPDATE' }),
    heldMessages: rowLock({ ...messages, strength: 'SHARE' }),
    recipients: rowLock({ ...recipients, strength: 'UPDATE' }),
    heldRecipients: rowLock({ ...recipients, strength: 'KEY SHARE' }),
  }

  return {
    ...locks,
    tryCall: ({ part, method, values: [wanted] }) => {
      const rows = { invitations: locks.invitations, messages: locks.messages, recipients: locks.recipients }
      const held = { messages: locks.heldMessages, recipients: locks.heldRecipients }
      const lock: RowLock<unknown> | undefined =
        method === 'lock'
          ? rows[part as keyof typeof rows]
          : method === 'hold'
            ? held[part as keyof typeof held]
            : undefined
      if (lock === undefined) return undefined
      const isOne = typeof wanted === 'string'
      return lock
        .attempt(isOne ? [wanted] : (wanted as readonly string[]))
        .then((found) => (found === 'taken' ? found : { result: isOne ? found[0] : found }))
    },
  }
}

function ownOf<Result>(found: Result | 'taken' | undefined): readonly Result[] {
  return found === undefined || found === 'taken' ? [] : [found]
}

function toMessages(rows: readonly Row<'messages'>[]): readonly Message[] {
  return rows.map(toMessage)
}

function distinct(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)]
}
