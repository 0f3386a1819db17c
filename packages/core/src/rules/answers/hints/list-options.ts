import type { AnswerOption } from '../../../model/answer.ts'
import { canBeNumbered } from '../option-numbers.ts'

const mostListed = 12

/** Lists options on one line, with their numbers where a number can mean only one thing: "1 Fish, 2 Soup". */
export function listOptions(options: readonly AnswerOption[]): string {
  const isNumbered = canBeNumbered(options)
  const listed = options
    .slice(0, mostListed)
    .map(({ label }, index) => (isNumbered ? `${index + 1} ${label}` : label))
  return options.length > mostListed ? `${listed.join(', ')}, …` : listed.join(', ')
}
