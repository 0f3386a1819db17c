import { sql, type RawBuilder } from 'kysely'
import type { AnswerSpec } from '../model/answer.ts'
import type { FormField } from '../model/form-field.ts'
import { answeredStates, type InvitationState } from '../model/invitation.ts'
import type { QuorumStanding } from '../model/quorum.ts'
import { fieldKind, mostTalliedDates, talliedFields } from '../model/tallied-field.ts'
import type { TallyCounts } from '../model/tally.ts'
import type { TallyStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment, toQuorum } from './rows.ts'

/** One group of what is counted; the columns of all parts of the one statement. */
interface Counted {
  readonly part: 'state' | 'value' | 'number' | 'text' | 'quorum'
  readonly field: string
  readonly value: string | null
  readonly count: number | string
  readonly sum: number | null
  readonly low: number | null
  readonly high: number | null
}

type Query = RawBuilder<Counted>

/**
 * Answers, counted where they are.
 * @param database in whose words JSON is taken apart
 */
export function tallyStore({ db, run }: Connection, database: 'sqlite' | 'postgres'): TallyStore {
  return {
    of: (messageId, answer) =>
      run(async () => {
        // One statement sees everything as of one moment.
        const parts = [
          statesOf(messageId),
          quorumOf(messageId),
          ...answerParts(messageId, answer, database === 'sqlite' ? sqliteJson : postgresJson),
        ]
        const { rows } = await sql<Counted>`${sql.join(parts, sql` union all `)}`.execute(db)
        return toCounts(rows)
      }),
    openQuorum: (messageId, { count, of, onReached }) =>
      run(async () => {
        await db
          .insertInto('quorums')
          .values({
            message_id: messageId,
            count,
            of: JSON.stringify(of),
            on_reached: onReached,
            counted: 0,
            reached_at: null,
          })
          .execute()
      }),
    quorumFor: (invitationId) =>
      run(async () => {
        const row = await db
          .selectFrom('invitations')
          .innerJoin('quorums', 'quorums.message_id', 'invitations.message_id')
          .selectAll('quorums')
          .where('invitations.id', '=', invitationId)
          .executeTakeFirst()
        return row === undefined ? undefined : { messageId: row.message_id, ...toQuorum(row) }
      }),
    addToQuorum: (messageId, by, now) =>
      run(async () => {
        await db
          .updateTable('quorums')
          .set((row) => ({ counted: row('counted', '+', by) }))
          .where('message_id', '=', messageId)
          .execute()
        const { numUpdatedRows } = await db
          .updateTable('quorums')
          .set({ reached_at: toMoment(now) })
          .where('message_id', '=', messageId)
          .where('reached_at', 'is', null)
          .whereRef('counted', '>=', 'count')
          .executeTakeFirstOrThrow()
        return numUpdatedRows > 0n
      }),
    callOff: (messageId, now) =>
      run(async () => {
        await db
          .updateTable('invitations')
          .set({ state: 'cancelled', closed_at: toMoment(now) })
          .where('message_id', '=', messageId)
          .where('state', '=', 'pending')
          .execute()
      }),
  }
}

/** How a database takes JSON apart; what is taken out comes as JSON text. */
interface Json {
  /** A member of `value`, as JSON text; `null` when it is missing. */
  member(path: readonly string[]): RawBuilder<string | null>
  /** Joins the entries of a list as `entry`; what is no list has none. */
  entries(list: RawBuilder<string | null>): RawBuilder<unknown>
  /** An entry, as JSON text. */
  readonly entry: RawBuilder<string>
}

const sqliteJson: Json = {
  member: (path) => sql`(value -> ${`$${path.map((name) => `.${JSON.stringify(name)}`).join('')}`})`,
  entries: (list) =>
    sql`json_each(case when json_type(${list}) = 'array' then ${list} else '[]' end) as entry`,
  entry: sql`json_quote(entry.value)`,
}

const postgresJson: Json = {
  member: (path) => sql`cast(cast(value as jsonb) #> cast(${path} as text[]) as text)`,
  entries: (list) =>
    sql`lateral jsonb_array_elements(case when jsonb_typeof(cast(${list} as jsonb)) = 'array' then cast(${list} as jsonb) else '[]' end) as entry(item)`,
  entry: sql`cast(entry.item as text)`,
}

const none = sql`cast(null as double precision)`

function statesOf(messageId: string): Query {
  return sql`select 'state' as part, '' as field, state as value, count(*) as count, ${none} as sum, ${none} as low, ${none} as high
    from invitations where message_id = ${messageId} group by state`
}

