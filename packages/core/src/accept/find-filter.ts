import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import { readSegmentFilter, segmentNameSchema, type SegmentFilter } from '../model/segment.ts'
import type { World } from '../ports/world.ts'

/** Checks the name of a segment. Throws `REQUEST_INVALID`. */
export function readSegmentName(name: string): string {
  return parseInput(segmentNameSchema, name, {
    code: 'REQUEST_INVALID',
    path: 'name',
    what: 'The segment was refused',
  })
}

/**
 * The filter of a saved segment, or the one that was given, checked.
 *
 * @throws InviteMeError `SEGMENT_UNKNOWN`, or `REQUEST_INVALID` naming the place in the filter
 */
export async function findFilter(world: World, segment: string | SegmentFilter): Promise<SegmentFilter> {
  if (typeof segment !== 'string') return readSegmentFilter(segment)
  const saved = await world.store.segments.byName(readSegmentName(segment))
  if (saved === undefined) throw segmentUnknown()
  return saved.filter
}

/** The error for a name nobody saved a segment under. */
export function segmentUnknown(): InviteMeError {
  return new InviteMeError('SEGMENT_UNKNOWN', 'There is no segment with this name.', { field: 'name' })
}
