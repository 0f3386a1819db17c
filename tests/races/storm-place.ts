import type { StoreOpener } from '@invite-me/core'
import { postgres } from '@invite-me/core/postgres'
import { sqlite } from '@invite-me/core/sqlite'

/** Where the workspace of a storm is, as it can be told to another process. */
export type StormPlace = { readonly file: string } | { readonly url: string; readonly schema: string }

/** Opens it. */
export function openPlace(place: StormPlace): StoreOpener {
  return 'file' in place ? sqlite(place.file) : postgres({ ...place, connections: 6 })
}
