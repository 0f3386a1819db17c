/** Reads a list of the engine page by page, to its end. */
export async function allRows<Row extends { readonly id: string }>(
  list: (page: { readonly limit: number; readonly after?: string }) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const limit = 1_000
  const rows: Row[] = []
  for (let page = await list({ limit }); ; page = await list({ limit, after: rows.at(-1)?.id ?? '' })) {
    rows.push(...page)
    if (page.length < limit) return rows
  }
}
