import type { ApiKeyInput, InviteMe, Store, StoreOpener } from '@invite-me/core'
import { sqlite } from '@invite-me/core/sqlite'
import type { InviteMeTest, InviteMeTestOptions } from '@invite-me/core/testing'
import { virtualClock } from '@invite-me/core/testing'
import { describe, expect, test } from 'vitest'
import { newWorkspace } from '../worlds/workspace.ts'
import { startEngine } from './start-engine.ts'

/** Values a caller in JavaScript can pass whatever the types say. */
const anything = <Wanted>(value: unknown): Wanted => value as Wanted

/** Two processes on the same data and clock. */
async function twoEngines(options: InviteMeTestOptions = {}): Promise<readonly [InviteMeTest, InviteMeTest]> {
  const place = await newWorkspace()
  const clock = virtualClock()
  const start = async (seed: number) =>
    startEngine({ ...(await place.process(clock)), clock, seed, ...options })
  return [await start(1), await start(2)]
}

describe('a key', () => {
  test('is shown once, opens what it is for, and is listed without its secret', async () => {
    const { inviteMe } = await startEngine()
    const { key, secret } = await inviteMe.keys.create({ name: '  CRM ', role: 'sender' })
    expect(secret).toMatch(/^imk_[0-9a-z]{10}_[0-9a-z]{32}$/)
    expect(key).toMatchObject({ name: 'CRM', prefix: secret.slice(0, 14), scopes: ['send', 'read', 'live'] })
    expect(await inviteMe.keys.authenticate(secret)).toMatchObject({ id: key.id, scopes: key.scopes })
    const listed = await inviteMe.keys.list()
    expect(listed).toMatchObject([{ id: key.id }])
    expect(JSON.stringify(listed)).not.toContain(secret.slice(15))
  })

  test('that is unknown, cut, revoked or expired is simply none', async () => {
    const t = await startEngine()
    const { keys } = t.inviteMe
    const revoked = await keys.create({ name: 'one', scopes: ['read'] })
    const short = await keys.create({
      name: 'two',
      role: 'owner',
      expiresAt: new Date(t.clock.now() + 60_000),
    })
    await keys.revoke(revoked.key.id)
    expect(await keys.authenticate(short.secret)).toMatchObject({ name: 'two' })
    await t.advance('59s')
    expect(await keys.authenticate(short.secret)).toMatchObject({ name: 'two' })
    await t.advance('1s')
    const { secret } = short
    const none = [
      secret,
      revoked.secret,
      '',
      secret.slice(1),
      `${secret} `,
      `${secret}\0`,
      secret.toUpperCase(),
    ]
    const odd = [
      short.key.id,
      'imk_'.repeat(1_000_000),
      "' OR 1=1 --",
      anything<string>(null),
      anything<string>({}),
    ]
    for (const given of [...none, ...odd]) expect(await keys.authenticate(given)).toBe(undefined)
  })

  test('that is revoked stays as it was revoked first; one that is not there is told', async () => {
    const t = await startEngine()
    const { keys } = t.inviteMe
    const { key } = await keys.create({ name: 'one', role: 'viewer' })
    await keys.revoke(key.id)
    const [first] = await keys.list()
    await t.advance('1h')
    await keys.revoke(key.id)
    expect(await keys.list()).toEqual([first])
    await expect(keys.revoke('nobody')).rejects.toMatchObject({ code: 'KEY_UNKNOWN', field: 'id' })
  })

  test('revoked in one process is refused by another within five seconds', async () => {
    const [one, other] = await twoEngines()
    const { key, secret } = await one.inviteMe.keys.create({ name: 'shared', role: 'admin' })
    expect(await other.inviteMe.keys.authenticate(secret)).toMatchObject({ id: key.id })
    expect(await one.inviteMe.keys.authenticate(secret)).toMatchObject({ id: key.id })
    await one.clock.advance('1s')
    await one.inviteMe.keys.revoke(key.id)
    expect(await one.inviteMe.keys.authenticate(secret)).toBe(undefined)
    await one.clock.advance('4s')
    expect(await other.inviteMe.keys.authenticate(secret)).toBe(undefined)
  })

  test('tells when it was used last, to a minute, however often it is', async () => {
    const t = await startEngine()
    const { keys } = t.inviteMe
    const { secret } = await keys.create({ name: 'busy', role: 'viewer' })
    const lastUse = async () => {
      await t.clock.settle()
      return (await keys.list())[0]?.lastUsedAt?.getTime() ?? NaN
    }
    const startMs = t.clock.now()
    await Promise.all(Array.from({ length: 50 }, () => keys.authenticate(secret)))
    expect((await lastUse()) - startMs).toBe(0)
    await t.advance('59s')
    await keys.authenticate(secret)
    expect((await lastUse()) - startMs).toBe(0)
    await t.advance('1s')
    await keys.authenticate(secret)
    expect((await lastUse()) - startMs).toBe(60_000)
    t.clock.jump(-3_600_000)
    expect(await keys.authenticate(secret)).toMatchObject({ name: 'busy' })
    expect((await lastUse()) - startMs).toBe(60_000)
  })

  test('that is used a thousand times at once is read once, and its use written once', async () => {
    const calls: string[] = []
    const t = await startEngine({ store: counted(sqlite(':memory:'), calls) })
    const { secret } = await t.inviteMe.keys.create({ name: 'busy', role: 'viewer' })
    await Promise.all(Array.from({ length: 1_000 }, () => t.inviteMe.keys.authenticate(secret)))
    await t.clock.settle()
    expect(calls).toEqual(['byHash', 'touch'])
  })

  const refused: readonly (readonly [string, object, string])[] = [
    ['no name', { role: 'owner' }, 'name'],
    ['an empty name', { name: '  ', role: 'owner' }, 'name'],
    ['a name of two lines', { name: 'a\nb', role: 'owner' }, 'name'],
    ['a name with a NUL', { name: 'a\0b', role: 'owner' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(101), role: 'owner' }, 'name'],
    ['neither role nor scopes', { name: 'one' }, 'role'],
    ['both', { name: 'one', role: 'owner', scopes: ['read'] }, 'role'],
    ['an unknown role', { name: 'one', role: 'root' }, 'role'],
    ['a role every object has', { name: 'one', role: 'constructor' }, 'role'],
    ['no scope', { name: 'one', scopes: [] }, 'scopes'],
    ['an unknown scope', { name: 'one', scopes: ['read', '*'] }, 'scopes.1'],
    ['an expiry that is no moment', { name: 'one', role: 'owner', expiresAt: 'soon' }, 'expiresAt'],
    [
      'an expiry that is over',
      { name: 'one', role: 'owner', expiresAt: '2020-01-01T00:00:00Z' },
      'expiresAt',
    ],
    ['something else', { name: 'one', role: 'owner', admin: true }, 'admin'],
  ]
  test.each(refused)('with %s is refused by name', async (_what, input, field) => {
    const { inviteMe } = await startEngine()
    await expect(inviteMe.keys.create(anything<ApiKeyInput>(input))).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field,
    })
    expect(await inviteMe.keys.list()).toEqual([])
  })

  test('is good although its last use cannot be written', async () => {
    const t = await startEngine()
    const { secret } = await t.inviteMe.keys.create({ name: 'one', role: 'viewer' })
    const authenticating = t.inviteMe.keys.authenticate(secret)
    await t.stop()
    // The store was closed under it: whatever becomes of the note, the answer is about the key alone.
    await authenticating.catch(() => undefined)
    expect(t.troubles.every(({ level }) => level === 'warn')).toBe(true)
  })
})

