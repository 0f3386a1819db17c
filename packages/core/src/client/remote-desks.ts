import type { Call } from './call.ts'
import type { Remote } from './poll.ts'
import { lastCursor } from './remote-group.ts'
import { remoteSchedules } from './remote-schedules.ts'
import { remoteTallies } from './remote-tallies.ts'
import { number, page, record, text, type Reader } from './readers.ts'
import { eventQuery, pageQuery, path, type Query, type RequestPath } from './request-path.ts'
import {
  apiKey,
  auditEntry,
  backlog,
  channelStatus,
  delivery,
  domainEvent,
  invitation,
  message,
  probeResult,
  receipt,
  response,
  unmatchedFact,
  webhookEndpoint,
  webhookPosting,
} from './shapes.ts'
import { remoteTemplates } from './remote-templates.ts'
import type { InviteMeClient } from './invite-me-client.ts'
import type { ErrorCode } from '../model/error.ts'
import type { DeliveryCounts } from '../ports/store.ts'

/** What can be looked at and looked after: the parts of the face that hold no state of their own. */
export type Desks = Pick<
  InviteMeClient,
  | 'messages'
  | 'invitations'
  | 'deliveries'
  | 'receipts'
  | 'unmatched'
  | 'channels'
  | 'keys'
  | 'webhooks'
  | 'schedules'
  | 'templates'
  | 'audit'
  | 'events'
>

type Change = Omit<Call<never>, 'method' | 'path' | 'read' | 'absent'>

/** Makes the desks of a server. */
export function remoteDesks(remote: Remote): Desks {
  const { transport } = remote
  const rows = async <Row>(where: RequestPath, row: Reader<Row>, query: Query): Promise<readonly Row[]> =>
    (await transport.call({ method: 'GET', path: where, query, read: page(row) })).items
  const one = <Value>(
    where: RequestPath,
    read: Reader<Value>,
    absent: ErrorCode,
  ): Promise<Value | undefined> =>
    transport.call<Value | undefined>({
      method: 'GET',
      path: where,
      read,
      absent: { code: absent, value: undefined },
    })
  const change = (method: Call<never>['method'], where: RequestPath, rest: Change = {}): Promise<void> =>
    transport.call({ ...rest, method, path: where })

  return {
    messages: {
      get: (id) => one(path`/v1/messages/${{ id }}`, message, 'MESSAGE_UNKNOWN'),
      list: (given) => rows('/v1/messages', message, pageQuery(given)),
      reschedule: (messageId, calendar) =>
        change('POST', path`/v1/messages/${{ messageId }}/reschedule`, {
          body: { calendar },
          isRepeatable: true,
        }),
    },
    invitations: {
      get: (id) => one(path`/v1/invitations/${{ id }}`, invitation, 'INVITATION_UNKNOWN'),
      list: (filter = {}, given = {}) =>
        rows('/v1/invitations', invitation, { ...filter, ...pageQuery(given) }),
      responses: async (id) =>
        (await one(path`/v1/invitations/${{ id }}/responses`, page(response), 'INVITATION_UNKNOWN'))?.items ??
        [],
      ...remoteTallies(remote),
    },
    deliveries: {
      get: (id) => one(path`/v1/deliveries/${{ id }}`, delivery, 'DELIVERY_UNKNOWN'),
      list: (filter = {}, given = {}) => rows('/v1/deliveries', delivery, { ...filter, ...pageQuery(given) }),
      counts: (filter = {}) => {
        const call = { method: 'GET', path: '/v1/deliveries/counts', query: { ...filter } } as const
        return transport.call({ ...call, read: record<DeliveryCounts>({}) })
      },
      backlog: () => rows('/v1/deliveries/backlog', backlog, {}),
      revokeLinks: (id) =>
        change('POST', path`/v1/deliveries/${{ id }}/revoke-links`, { isRepeatable: true }),
    },
    receipts: {
      list: (filter = {}, given = {}) => rows('/v1/receipts', receipt, { ...filter, ...pageQuery(given) }),
    },
    unmatched: {
      list: (given) => rows('/v1/unmatched', unmatchedFact, pageQuery(given)),
      drop: (id) => change('DELETE', path`/v1/unmatched/${{ id }}`, { isRepeatable: true }),
    },
    channels: {
      list: () => rows('/v1/channels', channelStatus, {}),
      probe: (name, { signal } = {}) =>
        transport.call({
          method: 'POST',
          path: path`/v1/channels/${{ name }}/probe`,
          read: probeResult,
          isRepeatable: true,
          signal,
        }),
    },
    keys: remoteKeys(remote),
    webhooks: remoteWebhooks(remote),
    schedules: remoteSchedules(remote),
    templates: remoteTemplates(remote),
    audit: { list: (given) => rows('/v1/audit', auditEntry, pageQuery(given)) },
    events: {
      list: async ({ after = 0, limit, invitationId } = {}) => {
        const query = eventQuery({ after, ...(limit !== undefined && { limit }) })
        const where =
          invitationId === undefined ? '/v1/events' : path`/v1/invitations/${{ invitationId }}/events`
        return rows(where, domainEvent, query)
      },
      last: () => lastCursor(remote),
    },
  }
}

