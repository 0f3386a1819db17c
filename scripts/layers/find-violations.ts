import { existsSync, globSync } from 'node:fs'
import { basename, dirname, join, posix, sep } from 'node:path'
import { clockHomes, coreFloors, neighbours } from './import-table.ts'
import { findCircles } from './find-circles.ts'
import { readSource, type Import, type SourceFile } from './read-source.ts'

export interface Violation {
  readonly path: string
  readonly line: number
  /** The rule that is broken, in one sentence. */
  readonly rule: string
}

const sourceGlobs = ['packages/*/src/**', 'tests/**', 'examples/**', 'bench/**', 'scripts/**', 'tools/**']
const forbiddenNames = ['utils', 'helpers', 'common', 'types', 'interfaces']
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/

/**
 * Finds every place where the repository breaks its own import table, naming or bans.
 *
 * @param root absolute path of the repository
 * @returns violations ordered by path and line; empty when the house is in order
 */
export function findViolations(root: string): readonly Violation[] {
  const paths = sourceGlobs
    .flatMap((pattern) => globSync(`${pattern}/*.{ts,tsx,mts,mjs,js}`, { cwd: root, exclude: isForeign }))
    .map((path) => path.split(sep).join('/'))
    .toSorted()
  const files = [...new Set(paths)].map((path) => readSource(root, path))
  const violations = files.flatMap((file) => [
    ...checkName(file),
    ...file.offences.map((offence) => ({ path: file.path, ...offence })),
    ...checkClock(file),
    ...checkImports(file, root),
  ])
  return [...violations, ...checkCircles(files, root)].toSorted(
    (one, other) => one.path.localeCompare(other.path) || one.line - other.line,
  )
}

function isForeign(path: string): boolean {
  return ['node_modules', 'dist'].includes(basename(path)) || basename(path).startsWith('.')
}

function isTest(path: string): boolean {
  return /\.test(-d)?\.tsx?$/.test(path)
}

function checkName({ path }: SourceFile): readonly Violation[] {
  const name = basename(path)
  const stem = name.replace(/\..*$/, '')
  if (forbiddenNames.includes(stem)) {
    return [{ path, line: 1, rule: `Name the file after what it holds; "${stem}" says nothing.` }]
  }
  if (!kebabCase.test(name)) return [{ path, line: 1, rule: 'File names are kebab-case.' }]
  return []
}

function checkClock({ path, clockReads }: SourceFile): readonly Violation[] {
  const place = placeOf(path)
  if (place?.packageName !== 'core' || isTest(path) || clockHomes.includes(place.floor)) return []
  return clockReads.map((line) => ({
    path,
    line,
    rule: 'Read time through ports/clock; only store, testing and system.ts may use the system clock.',
  }))
}

interface Place {
  readonly packageName: string
  /** Path inside the package's `src`. */
  readonly inside: string
  /** First folder, or the file's name without extension when it lies in the root of `src`. */
  readonly floor: string
}

function placeOf(path: string): Place | undefined {
  const match = /^packages\/([^/]+)\/src\/(.+)$/.exec(path)
  const [, packageName, inside] = match ?? []
  if (packageName === undefined || inside === undefined) return undefined
  const [first = ''] = inside.split('/')
  return { packageName, inside, floor: first.replace(/\..*$/, '') }
}

function checkImports(file: SourceFile, root: string): readonly Violation[] {
  const place = placeOf(file.path)
  if (!place || isTest(file.path) || file.path.includes('/__fixtures__/')) return []
  if (place.packageName === 'core' && !(place.floor in coreFloors)) {
    return [
      {
        path: file.path,
        line: 1,
        rule: `Core has no floor "${place.floor}"; the floors stand in ARCHITECTURE.md.`,
      },
    ]
  }
  return file.imports.flatMap((found) => {
    const rule = found.specifier.startsWith('.')
      ? refuseRelative(found, place, file.path, root)
      : refusePackage(found, place)
    return rule === undefined ? [] : [{ path: file.path, line: found.line, rule }]
  })
}

/** @returns the broken rule, or undefined when the import is allowed */
function refuseRelative(found: Import, from: Place, path: string, root: string): string | undefined {
  const target = resolveRelative(path, found.specifier, root)
  if (target === undefined) return `There is no file "${found.specifier}".`
  const to = placeOf(target)
  if (to?.packageName !== from.packageName) return 'Relative imports stay inside their package.'
  if (isTest(target)) return 'Nothing imports a test.'
  if (from.packageName !== 'core' || to.floor === from.floor) return undefined
  const floor = coreFloors[from.floor]
  if (floor?.floors.includes(to.floor)) return undefined
  if (floor?.lazyFloors?.includes(to.floor)) {
    return found.isLazy ? undefined : `${from.floor} loads ${to.floor} late: use \`await import()\`.`
  }
  return `${from.floor} may not import ${to.floor}${listAllowed(floor?.floors ?? [])}.`
}

/** @returns the broken rule, or undefined when the import is allowed */
function refusePackage(found: Import, from: Place): string | undefined {
  const { specifier } = found
  if (specifier.startsWith('@invite-me/')) {
    const rows = neighbours[from.packageName] ?? []
    const isAllowed = rows.some((row) => from.inside.startsWith(row.from) && row.specifiers.test(specifier))
    return isAllowed ? undefined : `${from.packageName}/src/${from.inside} may not import ${specifier}.`
  }
  if (from.packageName !== 'core') return undefined
  const floor = coreFloors[from.floor]
  const insideFloor = from.inside.slice(from.floor.length + 1)
  const allowed = [...(floor?.packages ?? []), ...(floor?.files?.[insideFloor] ?? [])]
  const isAllowed = allowed.some(
    (name) => specifier === name || specifier.startsWith(name.endsWith(':') ? name : `${name}/`),
  )
  return isAllowed ? undefined : `${from.floor} may not import ${specifier}${listAllowed(allowed)}.`
}

function listAllowed(allowed: readonly string[]): string {
  return allowed.length === 0 ? '; it imports nothing of that kind' : ` (allowed: ${allowed.join(', ')})`
}

/** Finds the file behind `./x.ts`, `./x.js` or `./x`; undefined when there is none. */
function resolveRelative(from: string, specifier: string, root: string): string | undefined {
  const target = posix.join(dirname(from), specifier)
  const stem = target.replace(/\.jsx?$/, '')
  const candidates = [target, `${stem}.ts`, `${stem}.tsx`, `${target}/index.ts`]
  return candidates.find((candidate) => /\.[a-z]+$/.test(candidate) && existsSync(join(root, candidate)))
}

function checkCircles(files: readonly SourceFile[], root: string): readonly Violation[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      file.imports
        .filter((found) => found.specifier.startsWith('.'))
        .map((found) => resolveRelative(file.path, found.specifier, root))
        .filter((target) => target !== undefined),
    ]),
  )
  return findCircles(edges).map((circle) => ({
    path: circle[0] ?? '',
    line: 1,
    rule: `Imports form a circle: ${circle.join(' → ')}.`,
  }))
}
