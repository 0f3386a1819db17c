import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readSubscription } from './subscription.ts'

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
const keys = { p256dh: point.toString('base64url'), auth: Buffer.alloc(16, 7).toString('base64url') }
const endpoint = 'https://fcm.googleapis.com/fcm/send/dA1:APA91b'
const read = (subscription: unknown, pushServices: readonly string[] = []) =>
  readSubscription(typeof subscription === 'string' ? subscription : JSON.stringify(subscription), {
    pushServices,
  })
const at = (url: string, pushServices: readonly string[] = []) => read({ endpoint: url, keys }, pushServices)

test('however a browser writes it, a subscription has one spelling', () => {
  const canonical = JSON.stringify({ endpoint, keys })
  const padded = { p256dh: point.toString('base64'), auth: Buffer.alloc(16, 7).toString('base64') }
  const written = JSON.stringify(
    {
      keys: { auth: padded.auth, p256dh: padded.p256dh },
      expirationTime: null,
      endpoint: endpoint.replace('fcm.', 'FCM.'),
    },
    null,
    2,
  )
  expect(read(written)).toMatchObject({ ok: true, address: canonical })
  expect(read(canonical)).toMatchObject({ ok: true, address: canonical })
})

test.each([
  'https://fcm.googleapis.com/wp/x',
  'https://updates.push.services.mozilla.com/wpush/v2/x',
  'https://updates-autopush.stage.push.services.mozilla.com/x',
  'https://web.push.apple.com/x',
  'https://wns2-db5p.notify.windows.com/w/?token=x',
])('%s is a browser’s', (url) => {
  expect(at(url).ok).toBe(true)
})

test.each([
  'https://evil.test/',
  'https://fcm.googleapis.com.evil.test/',
  'https://evilpush.apple.com/',
  'https://push.apple.com.evil.test/',
  'https://notify.windows.com@evil.test/',
  'https://fcm.googleapis.com:22/x',
  'http://fcm.googleapis.com/x',
  'https://169.254.169.254/latest',
  'https://fcm.googleapis.com./x',
])('%s is none', (url) => {
  const answer = at(url)
  expect(answer.ok).toBe(false)
  expect(JSON.stringify(answer)).not.toContain(url)
})

test('a push service of one’s own is named', () => {
  expect(at('https://push.guests.test/x').ok).toBe(false)
  expect(at('https://push.guests.test/x', ['push.guests.test']).ok).toBe(true)
  expect(at('https://a.push.guests.test/x', ['push.guests.test']).ok).toBe(false)
  expect(at('https://a.push.guests.test/x', ['*.push.guests.test']).ok).toBe(true)
})

describe('no subscription', () => {
  const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url')
  test.each<readonly [string, unknown]>([
    ['a word', 'ann'],
    ['an address', 'ann@guests.test'],
    ['a number', '7'],
    ['nothing', 'null'],
    ['a list', [{ endpoint, keys }]],
    ['no keys', { endpoint }],
    ['no endpoint', { keys }],
    ['half the keys', { endpoint, keys: { auth: keys.auth } }],
    ['a short secret', { endpoint, keys: { ...keys, auth: 'AAAA' } }],
    [
      'a compressed key',
      { endpoint, keys: { ...keys, p256dh: point.subarray(0, 33).toString('base64url') } },
    ],
    ['a key off the curve', { endpoint, keys: { ...keys, p256dh: offCurve } }],
    ['a key with line breaks', { endpoint, keys: { ...keys, auth: `${keys.auth}\n` } }],
    ['a book', { endpoint: `${endpoint}${'x'.repeat(2_000)}`, keys }],
    ['a library', 'x'.repeat(100_000)],
    ['something behind it', `${JSON.stringify({ endpoint, keys })} {}`],
  ])('%s', (_what, subscription) => {
    expect(read(subscription).ok).toBe(false)
  })
})
