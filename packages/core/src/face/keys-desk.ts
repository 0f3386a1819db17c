import { pageOf } from './recipients-desk.ts'
import type { Keys } from './face.ts'
import { apiKeyInputSchema, roles, type ApiKey, type ApiKeyInput } from '../model/api-key.ts'
import { InviteMeError } from '../model/error.ts'
import { parseInput } from '../model/parse.ts'
import type { World } from '../ports/world.ts'
import { hashKeySecret, keySecretBytes, makeKeySecret } from '../rules/key-secret.ts'
import { newId } from '../rules/uuid.ts'

/** How long a key is known without being read again: so long a revoked one may live on in another process. */
const knownForMs = 5_000
/** Keys known at once; bounds what is held in memory. */
const mostKnown = 1_000
/** How exact `lastUsedAt` is: one write a minute, whatever a key is used for. */
const touchedEveryMs = 60_000

type Change = <Result>(work: () => Promise<Result>) => Promise<Result>

/** The engine's desk of keys. */
export function keysDesk(world: World, change: Change): Keys {
  const { store } = world
  const known = new KnownKeys(world)
  return {
    create: (input) =>
      change(async () => {
        const made = newKey(world, input)
        await store.keys.insert(made.key, made.hash)
        return { key: made.key, secret: made.secret }
      }),
    list: (page) => store.keys.list(pageOf(page)),
    revoke: (id) =>
      change(async () => {
        const isKnown = await store.keys.revoke(id, new Date(world.clock.now()))
        known.forget()
        if (!isKnown) throw new InviteMeError('KEY_UNKNOWN', 'There is no key with this id.', { field: 'id' })
      }),
    authenticate: async (secret) => {
      const hash = typeof secret === 'string' ? hashKeySecret(secret) : undefined
      return hash === undefined ? undefined : known.usable(hash)
    },
  }
}

function newKey(world: World, input: ApiKeyInput) {
  const { name, role, scopes, expiresAt } = parseInput(apiKeyInputSchema, input, {
    code: 'REQUEST_INVALID',
    what: 'The key was refused',
  })
  const createdAt = new Date(world.clock.now())
  if (expiresAt !== undefined && expiresAt <= createdAt)
    throw new InviteMeError('REQUEST_INVALID', '"expiresAt" is already over; give a later moment.', {
      field: 'expiresAt',
    })
  const { secret, prefix } = makeKeySecret(world.random.bytes(keySecretBytes))
  const hash = hashKeySecret(secret)
  if (hash === undefined) throw new InviteMeError('INTERNAL', 'A new key is not spelled as keys are.')
  const key: ApiKey = {
    id: newId(world),
    name,
    prefix,
    scopes: [...new Set(role === undefined ? scopes : roles[role])],
    createdAt,
    expiresAt: expiresAt ?? null,
    lastUsedAt: null,
    revokedAt: null,
  }
  return { key, secret, hash }
}

interface Known {
  readonly readAtMs: number
  readonly key: Promise<ApiKey | undefined>
  /** When its use was written last by this process. */
  touchedAtMs: number
}

/** Keys that were used lately, so that not every request reads the store. Those that do not exist are not kept: there is no end of them. */
class KnownKeys {
  readonly #world: World
  readonly #byHash = new Map<string, Known>()

  constructor(world: World) {
    this.#world = world
  }

  /** The key with this hash, when it may be used now. */
  async usable(hash: string): Promise<ApiKey | undefined> {
    const key = await this.#find(hash)
    const nowMs = this.#world.clock.now()
    if (key === undefined || key.revokedAt !== null) return undefined
    if (key.expiresAt !== null && key.expiresAt.getTime() <= nowMs) return undefined
    this.#touch(hash, key, nowMs)
    return key
  }

  forget(): void {
    this.#byHash.clear()
  }

  async #find(hash: string): Promise<ApiKey | undefined> {
    const nowMs = this.#world.clock.now()
    const found = this.#byHash.get(hash)
    // A clock that was set back makes nothing younger than it is.
    const ageMs = found === undefined ? Infinity : Math.abs(nowMs - found.readAtMs)
    if (found !== undefined && ageMs < knownForMs) return found.key
    const reading = this.#world.store.keys.byHash(hash)
    this.#keep(hash, { readAtMs: nowMs, key: reading, touchedAtMs: -Infinity })
    const key = await reading.catch((error: unknown) => {
      this.#byHash.delete(hash)
      throw error
    })
    if (key === undefined) this.#byHash.delete(hash)
    return key
  }

  #keep(hash: string, known: Known): void {
    this.#byHash.delete(hash)
    this.#byHash.set(hash, known)
    const [oldest] = this.#byHash.keys()
    if (this.#byHash.size > mostKnown && oldest !== undefined) this.#byHash.delete(oldest)
  }

  /** Writes beside the call that the key was used: when it cannot be written, the key is good nevertheless. */
  #touch(hash: string, key: ApiKey, nowMs: number): void {
    const known = this.#byHash.get(hash)
    const lastMs = Math.max(key.lastUsedAt?.getTime() ?? -Infinity, known?.touchedAtMs ?? -Infinity)
    if (known === undefined || nowMs - lastMs < touchedEveryMs) return
    known.touchedAtMs = nowMs
    this.#world.store.keys.touch(key.id, new Date(nowMs)).catch((error: unknown) => {
      this.#world.log.warn('The last use of a key could not be written', {
        error: error instanceof Error ? error.message : 'unknown',
      })
    })
  }
}
