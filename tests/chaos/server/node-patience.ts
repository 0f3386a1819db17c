import { patience } from '../engine.ts'

/** How long a dead node's work is left alone. Long enough that a living one on a busy machine gives its signs of life in time. */
export const leaseMs = 5_000

/** Options of every engine of a server under test: short patience and many tries. */
export const nodePatience = { ...patience, lease: leaseMs } as const
