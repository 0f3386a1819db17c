import type { PageRequest, PeopleFilter, RecipientStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { withRoutes } from './recipients.ts'
import { segmentCondition, type FilterDialect } from './segment-filter.ts'

/** People a statement looks at, at most: others get their turn in between, however few a filter finds. */
const lookedAtOnce = 10_000

/** People by what is known of them. Read in order of their ids, a portion after the other. */
export function recipientsByFilter(
  { db, run }: Connection,
  dialect: FilterDialect,
): Pick<RecipientStore, 'count' | 'page'> {
  /** The last id of the portion after `after`; `undefined` when it is the last portion. */
  const endOfPortion = async (after: string): Promise<string | undefined> =>
    (
      await db
        .selectFrom('recipients')
        .select('id')
        .where('id', '>', after)
        .orderBy('id')
        .offset(lookedAtOnce - 1)
        .limit(1)
        .executeTakeFirst()
    )?.id

  const within = ({ filter, categories }: PeopleFilter, after: string, end: string | undefined) => {
    const people = db
      .selectFrom('recipients')
      .where('recipients.id', '>', after)
      .where(segmentCondition(filter, dialect, categories))
    return end === undefined ? people : people.where('recipients.id', '<=', end)
  }

  return {
    count: async (filter) => {
      let count = 0
      for (let after: string | undefined = ''; after !== undefined;) {
        const from: string = after
        after = await run(async () => {
          const end = await endOfPortion(from)
          const found = await within(filter, from, end)
            .select(({ fn }) => fn.countAll().as('count'))
            .executeTakeFirstOrThrow()
          count += Number(found.count)
          return end
        })
      }
      return count
    },
    page: async (filter, { after: first = '', limit }: PageRequest) => {
      const found: Awaited<ReturnType<typeof withRoutes>>[number][] = []
      for (let after: string | undefined = first; after !== undefined && found.length < limit;) {
        const from: string = after
        after = await run(async () => {
          const end = await endOfPortion(from)
          const rows = await within(filter, from, end)
            .selectAll('recipients')
            .orderBy('recipients.id')
            .limit(limit - found.length)
            .execute()
          found.push(...(await withRoutes(db, rows)))
          return end
        })
      }
      return found
    },
  }
}
