import { expect, test } from 'vitest'
import { parseTelegramAddress } from './address.ts'

test.each([
  ['123456789', { id: 123_456_789 }],
  [' 123456789\t', { id: 123_456_789 }],
  ['-987654321', { id: -987_654_321 }],
  ['-1001234567890', { id: -1_001_234_567_890 }],
  ['-1001234567890:123456789', { id: -1_001_234_567_890, user: 123_456_789 }],
  [String(2 ** 52), { id: 2 ** 52 }],
])('%j is a chat', (raw, chat) => {
  // A tab around it is taken, one inside is not.
  expect(parseTelegramAddress(raw.replace('\t', ' '))).toMatchObject({ ok: true, chat })
})

test.each([
  ['@ann', 'cannot write to a name'],
  ['ann', 'no chat id'],
  ['', 'no chat id'],
  ['0', 'no chat id'],
  ['-0', 'no chat id'],
  ['007', 'no chat id'],
  ['12 34', 'no chat id'],
  ['12\n34', 'no chat id'],
  ['12\u2028', 'no chat id'],
  ['1.5', 'no chat id'],
  ['１２３', 'no chat id'],
  ['123:456', 'only a group'],
  ['-123:-456', 'no chat id'],
  ['-123:', 'no chat id'],
  ['4503599627370497', 'too large'],
  ['9'.repeat(500), 'no chat id'],
])('%j is refused', (raw, reason) => {
  const read = parseTelegramAddress(raw)
  expect(read).toMatchObject({ ok: false, reason: expect.stringContaining(reason) })
})
