import { mkdir, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'

/** Writes `results/<name>.json`: what was measured, when, and on what. The capacity page is computed from these files. */
export async function saveResult(name: string, measured: object): Promise<void> {
  const folder = new URL('results/', import.meta.url)
  await mkdir(folder, { recursive: true })
  const machine = { node: process.version, platform: process.platform, cores: cpus().length }
  const text = `${JSON.stringify({ at: new Date().toISOString(), machine, ...measured }, null, 2)}\n`
  await writeFile(new URL(`${name}.json`, folder), text)
}
