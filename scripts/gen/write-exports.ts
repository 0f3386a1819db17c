interface Manifest {
  exports: Record<string, unknown>
  publishConfig: { exports: Record<string, unknown> }
}

/**
 * Gives the manifest of the channels package one import path per channel and per listener beside it; other paths stay as
 * they are.
 *
 * @param text the current package.json
 * @param names files of the package's first floor, without their ending
 * @returns the new one
 */
export function writeExports(text: string, names: readonly string[]): string {
  const manifest = JSON.parse(text) as Manifest
  const published: Record<string, unknown> = {}
  const developed: Record<string, unknown> = {}
  for (const name of names) {
    const target = { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` }
    published[`./${name}`] = target
    developed[`./${name}`] = { '@invite-me/source': `./src/${name}.ts`, ...target }
  }
  manifest.exports = { ...developed, ...except(manifest.exports, developed) }
  manifest.publishConfig.exports = { ...published, ...except(manifest.publishConfig.exports, published) }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function except(old: Record<string, unknown>, fresh: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(old).filter(([subpath]) => !(subpath in fresh)))
}
