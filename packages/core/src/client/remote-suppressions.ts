import { importByLine } from './import-by-line.ts'
import type { Remote } from './poll.ts'
import { page } from './readers.ts'
import { pageQuery } from './request-path.ts'
import { importReport, suppression } from './shapes.ts'
import type { Suppressions } from '../face/face.ts'

const suppressions = page(suppression)
/** Rows of an export that are asked for at once. */
const portion = 500

/** Addresses that must not be written to, on the server. */
export function remoteSuppressions(remote: Remote): Suppressions {
  const list: Suppressions['list'] = async ({ category, ...filter } = {}, given = {}) => {
    // A query has no `null`: an empty word asks for those that refuse everything.
    const query = {
      ...filter,
      ...(category !== undefined && { category: category ?? '' }),
      ...pageQuery(given),
    }
    const call = { method: 'GET', path: '/v1/suppressions', query, read: suppressions } as const
    return (await remote.transport.call(call)).items
  }
  return {
    list,
    import: (source) => importByLine(remote, { path: '/v1/suppressions/import', source, read: importReport }),
    async *export(filter) {
      for (let after: string | undefined; ;) {
        const some = await list(filter, { limit: portion, ...(after !== undefined && { after }) })
        yield* some
        after = some.at(-1)?.id
        if (some.length < portion) return
      }
    },
  }
}
