/** Rows of a list, read page by page; `limit` is how many are wanted at most (default all). */
export async function* allRows<Row extends { readonly id: string }>(
  list: (page: { readonly limit: number; readonly after?: string }) => Promise<readonly Row[]>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Row> {
  let left = limit
  let after: string | undefined
  while (left > 0) {
    const wanted = Math.min(left, pageSize)
    const rows = await list(after === undefined ? { limit: wanted } : { limit: wanted, after })
    yield* rows
    after = rows.at(-1)?.id
    left -= rows.length
    if (rows.length < wanted) return
  }
}

const pageSize = 1_000

/** The rows of {@link allRows} as a list; for lists that are short or wanted whole. */
export async function listRows<Row extends { readonly id: string }>(
  list: (page: { readonly limit: number; readonly after?: string }) => Promise<readonly Row[]>,
  limit?: number,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const row of allRows(list, limit)) rows.push(row)
  return rows
}
