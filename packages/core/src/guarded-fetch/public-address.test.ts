import { expect, test } from 'vitest'
import { isPublicAddress } from './public-address.ts'

test.each(['1.1.1.1', '93.184.216.34', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each([
  '',
  'localhost',
  '127.1',
  '::1',
  '::2',
  '::93.184.216.34',
  '2606:4700::1%eth0',
  '4000::1',
  '200::1',
])('%j is not', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})
