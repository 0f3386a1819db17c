import type { SendOutcome } from '../model/outcome.ts'

/** Whether a provider may be called; a value, kept per channel by the dispatcher. */
export interface Circuit {
  readonly failures: number
  /** Closed circuits have `null`; an open one lets a single trial through from this moment on. */
  readonly retryAtMs: number | null
  /** Times it opened in a row without a success between; lengthens the pause. */
  readonly openings: number
}

/** When a circuit opens and for how long. */
export interface CircuitPolicy {
  /** Failures of the provider in a row that open it. */
  readonly failures: number
  /** First pause in ms; doubles up to `mostMs`. */
  readonly pauseMs: number
  readonly mostMs: number
}

/** A circuit that has seen nothing. */
export const closedCircuit: Circuit = { failures: 0, retryAtMs: null, openings: 0 }

/**
 * Books one outcome. Only failures that speak about the provider or the sender count; a bad address or a refused text
 * proves that the provider works. Wrong credentials open it at once.
 */
export function bookOutcome(
  circuit: Circuit,
  outcome: SendOutcome,
  nowMs: number,
  policy: CircuitPolicy,
): Circuit {
  if (outcome.status === 'rate_limited') return circuit
  const speaksOfProvider =
    outcome.status !== 'accepted' && (outcome.scope === 'provider' || outcome.scope === 'sender')
  if (!speaksOfProvider) return closedCircuit
  const failures = circuit.failures + 1
  if (outcome.status !== 'permanent_config' && failures < policy.failures) return { ...circuit, failures }
  if (circuit.retryAtMs !== null && nowMs < circuit.retryAtMs) return { ...circuit, failures }
  const pauseMs = Math.min(policy.mostMs, policy.pauseMs * 2 ** circuit.openings)
  return { failures, retryAtMs: nowMs + pauseMs, openings: circuit.openings + 1 }
}

/** `closed` calls freely · `open` not at all · `half_open` one trial at a time. */
export function circuitState(circuit: Circuit, nowMs: number): 'closed' | 'open' | 'half_open' {
  if (circuit.retryAtMs === null) return 'closed'
  return nowMs < circuit.retryAtMs ? 'open' : 'half_open'
}