function remoteKeys({ transport }: Remote): InviteMeClient['keys'] {
  const made = record<Awaited<ReturnType<InviteMeClient['keys']['create']>>>({ key: apiKey, secret: text })
  return {
    create: (input) => transport.call({ method: 'POST', path: '/v1/keys', body: input, read: made }),
    list: async (given) => {
      const call = { method: 'GET', path: '/v1/keys', query: pageQuery(given), read: page(apiKey) } as const
      return (await transport.call(call)).items
    },
    revoke: (id) => transport.call({ method: 'DELETE', path: path`/v1/keys/${{ id }}`, isRepeatable: true }),
  }
}

function remoteWebhooks({ transport }: Remote): InviteMeClient['webhooks'] {
  const made = record<Awaited<ReturnType<InviteMeClient['webhooks']['create']>>>({
    endpoint: webhookEndpoint,
    secret: text,
  })
  const postings = page(webhookPosting)
  return {
    create: (input) => transport.call({ method: 'POST', path: '/v1/webhooks', body: input, read: made }),
    get: (id) =>
      transport.call({
        method: 'GET',
        path: path`/v1/webhooks/${{ id }}`,
        read: webhookEndpoint as Reader<ReturnType<typeof webhookEndpoint> | undefined>,
        absent: { code: 'WEBHOOK_UNKNOWN', value: undefined },
      }),
    list: async (given) => {
      const call = {
        method: 'GET',
        path: '/v1/webhooks',
        query: pageQuery(given),
        read: page(webhookEndpoint),
      } as const
      return (await transport.call(call)).items
    },
    update: (id, changes) =>
      transport.call({
        method: 'PATCH',
        path: path`/v1/webhooks/${{ id }}`,
        body: changes,
        isRepeatable: true,
        read: webhookEndpoint,
      }),
    remove: (id) => transport.call({ method: 'DELETE', path: path`/v1/webhooks/${{ id }}` }),
    rotateSecret: (id, { keepFor } = {}) =>
      transport.call({
        method: 'POST',
        path: path`/v1/webhooks/${{ id }}/rotate-secret`,
        body: { keepFor },
        read: record<{ readonly secret: string }>({ secret: text }),
      }),
    postings: async (id, filter = {}, given = {}) => {
      const query = { ...filter, ...pageQuery(given) }
      return (
        await transport.call({
          method: 'GET',
          path: path`/v1/webhooks/${{ id }}/postings`,
          query,
          read: postings,
        })
      ).items
    },
    replay: async (id, which) => {
      const read = record<{ readonly replayed: number }>({ replayed: number })
      return (
        await transport.call({ method: 'POST', path: path`/v1/webhooks/${{ id }}/replay`, body: which, read })
      ).replayed
    },
  }
}
