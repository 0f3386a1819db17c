import { expect, test } from 'vitest'
import { classifyLoginError, classifySmppError } from './outcome.ts'

const options = {
  errorCodes: { '0x0411': 'opted_out', '0x0045': 'permanent_content' },
  throttlePauseMs: 1_500,
} as const

test.each([
  [0x58, 'rate_limited', 'sender'],
  [0x14, 'rate_limited', 'sender'],
  [0x0b, 'permanent_recipient', 'recipient'],
  [0x08, 'retryable', 'provider'],
  [0x05, 'retryable', 'provider'],
  [0x64, 'retryable', 'provider'],
  [0xff, 'retryable', 'provider'],
  [0x0d, 'permanent_config', 'sender'],
  [0x0e, 'permanent_config', 'sender'],
  [0x0f, 'permanent_config', 'sender'],
  [0x04, 'permanent_config', 'sender'],
  [0x0a, 'permanent_config', 'sender'],
  [0x48, 'permanent_config', 'sender'],
  [0x53, 'permanent_config', 'sender'],
  [0x01, 'permanent_content', 'message'],
  [0x43, 'permanent_content', 'message'],
  [0x62, 'permanent_content', 'message'],
  [0x65, 'permanent_content', 'message'],
  [0x66, 'permanent_content', 'message'],
  [0xc4, 'permanent_content', 'message'],
  // Told by the options.
  [0x0411, 'opted_out', 'recipient'],
  [0x45, 'permanent_content', 'message'],
  // An operator's own code nobody explained: perhaps it goes another time. It may be about this number alone.
  [0x0499, 'retryable', 'message'],
  [0xfe, 'retryable', 'message'],
])('code %i is %s, of the %s', (code, status, scope) => {
  expect(classifySmppError(code, options)).toMatchObject({
    status,
    scope,
    providerCode: `0x${code.toString(16).padStart(4, '0')}`,
  })
})

test('submitting failed may go another time, unless the operator says otherwise', () => {
  expect(classifySmppError(0x45, { ...options, errorCodes: {} })).toMatchObject({
    status: 'retryable',
    scope: 'message',
  })
})

test('a code nobody explained is the operator’s trouble when it refuses the login', () => {
  expect(classifyLoginError(0x0499, options)).toMatchObject({ status: 'retryable', scope: 'provider' })
  expect(classifyLoginError(0x0e, options)).toMatchObject({ status: 'permanent_config', scope: 'sender' })
})

test('the pause after throttling is the one of the options', () => {
  expect(classifySmppError(0x58, options)).toMatchObject({ retryAfterMs: 1_500 })
})
