import { expect, test } from 'vitest'
import { countSegments, describeSegments, smartlyEncoded } from './segments.ts'

const a = (count: number) => 'a'.repeat(count)
const zhe = (count: number) => 'ж'.repeat(count)

test.each([
  ['160 plain letters', a(160), 1, 'GSM-7'],
  ['one more', a(161), 2, 'GSM-7'],
  ['306: two parts of 153', a(306), 2, 'GSM-7'],
  ['307', a(307), 3, 'GSM-7'],
  ['70 Cyrillic letters', zhe(70), 1, 'UCS-2'],
  ['one more', zhe(71), 2, 'UCS-2'],
  ['80 signs that cost two', '€[]{}\\^~|€'.repeat(8), 1, 'GSM-7'],
  ['one more', `${'€[]{}\\^~|€'.repeat(8)}€`, 2, 'GSM-7'],
  ['a € that does not fit at the end of its part', `${a(152)}€${a(152)}`, 3, 'GSM-7'],
  ['a picture that does not fit at the end of its part', `${zhe(66)}👍${zhe(66)}`, 3, 'UCS-2'],
  ['a curly apostrophe among 158 letters', `${a(158)}’`, 3, 'UCS-2'],
  ['Ç, which GSM-7 has', 'Ç', 1, 'GSM-7'],
  ['ç, which it has not', 'ç', 1, 'UCS-2'],
  ['a backtick', '`', 1, 'UCS-2'],
  ['a tab', '\t', 1, 'UCS-2'],
  ['seven families', '👨‍👩‍👧‍👦'.repeat(7), 2, 'UCS-2'],
])('%s', (_what, text, count, encoding) => {
  expect(countSegments(text)).toEqual({ count, encoding })
})

test('smart encoding makes one segment of three, and does not shorten what it cannot', () => {
  expect(countSegments(`${a(158)}’`, true)).toEqual({ count: 1, encoding: 'GSM-7' })
  expect(countSegments(zhe(71), true)).toEqual({ count: 2, encoding: 'UCS-2' })
  expect(smartlyEncoded('it’s “so” — …')).toBe('it\'s "so" - ...')
})

test('what it costs is told in a sentence', () => {
  expect(describeSegments({ count: 1 })).toBe('1 segment')
  expect(describeSegments({ count: 3, encoding: 'UCS-2' })).toBe('3 segments (UCS-2)')
  expect(describeSegments({ count: 3 }, { amount: 0.0079, currency: 'USD' })).toBe(
    '3 segments, about 0.0237 USD',
  )
})
