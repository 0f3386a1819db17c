import type { Remote } from './poll.ts'
import { number, page, record, type Reader } from './readers.ts'
import { pageQuery, path } from './request-path.ts'
import { recipient, segment } from './shapes.ts'
import type { Segments } from '../face/face.ts'

const people = page(recipient)
const counted = record<{ readonly count: number }>({ count: number })

/** Segments of a server. */
export function remoteSegments({ transport }: Remote): Segments {
  return {
    save: (name, filter) =>
      transport.call({
        method: 'PUT',
        path: path`/v1/segments/${{ name }}`,
        body: { filter },
        isRepeatable: true,
        read: segment,
      }),
    get: (name) =>
      transport.call({
        method: 'GET',
        path: path`/v1/segments/${{ name }}`,
        read: segment as Reader<ReturnType<typeof segment> | undefined>,
        absent: { code: 'SEGMENT_UNKNOWN', value: undefined },
      }),
    list: async (given) => {
      const query = pageQuery(given)
      return (await transport.call({ method: 'GET', path: '/v1/segments', query, read: page(segment) })).items
    },
    remove: (name) => transport.call({ method: 'DELETE', path: path`/v1/segments/${{ name }}` }),
    count: async (which) => {
      const { count } = await (typeof which === 'string'
        ? transport.call({ method: 'GET', path: path`/v1/segments/${{ name: which }}/count`, read: counted })
        : transport.call({
            method: 'POST',
            path: '/v1/segments/count',
            body: { filter: which },
            isRepeatable: true,
            read: counted,
          }))
      return count
    },
    preview: async (which, given = {}) => {
      const query = pageQuery(given)
      const { items } = await (typeof which === 'string'
        ? transport.call({
            method: 'GET',
            path: path`/v1/segments/${{ name: which }}/preview`,
            query,
            read: people,
          })
        : transport.call({
            method: 'POST',
            path: '/v1/segments/preview',
            query,
            body: { filter: which },
            isRepeatable: true,
            read: people,
          }))
      return items
    },
  }
}
