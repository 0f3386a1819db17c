import type { ApiKey } from '../model/api-key.ts'
import type { KeyStore } from '../ports/store.ts'
import type { Connection } from './connection.ts'
import { toApiKey, toMoment, toMomentOrNull } from './rows.ts'

/** Keys to the HTTP interface, and the secrets of the workspace. */
export function keyStore({ db, run }: Connection): KeyStore {
  const keptSecret = async (name: string): Promise<Uint8Array | undefined> => {
    const row = await db.selectFrom('secrets').select('value').where('name', '=', name).executeTakeFirst()
    return row === undefined ? undefined : new Uint8Array(Buffer.from(row.value, 'base64'))
  }

  return {
    insert: (key, hash) =>
      run(async () => {
        await db.insertInto('api_keys').values(rowOf(key, hash)).execute()
      }),
    byHash: (hash) =>
      run(async () => {
        const row = await db.selectFrom('api_keys').selectAll().where('hash', '=', hash).executeTakeFirst()
        return row === undefined ? undefined : toApiKey(row)
      }),
    list: ({ after, limit }) =>
      run(async () => {
        const keys = db
          .selectFrom('api_keys')
          .selectAll()
          .where('id', '>', after ?? '')
        return (await keys.orderBy('id').limit(limit).execute()).map(toApiKey)
      }),
    revoke: (id, now) =>
      run(async () => {
        const at = toMoment(now)
        const row = await db
          .updateTable('api_keys')
          .set(({ fn, ref, val }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(at)) }))
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst()
        return row !== undefined
      }),
    touch: (id, now) =>
      run(async () => {
        const at = toMoment(now)
        // Of two processes the later moment stays, whoever writes last.
        await db
          .updateTable('api_keys')
          .set({ last_used_at: at })
          .where('id', '=', id)
          .where(({ eb, or }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<', at)]))
          .execute()
      }),
    secret: (name, make) =>
      run(async () => {
        const known = await keptSecret(name)
        if (known !== undefined) return known
        const made = make()
        await db
          .insertInto('secrets')
          .values({ name, value: Buffer.from(made).toString('base64') })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute()
        // Another process may have been first: what it kept is the secret.
        return (await keptSecret(name)) ?? made
      }),
  }
}

function rowOf(key: ApiKey, hash: string) {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    hash,
    scopes: JSON.stringify(key.scopes),
    created_at: toMoment(key.createdAt),
    expires_at: toMomentOrNull(key.expiresAt),
    last_used_at: toMomentOrNull(key.lastUsedAt),
    revoked_at: toMomentOrNull(key.revokedAt),
  }
}
