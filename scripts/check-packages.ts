/**
 * Packs the packages, installs them as a user would and uses them there: `pnpm packages`, after `pnpm build`.
 *
 * What is published can differ from what the tests see: files forgotten in `files`, a wrong path in `exports`, types that
 * do not resolve, an optional library loaded too early. `--update` writes the list of exported names anew; that list is
 * the public face of each package, so a change in it wants a changeset.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import {
  evaluateInConsumer,
  findChannelsNotMade,
  findHeavyModules,
  findTypeErrors,
  installConsumer,
  readCliVersion,
  specifiersOf,
} from './packages/consumer.ts'
import { compareSnapshots, listExports, type ExportsSnapshot } from './packages/exports-snapshot.ts'
import { packPackage, type PackedPackage } from './packages/pack.ts'

const root = join(import.meta.dirname, '..')
const snapshotPath = join(root, 'scripts/exports.snapshot.json')
const isUpdate = process.argv.includes('--update')
const problems: string[] = []

/** Asks publint whether the packed manifest points to what is there. */
async function lintPackage({ name, tarball }: PackedPackage): Promise<void> {
  const bytes = readFileSync(tarball)
  const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const { messages, pkg } = await publint({ pack: { tarball: archive }, strict: true })
  for (const message of messages) {
    if (message.type !== 'suggestion')
      problems.push(`${name}: ${formatMessage(message, pkg, { color: false })}`)
  }
}

/** Asks attw whether the declarations resolve for every kind of ESM user. The command line has none, so it is left out. */
function checkTypeResolution({ name, tarball, subpaths }: PackedPackage): void {
  if (subpaths.length === 0) return
  const attw = join(root, 'node_modules/.bin/attw')
  const { status, stdout, stderr } = spawnSync(attw, [tarball, '--profile', 'esm-only', '--no-color'], {
    encoding: 'utf8',
  })
  if (status !== 0) problems.push(`${name}: attw found\n${stdout}${stderr}`)
}

/** Imports every subpath where no optional library is installed; returns the names found. */
function importEverything(
  folder: string,
  specifiers: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  return evaluateInConsumer(folder, [
    'const names = {}',
    `for (const specifier of ${JSON.stringify(specifiers)}) names[specifier] = Object.keys(await import(specifier))`,
    'console.log(JSON.stringify(names))',
  ]) as Readonly<Record<string, readonly string[]>>
}

/** The core is bundled with a Zod of its own; a form made with the user's must come back as they described it. */
function checkFormOfUser(folder: string): void {
  const value = evaluateInConsumer(folder, [
    "import { createInviteMe, form } from '@invite-me/core'",
    "import { sqlite } from '@invite-me/core/sqlite'",
    "import { z } from 'zod'",
    "const supports = { answers: ['form'], links: false, tokens: [], reports: [], idempotent: false }",
    "const channel = { name: 'fake', supports, send: async () => ({ status: 'accepted' }) }",
    "const inviteMe = await createInviteMe({ store: sqlite(':memory:'), channels: [channel] })",
    'const answer = form(z.object({ name: z.string(), guests: z.number().int().optional() }))',
    "const invitation = await inviteMe.ask({ routes: { fake: 'ann' } }, 'Who comes?', { answer })",
    "const fields = { name: ['Ann'], guests: ['2'] }",
    "await inviteMe.respond(invitation.id, { kind: 'fields', fields })",
    'const result = await invitation.answer()',
    'await inviteMe.stop()',
    'console.log(JSON.stringify(result.value))',
  ])
  const expected = { name: 'Ann', guests: 2 }
  if (JSON.stringify(value) !== JSON.stringify(expected))
    problems.push(`A form made with the user's own Zod came back as ${JSON.stringify(value)}.`)
}

/** Compares the exported names with the committed list, or writes the list. */
function checkSnapshot(current: ExportsSnapshot): void {
  if (isUpdate) {
    writeFileSync(snapshotPath, `${JSON.stringify(current, null, 2)}\n`)
    return
  }
  const committed = existsSync(snapshotPath)
    ? (JSON.parse(readFileSync(snapshotPath, 'utf8')) as ExportsSnapshot)
    : {}
  const changes = compareSnapshots(committed, current)
  if (changes.length > 0) {
    problems.push(
      `The exported names changed; if that is meant, run \`pnpm packages --update\`:\n${changes.join('\n')}`,
    )
  }
}

/** Installs the packed files as users of the libraries and of the command line would, and uses them. */
function useAsUser(folder: string, packages: readonly PackedPackage[]): void {
  // The command line comes in a folder of its own: it brings the mail libraries, and the others must do without.
  const libraries = packages.filter(({ subpaths }) => subpaths.length > 0)
  const libraryUser = join(folder, 'library-user')
  installConsumer(libraryUser, libraries)
  const specifiers = specifiersOf(libraries)
  checkSnapshot(listExports(libraryUser, libraries, importEverything(libraryUser, specifiers)))
  for (const name of findHeavyModules(libraryUser)) {
    problems.push(`@invite-me/core loads ${name} on import; load it late.`)
  }
  problems.push(...findTypeErrors(root, libraryUser, specifiers))
  checkFormOfUser(libraryUser)

  const commandUser = join(folder, 'command-user')
  installConsumer(
    commandUser,
    packages.filter(({ subpaths }) => subpaths.length === 0),
  )
  const cli = packages.find(({ name }) => name === '@invite-me/cli')
  problems.push(...findChannelsNotMade(commandUser))
  const version = readCliVersion(commandUser)
  if (version !== cli?.version)
    problems.push(`invite-me --version printed "${version}" instead of "${cli?.version}".`)
}

const folder = mkdtempSync(join(tmpdir(), 'invite-me-packages-'))
try {
  const packages = ['core', 'channels', 'server', 'cli'].map((name) => packPackage(root, name, folder))
  for (const one of packages) {
    await lintPackage(one)
    checkTypeResolution(one)
  }
  // A package that is wrong in itself would only fail again, and less clearly.
  if (problems.length === 0) useAsUser(folder, packages)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