describe('a secret of the workspace', () => {
  test('is the same in every process, and another under another name', async () => {
    const [one, other] = await twoEngines()
    const secretsOf = ({ secret }: InviteMe) => Promise.all([secret('recipient-token'), secret('other')])
    const [mine, theirs] = await Promise.all([secretsOf(one.inviteMe), secretsOf(other.inviteMe)])
    expect(mine).toEqual(theirs)
    expect(mine[0]).toHaveLength(32)
    expect(mine[0]).not.toEqual(mine[1])
    mine[0]?.fill(0)
    expect(await one.inviteMe.secret('recipient-token')).toEqual(theirs[0])
  })

  test.each(['', ' ', 'a\nb', 'x'.repeat(101), anything<string>(7)])(
    'needs a name: %j is none',
    async (name) => {
      const { inviteMe } = await startEngine()
      await expect(inviteMe.secret(name)).rejects.toMatchObject({ code: 'REQUEST_INVALID', field: 'name' })
    },
  )
})

describe('the audit log', () => {
  test('tells who did what, newest first', async () => {
    const t = await startEngine()
    const { audit } = t.inviteMe
    await audit.record({ actor: 'cli', action: 'keys.create', target: 'key-1', detail: { role: 'owner' } })
    await t.advance('1m')
    await audit.record({
      actor: 'key:7',
      action: 'workspace.look',
      target: null,
      detail: { at: new Date(0) },
    })
    expect(await audit.list()).toMatchObject([
      { actor: 'key:7', target: null, detail: { at: '1970-01-01T00:00:00.000Z' } },
      { actor: 'cli', action: 'keys.create', target: 'key-1', detail: { role: 'owner' } },
    ])
    const [newest] = await audit.list({ limit: 1 })
    expect(await audit.list({ after: newest?.id ?? '' })).toHaveLength(1)
  })

  test('refuses what it could not keep', async () => {
    const { audit } = (await startEngine()).inviteMe
    const act = { actor: 'cli', action: 'keys.create', target: null, detail: {} }
    const endless: { self?: unknown } = {}
    endless.self = endless
    const bad: readonly (readonly [object, string])[] = [
      [{ actor: '' }, 'actor'],
      [{ action: 'a\nb' }, 'action'],
      [{ target: 7 }, 'target'],
      [{ detail: endless }, 'detail'],
      [{ detail: [1] }, 'detail'],
      [{ detail: { text: 'x'.repeat(70_000) } }, 'detail'],
    ]
    for (const [change, field] of bad)
      await expect(audit.record(anything({ ...act, ...change }))).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        field,
      })
    expect(await audit.list()).toEqual([])
  })
})

/** The same store, which notes every reading and every note of a key's use. */
function counted(opener: StoreOpener, calls: string[]): StoreOpener {
  return {
    open: async () => {
      const store = await opener.open()
      const { byHash, touch } = store.keys
      const keys: Store['keys'] = {
        ...store.keys,
        byHash: (hash) => {
          calls.push('byHash')
          return byHash(hash)
        },
        touch: (id, now) => {
          calls.push('touch')
          return touch(id, now)
        },
      }
      return { ...store, keys }
    },
  }
}
