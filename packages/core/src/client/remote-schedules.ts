import type { Remote } from './poll.ts'
import { list, moment, page, record, type Reader } from './readers.ts'
import { pageQuery, path, type RequestPath } from './request-path.ts'
import type { InviteMeClient } from './invite-me-client.ts'
import { objectOf } from './request-body.ts'
import { scheduleBody } from './schedule-body.ts'
import { run, schedule } from './shapes.ts'

/** The schedules of a server. */
export function remoteSchedules({ transport }: Remote): InviteMeClient['schedules'] {
  const absent = { code: 'SCHEDULE_UNKNOWN', value: undefined } as const
  const change = (where: RequestPath) =>
    transport.call({ method: 'POST', path: where, isRepeatable: true, read: schedule })
  return {
    save: async (input) => {
      const { name, ...body } = objectOf(input, { what: 'A schedule', field: 'input' })
      return transport.call({
        method: 'PUT',
        path: path`/v1/schedules/${{ name }}`,
        body: scheduleBody(body),
        isRepeatable: true,
        read: schedule,
      })
    },
    get: (name) =>
      transport.call({
        method: 'GET',
        path: path`/v1/schedules/${{ name }}`,
        read: schedule as Reader<ReturnType<typeof schedule> | undefined>,
        absent,
      }),
    list: async (given) => {
      const query = pageQuery(given)
      return (await transport.call({ method: 'GET', path: '/v1/schedules', query, read: page(schedule) }))
        .items
    },
    enable: (name) => change(path`/v1/schedules/${{ name }}/enable`),
    disable: (name) => change(path`/v1/schedules/${{ name }}/disable`),
    remove: (name) => transport.call({ method: 'DELETE', path: path`/v1/schedules/${{ name }}` }),
    runs: async (name, given) => {
      const where = path`/v1/schedules/${{ name }}/runs`
      return (await transport.call({ method: 'GET', path: where, query: pageQuery(given), read: page(run) }))
        .items
    },
    runNow: (name) =>
      transport.call({ method: 'POST', path: path`/v1/schedules/${{ name }}/run`, read: run }),
    next: async (name, count) => {
      const read = record<{ readonly items: readonly Date[] }>({ items: list(moment) })
      const where = path`/v1/schedules/${{ name }}/next`
      return (await transport.call({ method: 'GET', path: where, query: { count }, read })).items
    },
  }
}
