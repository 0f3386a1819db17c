import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { maxRecipientTokenMs, RecipientTokens } from './recipient-token.ts'

const secret = new Uint8Array(32).fill(7)
let now = Date.parse('2026-11-22T12:00:00Z')
const tokens = new RecipientTokens({ secret: async () => secret }, { now: () => now })

test('a token says who, which topics and until when', async () => {
  const { token, expiresAt } = await tokens.make('sam', { topics: ['group:7'], lifeMs: 60_000 })
  expect(await tokens.verify(token)).toEqual({ sub: 'sam', topics: ['group:7'], expiresAt })
  expect(expiresAt.getTime()).toBe(now + 60_000)
})

test('a token ends by itself', async () => {
  const { token } = await tokens.make('sam', { lifeMs: 60_000 })
  now += 64_000
  expect(await tokens.verify(token)).toBeDefined()
  now += 2_000
  expect(await tokens.verify(token)).toBeUndefined()
})

test.each([0, 999, maxRecipientTokenMs + 1, Number.NaN, Infinity])(
  'a life of %d ms is refused',
  async (lifeMs) => {
    await expect(tokens.make('sam', { lifeMs })).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      field: 'expiresIn',
    })
  },
)

describe('not ours', () => {
  const signed = (claims: object, { audience = 'invite-me:recipient', key = secret, alg = 'HS256' } = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg })
      .setAudience(audience)
      .setExpirationTime(Math.floor(now / 1_000) + 600)
      .sign(key)

  test.each<[string, () => Promise<string> | string]>([
    ['another secret', () => signed({ sub: 'sam' }, { key: new Uint8Array(32).fill(8) })],
    ['for somebody else', () => signed({ sub: 'sam' }, { audience: 'other' })],
    ['without a person', () => signed({})],
    ['with topics that are none', () => signed({ sub: 'sam', topics: 'group:7' })],
    ['another algorithm', () => signed({ sub: 'sam' }, { alg: 'HS512', key: new Uint8Array(64).fill(7) })],
    [
      'unsigned',
      () =>
        new UnsecuredJWT({ sub: 'sam' }).setAudience('invite-me:recipient').setExpirationTime('1h').encode(),
    ],
    [
      'without an end',
      () =>
        new SignJWT({ sub: 'sam' })
          .setProtectedHeader({ alg: 'HS256' })
          .setAudience('invite-me:recipient')
          .sign(secret),
    ],
    ['nonsense', () => 'a.b.c'],
  ])('%s is refused', async (_story, make) => {
    expect(await tokens.verify(await make())).toBeUndefined()
  })

  test('one that was changed is refused', async () => {
    const { token } = await tokens.make('sam')
    const [head, , signature] = token.split('.')
    const claims = Buffer.from(JSON.stringify({ sub: 'ann', aud: 'invite-me:recipient', exp: now })).toString(
      'base64url',
    )
    expect(await tokens.verify([head, claims, signature].join('.'))).toBeUndefined()
  })
})

test('a store that was away for a moment is asked again', async () => {
  let isAway = true
  const shaky = new RecipientTokens(
    { secret: () => (isAway ? Promise.reject(new TypeError('away')) : Promise.resolve(secret)) },
    { now: () => now },
  )
  await expect(shaky.make('sam')).rejects.toThrow('away')
  isAway = false
  expect((await shaky.make('sam')).token).toBeTypeOf('string')
})
