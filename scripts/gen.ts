/**
 * Writes everything that follows from the channel files: `pnpm gen`; `--check` only says whether it is fresh.
 *
 * The catalogue, the import paths of the channels package and the reference page. So adding a channel is one file, one
 * test and this command.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readChannels } from './gen/read-channels.ts'
import { writeCatalogue } from './gen/write-catalogue.ts'
import { writeExports } from './gen/write-exports.ts'
import { writeReference } from './gen/write-reference.ts'

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')
const channels = await readChannels(join(root, 'packages/channels/src'))
const manifestPath = 'packages/channels/package.json'

/** Formats source as `pnpm format` would, so that both commands agree. */
function format(path: string, text: string): string {
  const oxfmt = join(root, 'node_modules/.bin/oxfmt')
  return execFileSync(oxfmt, [`--stdin-filepath=${path}`], { cwd: root, input: text, encoding: 'utf8' })
}

const cataloguePath = 'packages/channels/src/catalog.gen.ts'
const outputs: readonly (readonly [string, string])[] = [
  [cataloguePath, format(cataloguePath, writeCatalogue(channels))],
  [
    manifestPath,
    format(manifestPath, writeExports(readFileSync(join(root, manifestPath), 'utf8'), channels)),
  ],
  ['docs/reference/channels.md', writeReference(channels)],
]

for (const [path, text] of outputs) {
  const absolute = join(root, path)
  if (existsSync(absolute) && readFileSync(absolute, 'utf8') === text) continue
  if (isCheck) {
    console.error(`${path} is not what the channel files say; run \`pnpm gen\`.`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(absolute), { recursive: true })
    writeFileSync(absolute, text)
    console.log(`wrote ${path}`)
  }
}
