import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { categoryOf, type Category } from '../model/category.ts'
import { answeredStates } from '../model/invitation.ts'
import { rarelyRepeated } from './statement-cache.ts'
import type {
  AnsweredCondition,
  AttributeCondition,
  AttributeValue,
  CategoryCondition,
  SegmentFilter,
} from '../model/segment.ts'

type Condition = RawBuilder<SqlBool>

/** How a database looks into JSON text. */
interface JsonWords {
  /** The attribute of the person is there. */
  has(name: string): Condition
  /** It is this value, of this type. */
  is(name: string, value: AttributeValue): Condition
  /** It is one of these values, of its type. */
  isIn(name: string, values: readonly AttributeValue[]): Condition
  /** It is of the type of the value, and before it (`<`), or not (`>=`). */
  compare(name: string, comparison: '<' | '>=', value: string | number): Condition
  startsWith(name: string, start: string): Condition
  /** The answer of `invitations` is this value, or a list that has it. */
  answerIs(value: string | number | boolean): Condition
  /** What the person switched off, or on, as rows `entry(value)`. */
  readonly switched: Readonly<Record<'off' | 'on', RawBuilder<unknown>>>
  /** Makes ready what the conditions on attributes look into. */
  prepared(condition: Condition): Condition
}

/** Which database a filter is for. */
export type FilterDialect = 'sqlite' | 'postgres'

/**
 * A filter as a condition on `recipients`, never null. Everything a caller wrote is a parameter. Finds the people
 * `rules/match-segment` finds.
 */
export function segmentCondition(
  filter: SegmentFilter,
  dialect: FilterDialect,
  categories: ReadonlyMap<string, Category>,
): Condition {
  const words = dialect === 'sqlite' ? sqliteWords : postgresWords
  // Text of people has no language of its own: in order of its bytes, which is that of its code points.
  const bytewise = dialect === 'sqlite' ? sql`collate binary` : sql`collate "C"`
  const within = (part: SegmentFilter): Condition => {
    if ('all' in part) return sql`(${sql.join(part.all.map(within), sql` and `)})`
    if ('any' in part) return sql`(${sql.join(part.any.map(within), sql` or `)})`
    if ('not' in part) return sql`(not ${within(part.not)})`
    if ('attribute' in part) return attributeCondition(part, words)
    if ('locale' in part) {
      if (part.locale === null) return sql`(recipients.locale is null)`
      const start = `${part.locale.toLowerCase()}-`
      return isTrue(
        sql`substr(lower(recipients.locale ${bytewise}) || '-', 1, ${sql.lit(start.length)}) = ${start}`,
      )
    }
    if ('zone' in part) {
      if (part.zone === null) return sql`(recipients.zone is null)`
      return isTrue(sql`lower(recipients.zone ${bytewise}) = ${part.zone.toLowerCase()}`)
    }
    if ('has' in part) return hasOpenRoute(part.has)
    if ('category' in part) return categoryCondition(part, categoryOf(categories, part.category), words)
    if ('answered' in part) return answeredCondition(part, words)
    return isTrue(startsWith(sql`recipients.external_id`, part.externalId.startsWith))
  }
  const condition = asksAttributes(filter) ? words.prepared(within(filter)) : within(filter)
  return sql`${sql.raw(rarelyRepeated)} ${condition}`
}

function asksAttributes(filter: SegmentFilter): boolean {
  if ('all' in filter) return filter.all.some(asksAttributes)
  if ('any' in filter) return filter.any.some(asksAttributes)
  return 'not' in filter ? asksAttributes(filter.not) : 'attribute' in filter
}

/** `null` is false: what is missing passes no condition. */
function isTrue(condition: RawBuilder<unknown>): Condition {
  return sql`((${condition}) is true)`
}

function startsWith(text: RawBuilder<unknown>, start: string): Condition {
  return sql`substr(${text}, 1, length(cast(${start} as text))) = ${start}`
}

function attributeCondition({ attribute: name, ...test }: AttributeCondition, words: JsonWords): Condition {
  if (test.exists !== undefined) {
    const has = isTrue(words.has(name))
    return test.exists ? has : sql`(not ${has})`
  }
  if (test.is !== undefined) return isTrue(words.is(name, test.is))
  if (test.isNot !== undefined) return sql`(not ${isTrue(words.is(name, test.isNot))})`
  if (test.startsWith !== undefined) return isTrue(words.startsWith(name, test.startsWith))
  if (test.lessThan !== undefined) return isTrue(words.compare(name, '<', test.lessThan))
  if (test.atLeast !== undefined) return isTrue(words.compare(name, '>=', test.atLeast))
  return isTrue(words.isIn(name, test.in ?? []))
}

