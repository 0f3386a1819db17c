import type { PeopleImport } from './addressees.ts'
import { exitCodes, type ExitCode } from './exit-code.ts'
import type { HandedOver } from './hand-over.ts'
import { plainText } from './plain-text.ts'
import type { Session } from './session.ts'

/**
 * Prints the lines of CSV files that could not be used, and those that are strange, each as one result.
 *
 * @returns how many could not be used
 */
export function reportProblems({ output }: Session, imports: readonly PeopleImport[]): number {
  for (const { file, problems, warnings } of imports) {
    const all = [
      ...problems.map((problem) => ({ type: 'problem', mark: output.paint.red('!'), ...problem })),
      ...warnings.map((warning) => ({ type: 'warning', mark: output.paint.yellow('?'), ...warning })),
    ]
    for (const { type, mark, line, field, message } of all) {
      output.result(
        { type, file, line, field: field ?? null, message },
        () => `${mark} ${plainText(file)} line ${line}: ${plainText(message)}`,
      )
    }
  }
  return imports.flatMap((people) => people.problems).length
}

/** What a command that does not wait for answers has to tell. */
export interface MessageReport {
  readonly handedOver: HandedOver
  readonly imports: readonly PeopleImport[]
  readonly isQuestion: boolean
}

/**
 * Prints how far a message got, as one document.
 *
 * @param document begins the JSON document: `messageId` and the ids that came of it
 * @returns `failed` when something still waits, `partly` when somebody cannot be reached or a line was refused
 */
export function reportHandOver<Document extends { readonly messageId: string }>(
  session: Session,
  document: Document,
  { handedOver: { counts, waiting }, imports, isQuestion }: MessageReport,
): ExitCode {
  const { output } = session
  const problems = imports.flatMap(({ file, problems: some }) =>
    some.map((problem) => ({ file, ...problem })),
  )
  const warnings = imports.flatMap(({ file, warnings: some }) =>
    some.map((warning) => ({ file, ...warning })),
  )
  if (!output.isJson) reportProblems(session, imports)
  output.result({ ...document, deliveries: counts, waiting, problems, warnings }, () => {
    const states = Object.entries(counts).flatMap(([state, amount]) =>
      amount === 0 ? [] : [`${amount} ${state}`],
    )
    return `Message ${document.messageId}: ${states.join(', ')}`
  })
  if (waiting > 0) {
    output.warning(
      `${waiting} could not be handed over yet; they are kept and go out when you run: invite-me status ${document.messageId} --wait`,
    )
    return exitCodes.failed
  }
  if (isQuestion) output.remark(`See the answers with: invite-me status ${document.messageId} [--wait]`)
  return (counts.failed ?? 0) + (counts.suppressed ?? 0) + problems.length === 0
    ? exitCodes.done
    : exitCodes.partly
}
