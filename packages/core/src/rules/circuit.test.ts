import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SendOutcome } from '../model/outcome.ts'
import { policiesSchema } from '../model/policies.ts'
import { bookOutcome, circuitState, closedCircuit } from './circuit.ts'

const policy = policiesSchema.parse({}).circuit
const outage: SendOutcome = { status: 'retryable', scope: 'provider' }
const badNumber: SendOutcome = { status: 'permanent_recipient', scope: 'recipient' }

function after(outcomes: readonly SendOutcome[], at = 0) {
  return outcomes.reduce((circuit, outcome) => bookOutcome(circuit, outcome, at, policy), closedCircuit)
}

test('a provider that fails in a row is left alone for a while, then tried with one message', () => {
  const circuit = after(Array.from({ length: policy.failures }, () => outage))
  expect([0, policy.pauseMs - 1, policy.pauseMs].map((now) => circuitState(circuit, now))).toEqual([
    'open',
    'open',
    'half_open',
  ])
})

test('one failure fewer leaves it closed, and a success in between forgives', () => {
  const almost = Array.from({ length: policy.failures - 1 }, () => outage)
  expect(circuitState(after(almost), 0)).toBe('closed')
  expect(circuitState(after([...almost, { status: 'accepted' }, ...almost]), 0)).toBe('closed')
})

test('wrong credentials open it at once', () => {
  expect(circuitState(after([{ status: 'permanent_config', scope: 'sender' }]), 0)).toBe('open')
})

test('any number of bad addresses never marks a healthy provider dead', () => {
  fc.assert(
    fc.property(fc.nat({ max: 500 }), (count) => {
      expect(circuitState(after(Array.from({ length: count }, () => badNumber)), 0)).toBe('closed')
    }),
  )
})

test('a failed trial lengthens the pause, up to the longest; a good one closes it', () => {
  const open = after(Array.from({ length: policy.failures }, () => outage))
  const again = bookOutcome(open, outage, policy.pauseMs, policy)
  expect(again.retryAtMs).toBe(policy.pauseMs + 2 * policy.pauseMs)
  expect(circuitState(bookOutcome(again, { status: 'accepted' }, 10 ** 6, policy), 10 ** 6)).toBe('closed')
  const worn = { failures: 99, retryAtMs: 0, openings: 40 }
  expect(bookOutcome(worn, outage, 1, policy).retryAtMs).toBe(1 + policy.mostMs)
})

test('failures that come back while it is open do not lengthen the pause', () => {
  const open = after(Array.from({ length: policy.failures }, () => outage))
  expect(bookOutcome(open, outage, 1, policy).retryAtMs).toBe(open.retryAtMs)
})
