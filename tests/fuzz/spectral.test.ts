import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { serveApi } from './served-api.ts'

const run = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

interface Finding {
  readonly code: string
  /** 0 an error, 1 a warning. */
  readonly severity: number
  readonly path: readonly string[]
}

/** What asks after our health has no key and is not counted, so it is not refused either. */
const open = new Set(['/healthz', '/readyz'])

/** A member of that name is taken for the responses of an operation. */
const misread = 'components.schemas.RecipientExport.properties.responses'

test('the description keeps to the rules of OpenAPI and to what OWASP asks of one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'invite-me-spectral-'))
  const api = await serveApi()
  try {
    const file = join(folder, 'openapi.json')
    await writeFile(file, await (await fetch(`${api.url}/openapi.json`)).text())
    const rules = ['--ruleset', here('spectral.yaml'), '--format', 'json', '--fail-severity', 'error']
    const { stdout } = await run(
      process.execPath,
      [here('../node_modules/@stoplight/spectral-cli/dist/index.js'), 'lint', file, ...rules, '--quiet'],
      { maxBuffer: 50_000_000, timeout: 120_000 },
    ).catch((error: { readonly stdout: string }) => error)
    const findings: readonly Finding[] = JSON.parse(stdout)
    const told = findings.filter(({ path }) => !open.has(path[1] ?? '') && path.join('.') !== misread)
    expect(told.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([])
  } finally {
    await api.close()
    await rm(folder, { recursive: true, force: true })
  }
})