/** Travels as one row, so that it is of the same moment. */
function quorumOf(messageId: string): Query {
  return sql`select 'quorum', coalesce(on_reached || ' ' || reached_at, on_reached), "of", "count", cast(counted as double precision), ${none}, ${none}
    from quorums where message_id = ${messageId}`
}

/** Who was forgotten has no value any more. */
function answered(messageId: string): RawBuilder<unknown> {
  return sql`message_id = ${messageId} and state in (${sql.join(answeredStates)}) and value is not null`
}

function answerParts(messageId: string, answer: AnswerSpec, json: Json): readonly Query[] {
  const which = answered(messageId)
  const whole = sql<string | null>`value`
  switch (answer.type) {
    case 'yesNo':
      return []
    case 'rsvp':
      return [byValue('', whole, which)]
    case 'choice':
      return [answer.multiple ? byEntry('', whole, which, json) : byValue('', whole, which)]
    case 'date':
      return [
        sql`select * from (${byValue('', whole, which)} order by 4 desc, 3 limit ${sql.lit(mostTalliedDates)}) as dates`,
      ]
    case 'number':
      return [numbers('', whole, which)]
    case 'text':
      return [texts('', whole, which)]
    case 'form':
      return talliedFields(answer.schema).map((field) => fieldPart(field, which, json))
  }
}

function fieldPart(field: FormField, which: RawBuilder<unknown>, json: Json): Query {
  const value = json.member(field.path)
  switch (fieldKind(field)) {
    case 'number':
      return numbers(field.name, value, which)
    case 'option':
      return byValue(field.name, value, which)
    case 'options':
      return byEntry(field.name, value, which, json)
    case 'text':
      return texts(field.name, value, which)
  }
}

type JsonValue = RawBuilder<string | null>

/** The given ones; in JSON a field may also hold `null`. */
function given(value: JsonValue, which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`from invitations where ${which} and ${value} is not null and ${value} <> 'null'`
}

function byValue(field: string, value: JsonValue, which: RawBuilder<unknown>): Query {
  return sql`select 'value' as part, ${name(field)} as field, ${value} as value, count(*) as count, ${none} as sum, ${none} as low, ${none} as high
    ${given(value, which)} group by 3`
}

function byEntry(field: string, value: JsonValue, which: RawBuilder<unknown>, json: Json): Query {
  return sql`select 'value', ${name(field)}, ${json.entry}, count(*), ${none}, ${none}, ${none}
    from (select ${value} as value ${given(value, which)}) as given, ${json.entries(sql`given.value`)} group by 3`
}

function numbers(field: string, value: JsonValue, which: RawBuilder<unknown>): Query {
  const number = sql`cast(${value} as double precision)`
  return sql`select 'number', ${name(field)}, null, count(*), sum(${number}), min(${number}), max(${number}) ${given(value, which)}`
}

function texts(field: string, value: JsonValue, which: RawBuilder<unknown>): Query {
  return sql`select 'text', ${name(field)}, null, count(*), ${none}, ${none}, ${none} ${given(value, which)} and ${value} <> '""'`
}

/** The database must know what it is before it sees another part. */
function name(field: string): RawBuilder<string> {
  return sql`cast(${field} as text)`
}

function toCounts(rows: readonly Counted[]): TallyCounts {
  const of = (part: Counted['part']): readonly Counted[] => rows.filter((row) => row.part === part)
  const [quorum] = of('quorum')
  return {
    states: Object.fromEntries(
      of('state').map(({ value, count }) => [value as InvitationState, Number(count)]),
    ),
    values: of('value').map(({ field, value, count }) => ({
      field,
      // Written by this store itself.
      value: JSON.parse(value ?? 'null') as unknown,
      count: Number(count),
    })),
    numbers: of('number').map(({ field, count, sum, low, high }) => ({
      field,
      count: Number(count),
      sum,
      min: low,
      max: high,
    })),
    texts: of('text').map(({ field, count }) => ({ field, count: Number(count) })),
    quorum: quorum === undefined ? null : standingOf(quorum),
  }
}

function standingOf({ field, value, count, sum }: Counted): QuorumStanding {
  const [onReached = '', reachedAt] = field.split(' ')
  return toQuorum({
    message_id: '',
    count: Number(count),
    of: value ?? '',
    on_reached: onReached,
    counted: sum ?? 0,
    reached_at: reachedAt ?? null,
  })
}
