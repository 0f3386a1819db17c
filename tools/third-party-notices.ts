import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * Writes the licences of everything a bundle contains beside it, as those licences ask.
 *
 * @param outputPath file to write, from the package's folder
 */
export function thirdPartyNotices(outputPath: string): Plugin {
  return {
    name: 'third-party-notices',
    setup(build) {
      build.initialOptions.metafile = true
      build.onEnd(({ metafile }) => {
        const inputs = Object.keys(metafile?.inputs ?? {})
        const folders = inputs.map(packageFolderOf).filter((folder) => folder !== undefined)
        const notices = [...new Set(folders)].toSorted().map(readNotice)
        // tsup writes its own files later, so the folder may not be there yet.
        mkdirSync(dirname(outputPath), { recursive: true })
        writeFileSync(outputPath, notices.join(`\n${'-'.repeat(80)}\n\n`))
      })
    },
  }
}

/** @returns folder of the third-party package an input belongs to; undefined for our own sources */
function packageFolderOf(input: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0]
}

function readNotice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  const [licence] = globSync('{LICENSE,LICENCE,license,licence,COPYING}*', { cwd: folder })
  const path = join(folder, licence ?? '')
  const text =
    licence !== undefined && existsSync(path)
      ? readFileSync(path, 'utf8').trim()
      : 'No licence text came with it.'
  return `${manifest.name} ${manifest.version} (${manifest.license ?? 'see below'})\n\n${text}\n`
}
