import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEmailAddress } from './address.ts'

const good: readonly (readonly [raw: string, address: string])[] = [
  ['ann@guests.test', 'ann@guests.test'],
  ['  ann@guests.test\t', 'ann@guests.test'],
  ['Ann.Lee@Guests.TEST', 'Ann.Lee@guests.test'],
  ['reply+k7Qm2xV9@guests.test', 'reply+k7Qm2xV9@guests.test'],
  ["o'neil_{x}@guests.test", "o'neil_{x}@guests.test"],
  ['ann@bücher.test', 'ann@xn--bcher-kva.test'],
  ['анна@почта.рф', 'анна@xn--80a1acny.xn--p1ai'],
  ['root@localhost', 'root@localhost'],
  [`${'a'.repeat(64)}@guests.test`, `${'a'.repeat(64)}@guests.test`],
]

const bad: readonly string[] = [
  '',
  ' ',
  'ann',
  '@guests.test',
  'ann@',
  'ann@@guests.test',
  'ann@guests.test\r\nBcc: bob@guests.test',
  'ann@guests.test\n',
  'a@a.test\0@e.test',
  'x: e@e.test;',
  'a@a.test; e@e.test',
  'a@a.test, e@e.test',
  'a@a.test e@e.test',
  'Ann <ann@guests.test>',
  '<ann@guests.test>',
  '@relay.test:ann@guests.test',
  '"ann lee"@guests.test',
  '"ann@guests.test"@e.test',
  'ann(comment)@guests.test',
  'ann@[127.0.0.1]',
  'ann@127.0.0.1',
  'ann@0x7f.1',
  '.ann@guests.test',
  'ann.@guests.test',
  'a..b@guests.test',
  'ann@guests..test',
  'ann@guests.test.',
  'ann@-guests.test',
  'ann@guests_.test',
  'ann@guests\u2028.test',
  'ann\u202e@guests.test',
  'ann＠guests.test',
  `${'a'.repeat(65)}@guests.test`,
  `a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(63)}`,
  `a@${'b'.repeat(64)}.test`,
  'я'.repeat(40) + '@guests.test',
  'a'.repeat(1_000_000),
]

describe('an address', () => {
  test.each(good)('%s', (raw, address) => {
    expect(parseEmailAddress(raw)).toEqual({ ok: true, address })
  })

  test.each(bad.map((raw) => [raw.slice(0, 60), raw]))('refused: %j', (_name, raw) => {
    expect(parseEmailAddress(raw)).toEqual({
      ok: false,
      reason: expect.stringMatching(/^not an e-mail address: /),
    })
  })

  test('a refusal does not repeat the address', () => {
    const result = parseEmailAddress('planted <planted@guests.test>')
    expect(JSON.stringify(result)).not.toContain('planted')
  })

  test('what is taken has one @, no white space, and is its own spelling', () => {
    const some = fc.oneof(
      fc.emailAddress(),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.tuple(fc.string(), fc.domain()).map(([local, domain]) => `${local}@${domain}`),
    )
    fc.assert(
      fc.property(some, (raw) => {
        const result = parseEmailAddress(raw)
        if (!result.ok) return
        expect(result.address).toMatch(/^[^\s@<>,;:"()[\]\\]{1,64}@[a-z0-9.-]{1,253}$/)
        expect(parseEmailAddress(result.address)).toEqual(result)
      }),
      { seed: 7, numRuns: 300 },
    )
  })
})
