import type { Measured, MessageCost } from './read-results.ts'

/** Share of what a machine can do that is planned with; the rest is for peaks, for retries and for a machine that is away. */
export const plannedShare = 0.5
/** Connections to Postgres of a process: the default of `postgres({ connections })`, and the one that listens. */
export const connectionsPerProcess = 10 + 1
/** Of a Postgres as it is installed, those kept for administrators apart: `max_connections`, `superuser_reserved_connections`. */
export const usualConnections = 100 - 3

/** What is sent: `sent` a notice · `answered` a question that is answered. */
export type Kind = MessageCost['kind']

/** What a message costs in processor time, ms, on Postgres. */
export interface ProcessorCost {
  /** In our processes. */
  readonly engineMs: number
  readonly postgresMs: number
}

/** @throws Error when the database did not tell what it used */
export function processorCost(measured: Measured, kind: Kind): ProcessorCost {
  const { engineCpuMs, databaseCpuMs } = measured.cost('postgres', kind)
  if (databaseCpuMs === null)
    throw new Error(`bench/results/bytes-per-message.json: databaseCpuMs of ${kind} on Postgres is missing.`)
  return { engineMs: engineCpuMs, postgresMs: databaseCpuMs }
}

/** Messages a second one workspace on Postgres takes at most, as measured; questions as many fewer as they cost more. */
export function workspaceRate(measured: Measured, kind: Kind): number {
  const total = (of: Kind): number => {
    const { engineMs, postgresMs } = processorCost(measured, of)
    return engineMs + postgresMs
  }
  return (measured.postgres.at500 * total('sent')) / total(kind)
}

/** What it takes to send so many in so long. */
export interface Fleet {
  readonly perSecond: number
  readonly engineCores: number
  readonly postgresCores: number
  readonly workspaces: number
  readonly memoryBytes: number
  readonly diskBytes: number
}

/** Computes the machines for `recipients` messages of a kind within `seconds`. */
export function fleetFor(measured: Measured, kind: Kind, recipients: number, seconds: number): Fleet {
  const perSecond = recipients / seconds
  const { engineMs, postgresMs } = processorCost(measured, kind)
  const coresFor = (ms: number) => Math.ceil((perSecond * ms) / 1_000 / plannedShare)
  const engineCores = coresFor(engineMs)
  return {
    perSecond,
    engineCores,
    postgresCores: coresFor(postgresMs),
    workspaces: Math.ceil(perSecond / (plannedShare * workspaceRate(measured, kind))),
    // JavaScript runs on one core, so there is a process for each.
    memoryBytes: engineCores * measured.cost('postgres', kind).residentBytes,
    diskBytes: recipients * bytesOf(measured.cost('postgres', kind).bytes),
  }
}

/** Bytes of all tables together. */
export function bytesOf(tables: MessageCost['bytes']): number {
  return Object.values(tables).reduce((sum, size) => sum + size, 0)
}
