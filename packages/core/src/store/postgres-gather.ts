/** Gives back a function that does for one caller what `run` does, perhaps together with others. */
export type Gather = <Item, Outcome>(
  run: (items: readonly Item[]) => Promise<Outcome>,
) => (items: readonly Item[]) => Promise<Outcome>

/** Everybody for themselves. */
export const alone: Gather = (run) => (items) => run(items)

/**
 * Everybody who asks in the same turn of the event loop is served by one run: their items follow each other, and each gets
 * the outcome for all, to pick their own. When it fails it fails for all of them.
 */
export const together: Gather = <Item, Outcome>(run: (items: readonly Item[]) => Promise<Outcome>) => {
  let gathered: { readonly items: Item[]; readonly outcome: Promise<Outcome> } | undefined
  const start = () => {
    const items: Item[] = []
    // By then everything that could go on in this turn has gone on.
    const outcome = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      gathered = undefined
      return run(items)
    })
    return { items, outcome }
  }
  return (items: readonly Item[]) => {
    const current = (gathered ??= start())
    for (const item of items) current.items.push(item)
    return current.outcome
  }
}
