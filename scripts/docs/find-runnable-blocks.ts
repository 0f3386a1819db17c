import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface RunnableBlock {
  readonly page: string
  /** Line of the opening fence; the first line of the code is one more. */
  readonly line: number
  readonly code: string
}

/** Finds the `ts` blocks of one page whose first line is `// run`. */
export function findRunnableBlocks(root: string, page: string): readonly RunnableBlock[] {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```tsx?\s*\n(\/\/ run\b[\s\S]*?)^```/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    code: match[1] ?? '',
  }))
}
