import type { Executor, Statement, Value } from './postgres-session.ts'

/** One column of rows that travel together: its name, its type in Postgres, and its value in each row. */
export interface Column<Item> {
  readonly name: string
  readonly type: 'text' | 'int4' | 'int8'
  readonly of: (item: Item) => string | number | null
}

/** A column of text. */
export function text<Item>(name: string, of: (item: Item) => string | null): Column<Item> {
  return { name, type: 'text', of }
}

/** A column of whole numbers below 2³¹. */
export function int<Item>(name: string, of: (item: Item) => number | null): Column<Item> {
  return { name, type: 'int4', of }
}

/** A column of flags, kept as 1 and 0. */
export function flag<Item>(name: string, of: (item: Item) => boolean): Column<Item> {
  return { name, type: 'int4', of: (item) => (of(item) ? 1 : 0) }
}

/** `unnest($1::text[], …) AS given("id", …)`: rows of which each column is one parameter, so that the statement is the same for any number. */
export function unnested(columns: readonly Pick<Column<never>, 'name' | 'type'>[], first = 1): string {
  const arrays = columns.map(({ type }, index) => `$${String(first + index)}::${type}[]`)
  return `unnest(${arrays.join(', ')}) AS given(${namesOf(columns)})`
}

/** The values of rows, a parameter for each column. */
export function arraysOf<Item>(columns: readonly Column<Item>[], items: readonly Item[]): readonly Value[] {
  return columns.map(({ of }) => items.map(of))
}

/** `"id", "message_id"` */
export function namesOf(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => `"${name}"`).join(', ')
}

/** Rows of one statement at most; bounds how long one takes and what it holds in memory. */
const mostRows = 5_000

/**
 * Makes a function that inserts rows by one statement for any number of them, in their order.
 * @param after what follows the rows: `ON CONFLICT DO NOTHING`
 */
export function inserter<Item>(
  executor: Executor,
  table: string,
  columns: readonly Column<Item>[],
  after = '',
): (items: readonly Item[]) => Promise<void> {
  const statement: Statement = {
    name: `insert_${table}`,
    text: `INSERT INTO ${table} (${namesOf(columns)}) SELECT * FROM ${unnested(columns)} ${after}`,
  }
  return async (items) => {
    const portions = Array.from({ length: Math.ceil(items.length / mostRows) }, (_, index) =>
      items.slice(index * mostRows, (index + 1) * mostRows),
    )
    await Promise.all(portions.map((portion) => executor.query(statement, arraysOf(columns, portion))))
  }
}
