import { expect, it } from 'vitest'
import { maskAddress } from './mask-address.ts'

it.each([
  ['ann@guests.test', 'a…@guests.test'],
  ['+15550100', '…0100'],
  ['4711', '…11'],
  ['7', '…'],
  ['', '…'],
  ['@', '…'],
  ['👩🏽‍🌾👍', '…🌾👍'],
])('shows of %j no more than its owner needs to know it', (address, masked) => {
  expect(maskAddress(address)).toBe(masked)
})
