import type { WebhookStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toMoment, toMomentOrNull, toSecretsText, toWebhookEndpoint, toWebhookSecrets } from './rows.ts'
import { webhookFanOut } from './webhook-fan-out.ts'
import { webhookPostings } from './webhook-postings.ts'
import { webhookReplay } from './webhook-replay.ts'

/** Postings that are deleted by one statement when their endpoint is removed. */
const removedAtOnce = 1_000

/** What is done with endpoints themselves. */
type EndpointWork = Pick<
  WebhookStore,
  'insert' | 'update' | 'secrets' | 'setSecrets' | 'byId' | 'list' | 'remove'
>

/**
 * Endpoints that are told of events, and what is on its way to them.
 * @param lockRows adds the database's own row locks to reads for change; SQLite's write transactions already exclude each other
 */
export function webhookStore(connection: Connection, lockRows: boolean): WebhookStore {
  return {
    ...webhookEndpoints(connection, lockRows),
    ...webhookPostings(connection, lockRows),
    ...webhookFanOut(connection, lockRows),
    ...webhookReplay(connection),
  }
}

function webhookEndpoints({ db, run }: Connection, lockRows: boolean): EndpointWork {
  /** Cursor of the newest event, within a statement that writes an endpoint. */
  const newestCursor = db
    .selectFrom('outbox')
    .select(({ fn, lit }) => fn.coalesce(fn.max('cursor'), lit(0)).as('newest'))

  const removePostings = async (endpointId: string): Promise<number> => {
    const { numDeletedRows } = await db
      .deleteFrom('webhook_postings')
      .where('id', 'in', (all) =>
        all
          .selectFrom('webhook_postings')
          .select('id')
          .where('endpoint_id', '=', endpointId)
          .orderBy('id')
          .limit(removedAtOnce),
      )
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  }

  return {
    insert: (endpoint, secrets) =>
      run(async () => {
        await db
          .insertInto('webhook_endpoints')
          .values({
            id: endpoint.id,
            url: endpoint.url,
            description: endpoint.description,
            types: endpoint.types === null ? null : JSON.stringify(endpoint.types),
            state: endpoint.state,
            disabled_reason: endpoint.disabledReason,
            failing_since: toMomentOrNull(endpoint.failingSince),
            secrets: toSecretsText(secrets),
            after_cursor: newestCursor,
            created_at: toMoment(endpoint.createdAt),
          })
          .execute()
      }),
    update: (id, { url, description, types, state, disabledReason, failingSince }) =>
      run(async () => {
        const row = await db
          .updateTable('webhook_endpoints')
          .set(({ eb, ref }) => ({
            id,
            ...(url !== undefined && { url }),
            ...(description !== undefined && { description }),
            ...(types !== undefined && { types: types === null ? null : JSON.stringify(types) }),
            ...(state !== undefined && { state }),
            ...(disabledReason !== undefined && { disabled_reason: disabledReason }),
            ...(failingSince !== undefined && { failing_since: toMomentOrNull(failingSince) }),
            ...(state === 'enabled' && {
              after_cursor: eb
                .case()
                .when('state', '=', 'enabled')
                .then(ref('after_cursor'))
                .else(newestCursor)
                .end(),
            }),
          }))
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst()
        return row === undefined ? undefined : toWebhookEndpoint(row)
      }),
    secrets: (endpointId) =>
      run(async () => {
        let query = db.selectFrom('webhook_endpoints').select('secrets').where('id', '=', endpointId)
        if (lockRows) query = query.forUpdate()
        const row = await query.executeTakeFirst()
        return row === undefined ? [] : toWebhookSecrets(row)
      }),
    setSecrets: (endpointId, secrets) =>
      run(async () => {
        await db
          .updateTable('webhook_endpoints')
          .set({ secrets: toSecretsText(secrets) })
          .where('id', '=', endpointId)
          .execute()
      }),
    byId: (id) =>
      run(async () => {
        const row = await db
          .selectFrom('webhook_endpoints')
          .selectAll()
          .where('id', '=', id)
          .executeTakeFirst()
        return row === undefined ? undefined : toWebhookEndpoint(row)
      }),
    list: ({ after, limit }) =>
      run(async () => {
        const endpoints = db
          .selectFrom('webhook_endpoints')
          .selectAll()
          .where('id', '>', after ?? '')
        return (await endpoints.orderBy('id').limit(limit).execute()).map(toWebhookEndpoint)
      }),
    remove: async (id) => {
      // Nothing is added to it any more, so that there is an end.
      await run(() =>
        db.updateTable('webhook_endpoints').set({ state: 'disabled' }).where('id', '=', id).execute(),
      )
      while ((await run(() => removePostings(id))) === removedAtOnce);
      return run(async () => {
        const { numDeletedRows } = await db
          .deleteFrom('webhook_endpoints')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
        return numDeletedRows > 0
      })
    },
  }
}
