import fc from 'fast-check'
import { SegmentedMessage } from 'sms-segments-calculator'
import { expect, test } from 'vitest'
import { cutText, encodeGsm7, placeHeader } from './cut-text.ts'

const sizes = (text: string): readonly (number | string)[] => {
  const { dataCoding, parts } = cutText(text)
  return [
    dataCoding === 0 ? 'GSM-7' : 'UCS-2',
    ...parts.map(({ length }) => (dataCoding === 0 ? length : length / 2)),
  ]
}

test.each([
  ['160 letters are one', 'a'.repeat(160), ['GSM-7', 160]],
  ['161 letters are two', 'a'.repeat(161), ['GSM-7', 153, 8]],
  ['200 letters, as Kannel cuts them', 'a'.repeat(200), ['GSM-7', 153, 47]],
  ['70 Cyrillic letters are one', 'ж'.repeat(70), ['UCS-2', 70]],
  ['71 are two', 'ж'.repeat(71), ['UCS-2', 67, 4]],
  ['€ takes two places', '€'.repeat(80), ['GSM-7', 160]],
  ['€ is not torn', `${'a'.repeat(152)}€${'a'.repeat(152)}`, ['GSM-7', 152, 153, 1]],
  ['an emoji is not torn', `${'ж'.repeat(66)}👍${'ж'.repeat(66)}`, ['UCS-2', 66, 67, 1]],
  ['one ’ makes all of it dearer', `${'a'.repeat(158)}’`, ['UCS-2', 67, 67, 25]],
  ['Ç is in the alphabet', 'Ç'.repeat(160), ['GSM-7', 160]],
  ['ç is not', 'ç', ['UCS-2', 1]],
  ['a backtick is not', '`', ['UCS-2', 1]],
  ['a tab is not', '\t', ['UCS-2', 1]],
  ['seven families', '👨‍👩‍👧‍👦'.repeat(7), ['UCS-2', 66, 11]],
  ['nothing', '', ['GSM-7', 0]],
])('%s', (_name, text, expected) => {
  expect(sizes(text)).toEqual(expected)
})

test('letters become the codes of the alphabet', () => {
  expect(Buffer.concat(encodeGsm7('@£_ @€[]~\n') ?? [])).toEqual(
    Buffer.from([0x00, 0x01, 0x11, 0x20, 0x00, 0x1b, 0x65, 0x1b, 0x3c, 0x1b, 0x3e, 0x1b, 0x3d, 0x0a]),
  )
  expect(cutText('жd').parts).toEqual([Buffer.from([0x04, 0x36, 0x00, 0x64])])
  expect(placeHeader(0x1c8, 2, 1)).toEqual(Buffer.from([5, 0, 3, 0xc8, 2, 1]))
})

/** Letters one by one: what belongs together to the eye is kept together elsewhere, and need not be. */
const character = fc.oneof(
  fc.constantFrom(...Array.from('abc xyz@£€[]^ÇàΩ\n')),
  fc.constantFrom(...Array.from('ç’жш漢字`')),
  fc.constantFrom('👍', '🍝', '𝄞'),
)

test('another’s calculator counts the same', () => {
  fc.assert(
    fc.property(fc.array(character, { minLength: 1, maxLength: 500 }), (characters) => {
      const text = characters.join('')
      const theirs = new SegmentedMessage(text)
      const { dataCoding, parts } = cutText(text)
      expect([dataCoding === 0 ? 'GSM-7' : 'UCS-2', parts.length]).toEqual([
        theirs.encodingName,
        theirs.segmentsCount,
      ])
    }),
    { seed: 42, numRuns: 500 },
  )
})

test('whatever is written comes back whole, and no part is too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (text) => {
      const { dataCoding, parts } = cutText(text)
      const most = dataCoding === 0 ? [160, 153] : [140, 134]
      for (const part of parts) expect(part.length).toBeLessThanOrEqual(most[parts.length > 1 ? 1 : 0] ?? 0)
      if (dataCoding !== 8) return
      for (const part of parts)
        expect(Buffer.from(part).swap16().toString('utf16le').isWellFormed()).toBe(true)
      expect(Buffer.concat(parts).swap16().toString('utf16le')).toBe(text)
    }),
    { seed: 42, numRuns: 300 },
  )
})

test('a letter with a thousand accents is cut, not looped over', () => {
  expect(cutText(`a${'\u0301'.repeat(1_000)}`).parts).toHaveLength(15)
})
