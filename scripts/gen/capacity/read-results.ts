import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** What `bench/start.ts` and `bench/bytes-per-message.ts` write about where and when they measured. */
const headSchema = z.object({
  at: z.iso.datetime(),
  machine: z.object({ node: z.string(), platform: z.string(), cores: z.number().int().positive() }),
})
const comparisonsSchema = headSchema.extend({
  comparisons: z.array(
    z.object({ name: z.string(), unit: z.string(), ours: z.number(), reference: z.number() }),
  ),
})
const tableBytesSchema = z.record(z.string(), z.number().positive())
const costSchema = z.object({
  store: z.enum(['sqlite', 'postgres']),
  kind: z.enum(['sent', 'answered']),
  bytes: tableBytesSchema,
  packedBytes: tableBytesSchema,
  engineCpuMs: z.number().positive(),
  databaseCpuMs: z.number().positive().nullable(),
  residentBytes: z.number().positive(),
})
const costsSchema = headSchema.extend({ messages: z.number().int().positive(), costs: z.array(costSchema) })

/** What one message of a kind left and cost. */
export type MessageCost = z.infer<typeof costSchema>

/** A file of results: where its figures come from. */
export interface Source extends z.infer<typeof headSchema> {
  readonly name: string
}

/** Messages a second, with 50 and with 500 callers at once. */
export interface LifeRates {
  readonly at50: number
  readonly at500: number
}

/** Everything the capacity page is computed from. */
export interface Measured {
  readonly sources: readonly Source[]
  /** Accepted over HTTP and on disk, messages a second. */
  readonly http: number
  readonly sqlite: LifeRates
  readonly postgres: LifeRates
  readonly dispatchers: {
    readonly one: number
    readonly two: number
    /** How long the provider took for each message, and how many each dispatcher handed it at once. */
    readonly providerMs: number
    readonly atOnce: number
  }
  /** From acceptance to send in lane 1, with a million waiting in lane 6. */
  readonly urgentMs: { readonly p50: number; readonly p99: number }
  /** Messages each cost was measured over. */
  readonly messages: number
  readonly cost: (store: MessageCost['store'], kind: MessageCost['kind']) => MessageCost
}

/**
 * Reads `bench/results`.
 * @throws Error naming the file, and the command that writes it, when one is missing or has no such figure
 */
export function readResults(folder: string): Measured {
  const read = <Schema extends z.ZodType<Omit<Source, 'name'>>>(
    name: string,
    schema: Schema,
  ): z.infer<Schema> => {
    const path = join(folder, `${name}.json`)
    if (!existsSync(path))
      throw new Error(`bench/results/${name}.json is missing; bench/README.md says how to measure.`)
    const result = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    if (result.success) return result.data
    throw new Error(`bench/results/${name}.json: ${z.prettifyError(result.error)}`)
  }
  const files = {
    engine: read('engine', comparisonsSchema),
    postgres: read('postgres', comparisonsSchema),
    http: read('http', comparisonsSchema),
    dispatchers: read('dispatchers', comparisonsSchema),
    urgent: read('urgent', comparisonsSchema),
    'bytes-per-message': read('bytes-per-message', costsSchema),
  }
  const comparison = (file: Exclude<keyof typeof files, 'bytes-per-message'>, words: RegExp) => {
    const found = files[file].comparisons.find(({ name }) => words.test(name))
    if (found !== undefined) return found
    throw new Error(`bench/results/${file}.json has no comparison like ${String(words)}.`)
  }
  const lifeOf = (file: 'engine' | 'postgres'): LifeRates => ({
    at50: comparison(file, / 50 at once/).ours,
    at500: comparison(file, / 500 at once/).ours,
  })
  const two = comparison('dispatchers', /a provider of \d+ ms, \d+ at once: two dispatchers/)
  const [providerMs = NaN, atOnce = NaN] = (two.name.match(/\d+/g) ?? []).map(Number)
  const { messages, costs } = files['bytes-per-message']
  return {
    sources: Object.entries(files).map(([name, { at, machine }]) => ({ name, at, machine })),
    http: comparison('http', /^HTTP accept/).ours,
    sqlite: lifeOf('engine'),
    postgres: lifeOf('postgres'),
    dispatchers: { one: two.reference, two: two.ours, providerMs, atOnce },
    urgentMs: { p50: comparison('urgent', /p50$/).ours, p99: comparison('urgent', /p99$/).ours },
    messages,
    cost: (store, kind) => {
      const found = costs.find((cost) => cost.store === store && cost.kind === kind)
      if (found !== undefined) return found
      throw new Error(`bench/results/bytes-per-message.json has no cost of "${kind}" on ${store}.`)
    },
  }
}
