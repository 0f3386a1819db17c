/**
 * Writes everything that follows from other files: `pnpm gen`; `--check` only says whether it is fresh.
 *
 * From the channel files the catalogue, the import paths of the channels package, the reference page, the head of each
 * channel's page and the README's table. So adding a channel is one file, one test and this command. From the server's routes
 * the reference page of the HTTP interface. From the results of benchmarks the page on capacity.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readResults } from './gen/capacity/read-results.ts'
import { writeCapacity } from './gen/capacity/write-capacity.ts'
import { importPaths, readChannels } from './gen/read-channels.ts'
import { writeCatalogue } from './gen/write-catalogue.ts'
import { writeDocsHead } from './gen/write-docs-head.ts'
import { writeExports } from './gen/write-exports.ts'
import { writeHttpReference } from './gen/write-http-reference.ts'
import { writeReadmeTable } from './gen/write-readme-table.ts'
import { writeReference } from './gen/write-reference.ts'
import { openApiDocument } from '../packages/server/src/app/openapi-document.ts'
import { routes } from '../packages/server/src/routes/index.ts'

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')
const channelFolder = join(root, 'packages/channels/src')
const channels = await readChannels(channelFolder)
const manifestPath = 'packages/channels/package.json'

/** Formats source as `pnpm format` would, so that both commands agree. */
function format(path: string, text: string): string {
  const oxfmt = join(root, 'node_modules/.bin/oxfmt')
  return execFileSync(oxfmt, [`--stdin-filepath=${path}`], { cwd: root, input: text, encoding: 'utf8' })
}

function read(path: string): string | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined
}

const documented = channels.map((channel) => {
  const path = `docs/channels/${channel.name}.md`
  const page = read(path)
  return { ...channel, path, page: page === undefined ? undefined : writeDocsHead(page, channel) }
})

const cataloguePath = 'packages/channels/src/catalog.gen.ts'
const outputs: readonly (readonly [string, string])[] = [
  [cataloguePath, format(cataloguePath, writeCatalogue(channels))],
  [manifestPath, format(manifestPath, writeExports(read(manifestPath) ?? '{}', importPaths(channelFolder)))],
  ['docs/reference/channels.md', writeReference(channels)],
  ['docs/reference/http.md', writeHttpReference(openApiDocument(routes, 'current'))],
  ['docs/operations/capacity.md', writeCapacity(readResults(join(root, 'bench/results')))],
  ...documented.flatMap(({ path, page }) => (page === undefined ? [] : [[path, page] as const])),
  ['README.md', writeReadmeTable(read('README.md') ?? '', documented)],
]

for (const [path, text] of outputs) {
  const absolute = join(root, path)
  if (read(path) === text) continue
  if (isCheck) {
    console.error(`${path} is not what the files it follows from say; run \`pnpm gen\`.`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(absolute), { recursive: true })
    writeFileSync(absolute, text)
    console.log(`wrote ${path}`)
  }
}
