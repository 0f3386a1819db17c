import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
let folder = ''

beforeEach(() => {
  // Inside the repository, so that the planted tests find vitest.
  folder = mkdtempSync(join(root, 'node_modules/.reporter-test-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Runs vitest on planted test files; returns its exit code and last line. */
function runPlanted(files: Readonly<Record<string, string>>): {
  readonly code: number | null
  readonly lastLine: string
} {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), `import { test, expect, beforeAll, describe } from 'vitest'\n${text}`)
  }
  const config = {
    test: {
      include: ['*.test.ts'],
      exclude: [],
      passWithNoTests: true,
      reporters: ['default', join(root, 'scripts/last-line-reporter.ts')],
    },
  }
  writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}`)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { status, stdout } = spawnSync('node', [vitest, 'run', '--root', folder], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { code: status, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' }
}

test('passed, failed and skipped tests are counted singly', () => {
  const planted = "test('a', () => {})\ntest('b', () => { expect(1).toBe(2) })\ntest.skip('c', () => {})"
  expect(runPlanted({ 'a.test.ts': planted })).toEqual({ code: 1, lastLine: '1 passed, 1 failed, 1 skipped' })
})

test('only passing tests end with exit code 0', () => {
  expect(runPlanted({ 'a.test.ts': "test('a', () => {})" })).toEqual({
    code: 0,
    lastLine: '1 passed, 0 failed, 0 skipped',
  })
})

test('a file that cannot be loaded is a failure', () => {
  const files = { 'a.test.ts': "test('a', () => {})", 'b.test.ts': "throw new Error('planted')" }
  expect(runPlanted(files)).toEqual({ code: 1, lastLine: '1 passed, 1 failed, 0 skipped' })
})

test('an unhandled rejection is a failure', () => {
  const planted = "test('a', () => { void Promise.reject(new Error('planted')) })"
  expect(runPlanted({ 'a.test.ts': planted })).toEqual({ code: 1, lastLine: '1 passed, 1 failed, 0 skipped' })
})

test('a failing hook is a failure', () => {
  const planted =
    "describe('d', () => { beforeAll(() => { throw new Error('planted') })\ntest('a', () => {}) })"
  const { code, lastLine } = runPlanted({ 'a.test.ts': planted })
  expect(code).toBe(1)
  expect(lastLine).toMatch(/^0 passed, [1-9]\d* failed/)
})

test('a run without any test is a failure', () => {
  expect(runPlanted({})).toEqual({ code: 1, lastLine: '0 passed, 1 failed, 0 skipped' })
})
