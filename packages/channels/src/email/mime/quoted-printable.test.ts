import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyTemplate, latePlace } from './body-template.ts'
import { quotedPrintable } from './quoted-printable.ts'

/** A decoder that knows only the rules of RFC 2045 §6.7. */
function decode(encoded: string): string {
  const joined = encoded.replace(/[ \t]+(?=\r\n|$)/g, '').replaceAll('=\r\n', '')
  const octets = joined.replace(/=([0-9A-F]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(octets, 'latin1').toString()
}

const canonical = (text: string) => text.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n')
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('é', '=', ' ', '\n', 'a', '👍'), maxLength: 400 }),
)

test.each([
  ['', ''],
  ['1 = 1', '1 =3D 1'],
  ['é', '=C3=A9'],
  ['end \nnext\t', 'end=20\r\nnext=09'],
  ['a'.repeat(80), `${'a'.repeat(75)}=\r\n${'a'.repeat(5)}`],
  [`${'a'.repeat(70)}é`, `${'a'.repeat(70)}=\r\n=C3=A9`],
])('%j', (text, encoded) => {
  expect(quotedPrintable(text)).toBe(encoded)
})

test('whatever it is, it is decoded as it was, and no line is too long or ends in a space', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const encoded = quotedPrintable(text)
      expect(decode(encoded)).toBe(canonical(text))
      for (const line of encoded.split('\r\n')) expect(line).toMatch(/^(?:|[\t\x20-\x7e]{0,75}[\x21-\x7e])$/)
    }),
    { numRuns: 500 },
  )
})

test('texts filled in later are where they belong, however the text around them is cut', () => {
  const around = anyText.map((text) => text.replaceAll('\0', ''))
  fc.assert(
    fc.property(fc.array(around, { minLength: 1, maxLength: 5 }), fc.webUrl(), (pieces, url) => {
      const late = pieces.map((_piece, index) => `${url}?${index}`)
      const template = bodyTemplate(
        pieces.reduce((text, piece, index) => text + latePlace(index) + piece, ''),
      )
      const filled = template.fill(late)
      const whole = pieces.reduce((text, piece, index) => `${text}${late[index] ?? ''}${piece}`, '')
      const read = template.encoding === 'base64' ? Buffer.from(filled, 'base64').toString() : decode(filled)
      // Between two pieces a CR and an LF of different ones never meet: a late text stands between them.
      expect(read).toBe(canonical(whole))
      for (const line of filled.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76)
    }),
    { numRuns: 500 },
  )
})
