import { randomBytes } from 'node:crypto'
import { hashKeySecret, roles, InviteMeError, type InviteMe, type Store } from '@invite-me/core'

/** Name of the key, as the list of keys shows it. */
const name = 'first owner'
/** Name of the secret that says who was first; its value means nothing. */
const claimName = 'first-owner-claim'

/** What a first key is made with. */
export interface BootstrapWorld {
  readonly inviteMe: Pick<InviteMe, 'keys'>
  readonly store: Pick<Store, 'keys'>
  /** Id and moment of a key that was given. */
  readonly newId: () => string
  readonly now: () => Date
}

/**
 * Sees to it that somebody can use the HTTP interface: without any key nobody could make one.
 *
 * @param given the secret of an owner's key that must be there; it is made unless it is there, or was revoked
 * @returns the secret of a key that was made because there was none, once in the life of a workspace; else `undefined`
 * @throws InviteMeError `OPTIONS_INVALID` when `given` is not spelled like a key
 */
export async function bootstrapKey(world: BootstrapWorld, given?: string): Promise<string | undefined> {
  if (given !== undefined) {
    await keepGiven(world, given)
    return undefined
  }
  const { keys } = world.store
  if ((await keys.list({ limit: 1 })).length > 0) return undefined
  // Of several processes that start at once, the one whose claim was kept makes the key.
  const claim = randomBytes(32)
  const kept = await keys.secret(claimName, () => claim)
  if (Buffer.compare(Buffer.from(kept), claim) !== 0) return undefined
  return (await world.inviteMe.keys.create({ name, role: 'owner' })).secret
}

async function keepGiven({ store, newId, now }: BootstrapWorld, secret: string): Promise<void> {
  const hash = hashKeySecret(secret)
  if (hash === undefined)
    throw new InviteMeError('OPTIONS_INVALID', 'The first owner key is not spelled like a key.', {
      field: 'bootstrapKey',
    })
  if ((await store.keys.byHash(hash)) !== undefined) return
  const key = {
    id: newId(),
    name,
    prefix: secret.slice(0, secret.lastIndexOf('_')),
    scopes: roles.owner,
    createdAt: now(),
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  }
  try {
    await store.keys.insert(key, hash)
  } catch (error) {
    // Another process was faster.
    if ((await store.keys.byHash(hash)) === undefined) throw error
  }
}
