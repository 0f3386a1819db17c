/**
 * Enforces the import table, the file names and the bans of the house: `pnpm layers`.
 *
 * Prints `file:line rule` for each violation and ends with exit code 1 if there is one. The table itself stands in
 * `scripts/layers/import-table.ts`.
 */
import { findViolations } from './layers/find-violations.ts'

const root = process.argv[2] ?? new URL('..', import.meta.url).pathname.replace(/\/$/, '')
const violations = findViolations(root)
for (const { path, line, rule } of violations) console.error(`${path}:${line} ${rule}`)
if (violations.length > 0) {
  console.error(`${violations.length} violation${violations.length === 1 ? '' : 's'} of the layers.`)
  process.exitCode = 1
}
