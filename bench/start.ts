/**
 * Runs benchmarks and prints a table: `pnpm --filter invite-me-bench start [name…] [--save]`.
 * Without names all of them run; `--save` also writes `results/<name>.json`.
 */
import { parseArgs } from 'node:util'
import { againstQueueLibraries } from './against-queue-libraries.ts'
import { channelRate } from './channel-rate.ts'
import { emailRate } from './email-rate.ts'
import { engineAgainstRaw } from './engine-against-raw.ts'
import { heldDeliveries } from './held-deliveries.ts'
import { httpAccept } from './http-accept.ts'
import { postgresAgainstRaw } from './postgres-against-raw.ts'
import type { Comparison } from './rounds.ts'
import { saveResult } from './save-result.ts'
import { segmentFilters } from './segment-filters.ts'
import { startTime } from './start-time.ts'
import { twoDispatchers } from './two-dispatchers.ts'
import { urgentLatency } from './urgent-latency.ts'

const benchmarks: Readonly<Record<string, () => Promise<readonly Comparison[]>>> = {
  engine: engineAgainstRaw,
  held: heldDeliveries,
  postgres: postgresAgainstRaw,
  peers: againstQueueLibraries,
  http: httpAccept,
  dispatchers: twoDispatchers,
  urgent: urgentLatency,
  segments: segmentFilters,
  email: emailRate,
  channels: channelRate,
  'start-time': startTime,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { save: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((name) => !(name in benchmarks))
if (unknown.length > 0) {
  console.error(
    `There is no benchmark "${unknown.join('", "')}". There are: ${Object.keys(benchmarks).join(', ')}.`,
  )
  process.exit(2)
}

for (const [name, benchmark] of Object.entries(benchmarks)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const comparisons = await benchmark()
  console.table(Object.fromEntries(comparisons.map((comparison) => [comparison.name, row(comparison)])))
  if (values.save) await saveResult(name, { comparisons })
}

function row({ unit, ours, reference, ratio, goal, isMet }: Comparison) {
  const figure = (value: number) => `${Math.round(value).toLocaleString('en')} ${unit}`
  return {
    ours: figure(ours),
    reference: figure(reference),
    ratio: unit === 'ms' ? `+ ${String(Math.round(ours - reference))} ms` : `${(100 * ratio).toFixed(0)} %`,
    goal,
    met: isMet ? 'yes' : 'no',
  }
}
