import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findBrokenLinks } from './docs/find-broken-links.ts'
import { findRunnableBlocks } from './docs/find-runnable-blocks.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'invite-me-docs-'))
})
afterEach(() => {
  rmSync(root, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

test('links to files, folders, headings and other sites are good', () => {
  write('docs/start.md', '# Start here\n\n## Two words, one *idea*\n')
  write(
    'README.md',
    '[a](docs/start.md#two-words-one-idea) [b](docs) [c](https://example.com) [d](#top)\n# Top\n`[no](code.md)`',
  )
  expect(findBrokenLinks(root, 'README.md')).toEqual([])
})

test('a missing file, heading or picture is reported with its line', () => {
  write('docs/start.md', '# Start')
  write('README.md', '[a](docs/none.md)\n\n[b](docs/start.md#none)\n<img src="none.png">')
  expect(findBrokenLinks(root, 'README.md')).toEqual([
    'README.md:1 The link "docs/none.md" leads nowhere.',
    'README.md:3 The link "docs/start.md#none" leads nowhere.',
    'README.md:4 The link "none.png" leads nowhere.',
  ])
})

test('only marked blocks are code to run', () => {
  write('README.md', 'Text\n\n```ts\n// run\nconst a = 1\n```\n\n```ts\nconst b = 2\n```\n')
  expect(findRunnableBlocks(root, 'README.md')).toEqual([
    { page: 'README.md', line: 3, code: '// run\nconst a = 1\n' },
  ])
})