/**
 * Keeps Postgres from making a join of it: without fresh statistics it joins a few people with everybody's routes. With it each
 * person's are found by their index.
 */
const perPerson = sql`limit 1 offset 0`

interface RouteWish {
  /** The category of which the address must not be suppressed either; absent: everything alone is looked at. */
  readonly category?: string
  /** What else must hold of the route. */
  readonly more?: RawBuilder<unknown>
}

function hasOpenRoute(channel: string | undefined, { category, more = sql`` }: RouteWish = {}): Condition {
  const onChannel = channel === undefined ? sql`` : sql`and routes.channel = ${channel}`
  const refused = category === undefined ? sql`= ''` : sql`in ('', ${category})`
  return sql`exists (
    select 1 from routes
    where routes.recipient_id = recipients.id and routes.state = 'open' ${onChannel}
      and not exists (
        select 1 from suppressions
        where suppressions.channel = routes.channel and suppressions.address = routes.address
          and suppressions.category ${refused}
        ${perPerson}
      ) ${more}
    ${perPerson}
  )`
}

/** As `rules/category-choice` has it: what is said of the channel goes before what is said everywhere, `off` before `on`. */
function categoryCondition(
  { channel, isOn }: CategoryCondition,
  { default: usually, name, required }: Category,
  { switched }: JsonWords,
): Condition {
  const said = (list: 'off' | 'on', where: RawBuilder<unknown>) =>
    sql`exists (select 1 from ${switched[list]} where ${where})`
  const here = sql`entry.value ->> 'category' = ${name} and entry.value ->> 'channel' = routes.channel`
  const everywhere = sql`entry.value ->> 'category' = ${name} and entry.value ->> 'channel' is null`
  const offHere = sql`entry.value ->> 'channel' = routes.channel and coalesce(entry.value ->> 'category', ${name}) = ${name}`
  const usualOrOn = usually === 'on' ? sql`` : sql`and ${said('on', everywhere)}`
  const wish = sql`and not ${said('off', offHere)}
    and (${said('on', here)} or (not ${said('off', everywhere)} ${usualOrOn}))`
  const isReached = required ? hasOpenRoute(channel) : hasOpenRoute(channel, { category: name, more: wish })
  return isOn ? isReached : sql`(not ${isReached})`
}

function answeredCondition(
  { answered: { message, state, value } }: AnsweredCondition,
  words: JsonWords,
): Condition {
  const states = state === undefined ? answeredStates : [state]
  const withValue = value === undefined ? sql`` : sql`and ${isTrue(words.answerIs(value))}`
  return sql`exists (
    select 1 from invitations
    where invitations.message_id = ${message} and invitations.recipient_id = recipients.id
      and invitations.state in (${sql.join(states)}) ${withValue}
    ${perPerson}
  )`
}

/** A number as its shortest text, which both sides of a comparison are read from in the same way. */
function asNumber(text: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`cast(${text} as double precision)`
}

// What decides most often comes first: the rest is looked at only then.
const sqliteWords: JsonWords = {
  has: (name) => sql`${sqliteType(name)} is not null`,
  is: (name, value) => sqliteEquals(sqliteType(name), sqliteValue(name), value),
  // A list is one parameter: SQLite reads a statement with ten thousand of them for many seconds.
  isIn: (name, values) => {
    const listed = (type: string): RawBuilder<unknown> =>
      sql`json_each(${JSON.stringify(values.filter((value) => typeof value === type))})`
    const words = values.filter((value) => typeof value !== 'string' && typeof value !== 'number').map(String)
    return sql`(${sqliteValue(name)} in (select value from ${listed('string')}) and ${sqliteType(name)} = 'text'
      or ${asNumber(sqliteValue(name))} in (select ${asNumber(sql`value`)} from ${listed('number')})
        and ${sqliteType(name)} in ('integer', 'real')
      or ${sqliteType(name)} in (select value from json_each(${JSON.stringify(words)})))`
  },
  compare: (name, comparison, value) => {
    const compared = sql.raw(comparison)
    return typeof value === 'number'
      ? sql`(${asNumber(sqliteValue(name))} ${compared} ${asNumber(sql`${String(value)}`)} and ${sqliteType(name)} in ('integer', 'real'))`
      : sql`(${sqliteValue(name)} ${compared} ${value} and ${sqliteType(name)} = 'text')`
  },
  startsWith: (name, start) =>
    sql`(${startsWith(sqliteValue(name), start)} and ${sqliteType(name)} = 'text')`,
  // A single value is walked through as a list of one; the members of an object are no answers.
  answerIs: (value) =>
    sql`json_type(invitations.value) <> 'object' and exists (
      select 1 from json_each(invitations.value) as chosen
      where ${sqliteEquals(sql`chosen.type`, sql`chosen.value`, value)}
    )`,
  switched: {
    off: sql`json_each(recipients.preferences, '$.off') as entry`,
    on: sql`json_each(recipients.preferences, '$.on') as entry`,
  },
  // SQLite remembers what it has just parsed.
  prepared: (condition) => condition,
}

