import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Options } from 'tsup'

const manifestSchema = z.object({
  exports: z.record(z.string(), z.union([z.string(), z.looseObject({ '@invite-me/source': z.string() })])),
})

/**
 * Gives the build settings every package shares: ESM only, for the oldest Node we support, one file per import path.
 *
 * JavaScript only. The declarations come from `tsc -b`, because tsup cannot produce them with TypeScript 7.
 *
 * @see each package.json: the `@invite-me/source` lines of its `exports` are the entries
 */
export function sharedBuild(): Options {
  // tsup runs in the folder of the package it builds.
  const { exports } = manifestSchema.parse(JSON.parse(readFileSync('package.json', 'utf8')))
  const sources = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['@invite-me/source']],
  )
  return {
    entry: Object.fromEntries(sources.map((path) => [path.replace(/^\.\/src\/|\.tsx?$/g, ''), path])),
    format: 'esm',
    target: 'node22',
    platform: 'node',
    sourcemap: true,
    clean: true,
    silent: true,
    dts: false,
  }
}
