import { z } from 'zod'

/**
 * Priority class, 1 first: 1 verification, security, live links · 2 individual and immediate · 3 individual that may
 * wait · 4 release of held, expiry, follow-ups · 5 campaign to a list · 6 campaign to everybody.
 */
export const laneSchema = z.union([
  z.literal(1),
  z.literal(2),
  z.literal(3),
  z.literal(4),
  z.literal(5),
  z.literal(6),
])
/** See {@link laneSchema}. */
export type Lane = z.infer<typeof laneSchema>

/** Every lane, most urgent first. */
export const lanes = [1, 2, 3, 4, 5, 6] as const satisfies readonly Lane[]

/** The lane in which the engine does its own chores: follow-ups, reminders falling due, expiry. */
export const houseLane: Lane = 4
