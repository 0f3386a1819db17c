/** A value of a row, as both databases keep it. */
export type Cell = string | number | null
/** A row: its values in the order of the table's columns. */
export type Row = readonly Cell[]

/** A table as it is, not as we think it is: so that none can be forgotten when one is added. */
export interface TableShape {
  readonly name: string
  /** In alphabetical order: the one order both databases agree on. */
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[]
  /** Columns of the primary key. */
  readonly key: readonly string[]
  /** Tables whose rows must be there before. */
  readonly references: readonly string[]
}

/** A workspace whose rows are read, all of them as of one moment. */
export interface WorkspaceEnd {
  /** Where it is, in words that may be shown. */
  readonly place: string
  /** Migrations its tables have been through, in order; empty when there are no tables. */
  migrations(): Promise<readonly string[]>
  tables(): Promise<readonly TableShape[]>
  /** Rows after a key, in order of the key; the first ones when there is none. */
  page(table: TableShape, after: Row | undefined, limit: number): Promise<readonly Row[]>
  /** The last number each counting column gave away, by table. */
  sequences(): Promise<ReadonlyMap<string, number>>
  /** Until when the last working process holds what it took; `undefined` when nothing is held. */
  leasedUntil(now: Date): Promise<Date | undefined>
  /** Cursor of the newest event now, also if it came after the moment the rows are read of. The last call before `close`. */
  newestCursor(): Promise<number>
  /** Gives up what was not committed; may be called twice. */
  close(): Promise<void>
}

/** An empty workspace that is filled in one transaction: all of it, or nothing. Nobody else writes to it meanwhile. */
export interface WorkspaceTarget extends WorkspaceEnd {
  insert(table: TableShape, rows: readonly Row[]): Promise<void>
  /** Goes on counting after `last`. */
  setSequence(table: string, last: number): Promise<void>
  /** Why a value cannot be kept here; `undefined` when it can. */
  refusal(cell: Cell): string | undefined
  commit(): Promise<void>
}

/** The values of a row's key, to go on after it. */
export function keyOf({ columns, key }: TableShape, row: Row): Row {
  return key.map((name) => row[columns.findIndex((column) => column.name === name)] ?? null)
}

/** Puts tables behind those they refer to, else in alphabetical order. */
export function inOrderOfReference(tables: readonly TableShape[]): readonly TableShape[] {
  const placed = new Set<string>()
  const place = (table: TableShape): void => {
    if (placed.has(table.name)) return
    placed.add(table.name)
    for (const name of table.references) {
      const before = byName.get(name)
      if (before !== undefined) place(before)
    }
    ordered.push(table)
  }
  const byName = new Map(tables.map((table) => [table.name, table]))
  const ordered: TableShape[] = []
  for (const table of tables.toSorted((one, other) => (one.name < other.name ? -1 : 1))) place(table)
  return ordered
}
