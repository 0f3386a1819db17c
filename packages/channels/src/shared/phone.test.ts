import { expect, test } from 'vitest'
import { looksLikePhone, noTextTypes, phoneAddress } from './phone.ts'

const check = phoneAddress()
const addressOf = (raw: string, rules = {}) => {
  const result = phoneAddress(rules)(raw)
  return result.ok ? result.address : result.reason
}

test.each([
  ['+7 (912) 345-67-89', '+79123456789'],
  ['+79123456789', '+79123456789'],
  ['  +7 912 345.67.89\t', '+79123456789'],
  ['+7\u00a0912\u00a0345\u00a067\u00a089', '+79123456789'],
  ['\u202a+1 (415) 555-2671\u202c', '+14155552671'],
  ['+44 (0)7400 123456', '+447400123456'],
  ['+54 011 15 2345 6789', '+5491123456789'],
  ['+54 9 11 2345 6789', '+5491123456789'],
  ['+١٤١٥٥٥٥٢٦٧١', '+14155552671'],
  ['+8613800138000', '+8613800138000'],
])('%s has one spelling, which stays as it is', (raw, address) => {
  expect(check(raw)).toEqual({ ok: true, address })
  expect(check(address)).toEqual({ ok: true, address })
})

test.each([
  ['8 912 345-67-89', 'RU', '+79123456789'],
  ['011 15 2345-6789', 'AR', '+5491123456789'],
  ['(415) 555-2671', 'US', '+14155552671'],
  ['0171 1234567', 'DE', '+491711234567'],
  ['+14155552671', 'RU', '+14155552671'],
] as const)('%s is read as people in %s… write it', (raw, defaultCountry, address) => {
  expect(addressOf(raw, { defaultCountry })).toBe(address)
})

test('a number without a country is refused, and the reason says how to write it', () => {
  expect(addressOf('8 912 345-67-89')).toContain('write it with +')
})

test.each([
  ['an extension', '+1 (415) 555-2671 ext. 5'],
  ['an extension of RFC 3966', '+14155552671;ext=5'],
  ['the letter O', '+1415555O100'],
  ['words for digits', '+1-415-555-CALL'],
  ['two numbers', '+14155552671, +14155552672'],
  ['two numbers without a comma', '+14155552671+14155552672'],
  ['a sentence', 'call +14155552671 now'],
  ['SQL', '+14155552671; DROP TABLE routes'],
  ['full-width digits', '+１４１５５５５２６７１'],
  ['a scheme', 'tel:+14155552671'],
  ['WhatsApp’s scheme', 'whatsapp:+14155552671'],
  ['a line break after it', '+14155552671\r\nTo: +14155552672'],
  ['a zero byte', '+14155552671\0'],
  ['too few digits', '+1415555'],
  ['a digit too many', '+141555526715'],
  ['a range nobody has', '+1 710 555 1234'],
  ['a short code', '12345'],
  ['only a plus', '+'],
  ['nothing', ' '],
  ['5,000 digits', `+${'1'.repeat(5_000)}`],
])('%s is refused without being repeated', (_what, raw) => {
  const result = check(raw)
  expect(result.ok).toBe(false)
  expect(!result.ok && raw.trim().length > 1 && result.reason.includes(raw.trim())).toBe(false)
})

test.each([
  ['+44 20 7946 0958', 'landline'],
  ['+1 900 555 0199', 'premium'],
  ['+1 800 555 0199', 'toll-free'],
  ['+808 1234 5678', 'shared-cost'],
  ['+44 7012 345678', 'personal'],
])('%s is refused: %s', (raw, why) => {
  expect(addressOf(raw)).toContain(why)
})

test('what is refused by its kind can be chosen', () => {
  expect(addressOf('+44 20 7946 0958', { refuseTypes: [] })).toBe('+442079460958')
  expect(addressOf('+7 912 345 67 89', { refuseTypes: [...noTextTypes, 'MOBILE'] })).toContain('mobile')
})

test('only countries of the list pass; a number of no country does not', () => {
  const rules = { allowCountries: ['DE', 'AT'] }
  expect(addressOf('+49 151 23456789', rules)).toBe('+4915123456789')
  expect(addressOf('+7 912 345 67 89', rules)).toContain('country')
  expect(addressOf('+881612345678', rules)).toContain('country')
})

test('a bare text is taken for a phone number only when it begins with + and is all number', () => {
  expect(
    ['+79123456789', ' +7 (912) 345-67-89', '+1 900 555 0199', '+(7)9123456789'].map(looksLikePhone),
  ).toEqual(Array(4).fill(true))
  expect(
    [
      '89123456789',
      '0044 20 7946 0958',
      '+ann',
      '+1',
      '+1 is my vote',
      'ann@guests.test',
      '123456789',
      '',
    ].map(looksLikePhone),
  ).toEqual(Array(8).fill(false))
})
