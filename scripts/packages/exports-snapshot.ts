import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import type { PackedPackage } from './pack.ts'

/** Exported names of each subpath, sorted; names that exist only for the compiler begin with `type `. */
export type ExportsSnapshot = Readonly<Record<string, readonly string[]>>

interface InstalledManifest {
  readonly exports: Readonly<Record<string, { readonly types?: string }>>
}

/**
 * Lists what each subpath of the installed packages exports.
 *
 * @param folder the user's project
 * @param runtimeNames what `import * as x` really holds, by specifier
 */
export function listExports(
  folder: string,
  packages: readonly PackedPackage[],
  runtimeNames: Readonly<Record<string, readonly string[]>>,
): ExportsSnapshot {
  const entries = packages.flatMap(({ name, subpaths }) => {
    const directory = join(folder, 'node_modules', name)
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as InstalledManifest
    return subpaths.map((subpath) => {
      const specifier = name + subpath.slice(1)
      const atRuntime = runtimeNames[specifier] ?? []
      const declared = readDeclaredNames(join(directory, manifest.exports[subpath]?.types ?? ''))
      const typesOnly = declared.filter((exported) => !atRuntime.includes(exported))
      return [
        specifier,
        [...atRuntime, ...typesOnly.map((exported) => `type ${exported}`)].toSorted(),
      ] as const
    })
  })
  return Object.fromEntries(entries)
}

function readDeclaredNames(path: string): readonly string[] {
  const { module } = parseSync(path, readFileSync(path, 'utf8'))
  const names = module.staticExports.flatMap(({ entries }) => entries.map((entry) => entry.exportName.name))
  return names.filter((name) => name !== null)
}

/** @returns one line for each name that came or went; empty when both are the same */
export function compareSnapshots(before: ExportsSnapshot, after: ExportsSnapshot): readonly string[] {
  const specifiers = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...specifiers].flatMap((specifier) => {
    const old = before[specifier] ?? []
    const current = after[specifier] ?? []
    return [
      ...current.filter((name) => !old.includes(name)).map((name) => `+ ${specifier}: ${name}`),
      ...old.filter((name) => !current.includes(name)).map((name) => `- ${specifier}: ${name}`),
    ]
  })
}
