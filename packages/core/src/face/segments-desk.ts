import { findFilter, readSegmentName, segmentUnknown } from '../accept/find-filter.ts'
import type { Segments } from './face.ts'
import { pageOf } from './recipients-desk.ts'
import { readSegmentFilter, type SegmentFilter } from '../model/segment.ts'
import type { PeopleFilter } from '../ports/store.ts'
import type { World } from '../ports/world.ts'
import { newId } from '../rules/uuid.ts'

/** People a preview shows when nobody says how many. */
const shownAtFirst = 10

/** The engine's desk of segments. */
export function segmentsDesk(
  world: World,
  change: <Result>(work: () => Promise<Result>) => Promise<Result>,
): Segments {
  const { store, clock } = world
  const meant = async (segment: string | SegmentFilter): Promise<PeopleFilter> => ({
    filter: await findFilter(world, segment),
    categories: world.settings.categories,
  })
  return {
    save: (name, filter) =>
      change(async () => {
        const now = new Date(clock.now())
        return store.segments.save({
          id: newId(world),
          name: readSegmentName(name),
          filter: readSegmentFilter(filter),
          createdAt: now,
          updatedAt: now,
        })
      }),
    get: async (name) => store.segments.byName(readSegmentName(name)),
    list: (page) => store.segments.list(pageOf(page)),
    remove: (name) =>
      change(async () => {
        if (!(await store.segments.remove(readSegmentName(name)))) throw segmentUnknown()
      }),
    count: async (segment) => store.recipients.count(await meant(segment)),
    preview: async (segment, { limit = shownAtFirst, ...page } = {}) =>
      store.recipients.page(await meant(segment), pageOf({ limit, ...page })),
  }
}
