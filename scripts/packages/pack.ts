import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PackedPackage {
  /** Folder below `packages/`. */
  readonly folder: string
  /** Name in the registry, `@invite-me/core`. */
  readonly name: string
  readonly version: string
  /** Absolute path of the packed file. */
  readonly tarball: string
  /** What a user may write behind the name: `.`, `./channel`; `./package.json` is left out. */
  readonly subpaths: readonly string[]
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports?: Readonly<Record<string, unknown>>
}

/**
 * Packs one built package as publishing would do it.
 *
 * @param root absolute path of the repository
 * @param folder folder below `packages/`
 * @param destination folder that receives the tarball
 * @throws when the package has not been built
 */
export function packPackage(root: string, folder: string, destination: string): PackedPackage {
  const directory = join(root, 'packages', folder)
  if (!existsSync(join(directory, 'dist'))) {
    throw new Error(`packages/${folder} is not built; run \`pnpm build\` first.`)
  }
  execFileSync('pnpm', ['pack', '--pack-destination', destination], { cwd: directory, stdio: 'pipe' })
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest
  const fileName = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
  return {
    folder,
    name: manifest.name,
    version: manifest.version,
    tarball: join(destination, fileName),
    subpaths: Object.keys(manifest.exports ?? {}).filter((subpath) => subpath !== './package.json'),
  }
}
