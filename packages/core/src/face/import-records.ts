import type { ImportProblem } from './face.ts'
import { InviteMeError } from '../model/error.ts'

/** Problems that are told one by one; the rest is only counted by its absence. */
const mostProblems = 10_000

/** What stands in one line of a list, or why that cannot be read. */
export type ListRecord<Given extends object> = { readonly line?: number } & (
  | Given
  | { readonly problem: string }
)

/** How a list is taken in. */
export interface ListImport<Given extends object, Item> {
  /** @throws InviteMeError for what is wrong with one record */
  readonly read: (given: Given) => Item
  readonly write: (items: readonly Item[]) => Promise<void>
  /** Most items written at once; bounds what is held in memory. */
  readonly portion: number
}

/**
 * Takes in a list record by record and writes it in portions. What is wrong with one stops nobody else.
 *
 * @returns the problems, each with its line
 */
export async function importRecords<Given extends object, Item>(
  source: AsyncIterable<ListRecord<Given>> | Iterable<ListRecord<Given>>,
  { read, write, portion }: ListImport<Given, Item>,
): Promise<readonly ImportProblem[]> {
  const problems: ImportProblem[] = []
  const report = (problem: ImportProblem): void => {
    if (problems.length < mostProblems) problems.push(problem)
  }
  let items: Item[] = []
  const flush = async (): Promise<void> => {
    const some = items
    items = []
    if (some.length > 0) await write(some)
  }
  let number = 0
  for await (const record of source) {
    number += 1
    const line = record.line ?? number
    if ('problem' in record) {
      report({ line, field: undefined, message: record.problem })
      continue
    }
    try {
      items.push(read(record))
    } catch (error) {
      if (!(error instanceof InviteMeError)) throw error
      report({ line, field: error.field, message: error.message })
    }
    if (items.length >= portion) await flush()
  }
  await flush()
  return problems
}