function sqlitePath(name: string): string {
  return `$."${name}"`
}

function sqliteType(name: string): RawBuilder<unknown> {
  return sql`json_type(recipients.attributes, ${sqlitePath(name)})`
}

function sqliteValue(name: string): RawBuilder<unknown> {
  return sql`json_extract(recipients.attributes, ${sqlitePath(name)})`
}

/** JSON's own `true` and `false` are types to SQLite. */
function sqliteEquals(
  type: RawBuilder<unknown>,
  stored: RawBuilder<unknown>,
  value: AttributeValue,
): Condition {
  if (typeof value === 'string') return sql`(${stored} = ${value} and ${type} = 'text')`
  if (typeof value === 'number')
    return sql`(${asNumber(stored)} = ${asNumber(sql`${String(value)}`)} and ${type} in ('integer', 'real'))`
  return sql`(${type} = ${String(value)})`
}

const postgresWords: JsonWords = {
  has: (name) => sql`(person.attributes -> ${name}::text) is not null`,
  is: (name, value) => sql`person.attributes @> ${JSON.stringify({ [name]: value })}::jsonb`,
  isIn: (name, values) =>
    sql`(${sql.join(
      values.map((value) => postgresWords.is(name, value)),
      sql` or `,
    )})`,
  compare: (name, comparison, value) => {
    const compared = sql.raw(comparison)
    const stored = sql`(person.attributes -> ${name}::text)`
    return typeof value === 'number'
      ? sql`(jsonb_typeof(${stored}) = 'number' and ${stored} ${compared} ${JSON.stringify(value)}::jsonb)`
      : sql`(jsonb_typeof(${stored}) = 'string' and (${stored} #>> '{}') collate "C" ${compared} ${value})`
  },
  startsWith: (name, start) => {
    const stored = sql`(person.attributes -> ${name}::text)`
    return sql`(jsonb_typeof(${stored}) = 'string' and ${startsWith(sql`(${stored} #>> '{}')`, start)})`
  },
  // A list of JSON contains its members, and a single value itself.
  answerIs: (value) => sql`${postgresJson('invitations.value')} @> ${JSON.stringify(value)}::jsonb`,
  switched: {
    off: sql`jsonb_array_elements(recipients.preferences::jsonb -> 'off') as entry (value)`,
    on: sql`jsonb_array_elements(recipients.preferences::jsonb -> 'on') as entry (value)`,
  },
  // Parsed once for each person, however many conditions look into it.
  prepared: (condition) => sql`exists (
    select 1 from (select ${postgresJson('recipients.attributes')} as attributes ${perPerson}) as person
    where ${condition} ${perPerson}
  )`,
}

/**
 * Escapes `jsonb` refuses, and with them the whole statement: NUL, and halves of surrogate pairs, which were written as somebody
 * gave them. They are read as U+FFFD. An even number of backslashes before one makes it a text that only looks like it.
 */
const unreadable = String.raw`(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})`

function postgresJson(column: string): RawBuilder<unknown> {
  const text = sql.ref(column)
  return sql`(case when strpos(${text}, ${sql.lit('\\u')}) = 0 then ${text}
    else regexp_replace(${text}, ${sql.lit(unreadable)}, ${sql.lit(String.raw`\1\\ufffd`)}, 'g') end)::jsonb`
}
