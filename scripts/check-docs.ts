/**
 * Checks that the documentation cannot mislead: links lead somewhere, and marked code compiles: `pnpm docs`.
 *
 * A `ts` block whose first line is `// run` is compiled against the sources of the packages. Links to other sites are not
 * followed; links to files and to headings inside them are.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findBrokenLinks } from './docs/find-broken-links.ts'
import { findRunnableBlocks } from './docs/find-runnable-blocks.ts'

const root = join(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'examples/**/*.md', 'bench/**/*.md'], {
  cwd: root,
  exclude: (path) => /(^|\/)(node_modules|dist)$|CHANGELOG\.md$/.test(path),
}).toSorted()

/** Compiles all marked blocks in one program; returns the compiler's complaints with page and line. */
function findCodeErrors(): readonly string[] {
  const blocks = pages.flatMap((page) => findRunnableBlocks(root, page))
  if (blocks.length === 0) return []
  // Below tests/, because that workspace package sees all four packages.
  const folder = join(root, 'tests/.docs-check')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  try {
    blocks.forEach(({ code }, index) =>
      writeFileSync(join(folder, `block-${index}.ts`), `${code}\nexport {}\n`),
    )
    const compilerOptions = { noEmit: true, noUnusedLocals: false }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }),
    )
    const tsc = join(root, 'node_modules/.bin/tsc')
    const { stdout } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], { cwd: folder, encoding: 'utf8' })
    return stdout.split('\n').flatMap((text) => {
      const [, index, line, message] = /^block-(\d+)\.ts\((\d+),\d+\): (.*)$/.exec(text) ?? []
      const block = blocks[Number(index)]
      return block ? [`${block.page}:${block.line + Number(line)} ${message}`] : []
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const problems = [...pages.flatMap((page) => findBrokenLinks(root, page)), ...findCodeErrors()]
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
