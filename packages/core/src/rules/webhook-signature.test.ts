import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signElsewhere, verifyElsewhere } from '../../../../tests/peers/verify-webhook.ts'
import { signatureHeaders, verifySignature } from './webhook-signature.ts'

const secretText = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const secret = Buffer.from(secretText.slice(6), 'base64')
const text = '{"test": 2432232314}'
const body = new TextEncoder().encode(text)
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const both = { secrets: [secret], publicKeys: [publicKey] }

test('the vector every library of the standard is tested with', () => {
  const headers = signatureHeaders(
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body },
    { secrets: [secret], privateKeys: [] },
  )
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

describe('with libraries of others', () => {
  const now = Math.floor(Date.now() / 1_000)

  test('they believe what we sign, and nothing that was changed', () => {
    const other = randomBytes(32)
    // The receiver knows only one of two secrets: one is replacing the other.
    const headers = signatureHeaders(
      { id: 'msg_1', timestamp: now, body },
      { secrets: [other, secret], privateKeys: [privateKey] },
    )
    const refused = { standardwebhooks: 'refused', svix: 'refused' }
    expect(verifyElsewhere(secretText, text, headers)).toEqual({
      standardwebhooks: 'believed',
      svix: 'believed',
    })
    expect(verifyElsewhere(secretText, `${text} `, headers)).toEqual(refused)
    expect(verifyElsewhere(secretText, text, { ...headers, 'webhook-id': 'msg_2' })).toEqual(refused)
  })

  test('we believe what they sign', () => {
    const headers = signElsewhere(secretText, { id: 'msg_1', at: new Date(now * 1_000), body: text })
    expect(verifySignature(new Headers(headers), body, both, now * 1_000)).toBe('msg_1')
  })

  test('an asymmetric signature is plain Ed25519 over the same content', async () => {
    const headers = signatureHeaders(
      { id: 'msg_1', timestamp: now, body },
      { secrets: [], privateKeys: [privateKey] },
    )
    const encoded = /^v1a,(\S+)$/.exec(headers['webhook-signature'] ?? '')?.[1] ?? ''
    const key = await webcrypto.subtle.importKey('raw', point, 'Ed25519', false, ['verify'])
    const content = new TextEncoder().encode(`msg_1.${String(now)}.${text}`)
    expect(await webcrypto.subtle.verify('Ed25519', key, Buffer.from(encoded, 'base64'), content)).toBe(true)
    expect(verifySignature(new Headers(headers), body, both, now * 1_000)).toBe('msg_1')
  })
})

describe('checking', () => {
  const nowMs = Date.UTC(2026, 10, 22, 5)
  const timestamp = nowMs / 1_000
  const keys = { secrets: [secret], privateKeys: [privateKey] }
  const good = signatureHeaders({ id: 'msg_1', timestamp, body }, keys)
  const [v1 = '', v1a = ''] = (good['webhook-signature'] ?? '').split(' ')
  const check = (change: Readonly<Record<string, string | undefined>>, at = nowMs, bytes = body) => {
    const headers = Object.entries({ ...good, ...change }).filter(([, value]) => value !== undefined)
    return verifySignature(new Headers(headers as [string, string][]), bytes, both, at)
  }

  test('either signature is enough, also among strangers', () => {
    for (const list of [v1, v1a, `${v1a} ${v1}`, `v1,${'A'.repeat(43)}= v2,x ${v1}`, `  ${v1}`])
      expect(check({ 'webhook-signature': list })).toBe('msg_1')
  })

  test.each([-299, 0, 299])('clocks may be %i seconds apart', (seconds) => {
    expect(check({}, nowMs + seconds * 1_000)).toBe('msg_1')
  })

  test.each([-301, 301, 86_400])('not %i seconds', (seconds) => {
    expect(check({}, nowMs + seconds * 1_000)).toBeUndefined()
  })

  test.each<readonly [string, Readonly<Record<string, string | undefined>>]>([
    ['no id', { 'webhook-id': undefined }],
    ['no moment', { 'webhook-timestamp': undefined }],
    ['no signature', { 'webhook-signature': undefined }],
    ['another id', { 'webhook-id': 'msg_2' }],
    ['an id with a dot', { 'webhook-id': 'msg.1' }],
    ['an id without end', { 'webhook-id': 'x'.repeat(10_000) }],
    ['another moment', { 'webhook-timestamp': String(timestamp - 1) }],
    ['a moment with something behind it', { 'webhook-timestamp': `${String(timestamp)}x` }],
    ['a moment with a sign', { 'webhook-timestamp': `+${String(timestamp)}` }],
    ['a moment in hexadecimal', { 'webhook-timestamp': `0x${timestamp.toString(16)}` }],
    ['a moment in milliseconds', { 'webhook-timestamp': String(nowMs) }],
    ['a fraction of a second', { 'webhook-timestamp': `${String(timestamp)}.0` }],
    ['an empty signature', { 'webhook-signature': 'v1,' }],
    ['half a signature', { 'webhook-signature': v1.slice(0, 20) }],
    ['a signature with more behind it', { 'webhook-signature': `${v1}AAAA` }],
    ['one kind of signature under the name of the other', { 'webhook-signature': v1.replace('v1', 'v1a') }],
    ['a signature of an unknown kind', { 'webhook-signature': v1.replace('v1', 'v2') }],
    ['signatures joined by commas', { 'webhook-signature': `v1,x,${v1}` }],
    [
      'more signatures than anybody needs',
      { 'webhook-signature': `${`v1,${'A'.repeat(43)}= `.repeat(1_000)}${v1}` },
    ],
  ])('refused: %s', (_what, change) => {
    expect(check(change)).toBeUndefined()
  })

  test('a body that was parsed and written again is another body', () => {
    const again = new TextEncoder().encode(JSON.stringify(JSON.parse(text)))
    expect(check({}, nowMs, again)).toBeUndefined()
  })

  test('the parts of what is signed cannot run into each other', () => {
    // Signed as id "a" with a body that begins like a timestamp, sent as if that were the timestamp.
    const sly = new TextEncoder().encode(`${String(timestamp)}.{}`)
    const headers = signatureHeaders({ id: 'a', timestamp, body: sly }, keys)
    const moved = { ...headers, 'webhook-id': `a.${String(timestamp)}` }
    expect(verifySignature(new Headers(moved), new TextEncoder().encode('{}'), both, nowMs)).toBeUndefined()
  })
})
